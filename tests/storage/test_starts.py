"""The checkpoint that a run trains on from: found by its weights, repeated by its command, missed when it is gone."""

import shlex
import shutil
from pathlib import Path

import pytest

from vae.cli.arguments import parser
from vae.cli.commands.train import config_of
from vae.data.dataset import Dataset
from vae.storage.checkpoints import load
from vae.storage.names import CheckpointError
from vae.storage.recording import record, shrink
from vae.storage.starts import continuing, find_start, start_weights
from vae.training.loop import train


def test_the_command_of_a_run_that_trains_on_repeats_it_also_after_its_start_was_renamed(
    saved: Path, small: Dataset
) -> None:
    config = continuing(load("small"), beta=4.0, steps=30)
    *_, first = record(train(config, small, start=start_weights(config)), "on", config, small)
    words = shlex.split(load("on").command)
    shutil.move(saved, saved.parent / "renamed")
    again = config_of(parser().parse_args(words[3:]))
    assert again.start == "renamed"
    *_, second = train(again, small, start=start_weights(again))
    assert second.test == first.test
    shutil.rmtree(saved.parent / "renamed")
    with pytest.raises(CheckpointError, match="are gone"):
        config_of(parser().parse_args(words[3:]))


def test_other_weights_under_the_name_are_not_taken_for_those_of_the_run(saved: Path) -> None:
    config = continuing(load("small"), steps=30)
    assert find_start("small", config.start_weights).name == "small"
    shrink("small")
    with pytest.raises(CheckpointError, match="The weights of small"):
        find_start("small", config.start_weights)
