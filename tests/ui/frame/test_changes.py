"""The first line of a comparison says whether it is of β alone, and otherwise of what."""

from dataclasses import replace
from pathlib import Path

from tests.helpers.app import SHIPPED
from vae.storage.checkpoints import load
from vae.training.recipe import continued
from vae.ui.frame.changes import trained_on, what_differs


def test_a_run_that_trained_on_differs_in_beta_alone_whatever_its_optimiser(shipped: Path) -> None:
    before = load("vae-2d")
    config = continued(before.config, "vae-2d", "0" * 64, beta=8.0, seconds=10.0)
    after = replace(before, config=config, path=shipped / "after", steps_done=400, seconds_taken=10.2)
    told = what_differs(before, after)
    assert told.startswith("**These two differ in β alone: 1 → 8.** after trained on from vae-2d for 400 steps (10 s)")
    assert trained_on(before, after)
    same = replace(after, config=replace(config, beta=1.0))
    assert what_differs(before, same).startswith("**These two differ in more steps.**")


def test_runs_of_one_recipe_differ_in_beta_alone_and_others_in_what_is_listed(shipped: Path) -> None:
    one = load("vae-2d")
    other = replace(one, config=replace(one.config, beta=4.0))
    assert what_differs(one, other).startswith("**These two differ in β alone: 1 → 4.** Both have one recipe")
    fewer = replace(other, steps_done=one.steps_done // 2)
    told = what_differs(one, fewer)
    assert told.startswith("**These two differ in: β: 1 / 4; steps: ")
    assert "one recipe" not in told
    assert "latent dim: 2 / 20" in what_differs(one, load("vae-20d"))
    assert SHIPPED.exists()
