"""The runs that show mistakes: those that ship are small and of one recipe, and belong to no list of models."""

from dataclasses import replace

from vae.folders import ROOT
from vae.storage.checkpoints import read_checkpoint
from vae.storage.mistakes import SHIPPED_MISTAKES, again_name, shipped_name, shows_a_mistake
from vae.training.config import MACHINE_SETTINGS, MISTAKES, differences
from vae.training.mistakes import RECIPE

FOLDER = ROOT / "checkpoints"


def test_a_run_of_each_mistake_ships_and_differs_from_the_right_one_in_it_alone() -> None:
    assert tuple(map(shipped_name, ("", *MISTAKES))) == SHIPPED_MISTAKES
    for mistake in ("", *MISTAKES):
        run = read_checkpoint(FOLDER / shipped_name(mistake))
        assert run.finished
        assert differences(run.config, replace(RECIPE, mistake=mistake), ignoring=MACHINE_SETTINGS) == []
        assert shows_a_mistake(run)
        assert shows_a_mistake(replace(run, path=FOLDER / again_name(mistake)))


def test_they_are_small() -> None:
    files = [file for name in SHIPPED_MISTAKES for file in (FOLDER / name).iterdir()]
    assert sum(file.stat().st_size for file in files) < 3e6


def test_a_run_is_told_by_its_settings_whatever_its_name_and_usual_runs_are_not() -> None:
    wrong = read_checkpoint(FOLDER / shipped_name("mean"))
    assert shows_a_mistake(replace(wrong, path=FOLDER / "mine"))
    assert not shows_a_mistake(read_checkpoint(FOLDER / "vae-2d"))
