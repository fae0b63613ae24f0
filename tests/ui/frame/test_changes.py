"""The first line of a comparison says whether it is of β alone, and otherwise of what."""

from dataclasses import replace
from pathlib import Path

from tests.helpers.app import SHIPPED
from vae.storage.checkpoints import load
from vae.training.recipe import continued
from vae.ui.frame.changes import listed, trained_on, what_differs


def test_a_run_that_trained_on_differs_in_beta_alone_whatever_its_optimiser(shipped: Path) -> None:
    before = load("vae-2d")
    config = continued(before.config, "vae-2d", "0" * 64, beta=8.0, seconds=10.0)
    after = replace(before, config=config, path=shipped / "after", steps_done=400, seconds_taken=10.2)
    told = what_differs(before, after)
    assert told.startswith("**The two models differ in β alone (1 and 8).** after started from the weights of vae-2d ")
    assert "trained for 400 more steps (10 s); β moved to its new value" in told
    assert trained_on(before, after)
    same = replace(after, config=replace(config, beta=1.0))
    assert what_differs(before, same).startswith("**They differ only in the number of training steps.**")


def test_runs_of_one_recipe_differ_in_beta_alone_and_others_in_what_is_listed(shipped: Path) -> None:
    one = load("vae-2d")
    other = replace(one, config=replace(one.config, beta=4.0))
    assert what_differs(one, other).startswith("**The two models differ in β alone (1 and 4).** All their other")
    fewer = replace(other, steps_done=one.steps_done // 2)
    told = what_differs(one, fewer)
    assert told.startswith("**The two models differ in β (1 and 4) and training steps (")
    assert "other settings" not in told
    assert "latent size (2 and 20)" in what_differs(one, load("vae-20d"))
    assert SHIPPED.exists()


def test_two_models_that_share_all_settings_are_not_said_to_differ(shipped: Path) -> None:
    one = load("vae-2d")
    assert what_differs(one, replace(one, path=shipped / "twin")).startswith("**Their settings do not differ.**")


def test_words_are_joined_as_in_a_sentence() -> None:
    assert [listed(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
