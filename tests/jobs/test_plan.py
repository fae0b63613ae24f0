"""The plan of a sweep: which runs it is going to train, under which names, and how many at most."""

import pytest

from vae.jobs.plan import MOST_MEMBERS, plan
from vae.storage.names import CheckpointNameError
from vae.training.config import ConfigError
from vae.training.stacked import stacks


def test_a_plan_is_every_beta_with_every_latent_size_and_seed_under_names_that_say_so() -> None:
    members = plan((0.5, 4), (2, 20), 2, "mine", epochs=10, likelihood="gaussian")
    assert len(members) == 8
    assert members[1].name == "mine-vae-2d-beta0.5-seed1"
    assert members[1].config.hidden != members[-1].config.hidden  # each the recipe of its size
    assert {m.config.likelihood for m in members} == {"gaussian"}
    assert [len(group) for group in stacks([m.config for m in members])] == [4, 4]
    assert len(plan((1, 1.0), (2, 2), 1, epochs=1)) == 1


@pytest.mark.parametrize(
    ("betas", "seeds", "name", "error"),
    [
        ((), 1, "x", ConfigError),
        ((1,), 0, "x", ConfigError),
        ((-1,), 1, "x", ConfigError),
        ((1, 1.0000001), 1, "x", ConfigError),
        ((1,), 1, "a/b", CheckpointNameError),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    betas: tuple[float, ...], seeds: int, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        plan(betas, (2,), seeds, name, epochs=1)


@pytest.mark.parametrize("seeds", [MOST_MEMBERS + 1, 100_000_000, 10**18])
def test_a_plan_of_too_many_runs_is_refused_at_once(seeds: int) -> None:
    assert len(plan((1, 1.0), (2,), MOST_MEMBERS, epochs=1)) == MOST_MEMBERS
    with pytest.raises(ConfigError, match=f"at most 1,000 runs, not {2 * seeds:,}; give fewer"):
        plan((1, 2), (2,), seeds, epochs=1)
