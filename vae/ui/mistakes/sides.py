"""The two models of a mistake, and the runs that the page can train for it."""

from dataclasses import dataclass, replace

import streamlit as st

from vae.storage.checkpoints import Checkpoint
from vae.storage.mistakes import again_name, shipped_name
from vae.training.config import TrainConfig
from vae.training.mistakes import RECIPE
from vae.ui.mistakes.lessons import LADDER, LARGE_BETA, Lesson
from vae.ui.shared import server

JOBS = "mistake_jobs"  # of the session's state: the ids of the runs that it has asked for, by the mistake's key


@dataclass(frozen=True)
class Sides:
    """The names of the wrong and the right model of a mistake, and their runs; None where one is not there."""

    names: tuple[str, str]
    wrong: Checkpoint | None
    right: Checkpoint | None

    @property
    def missing(self) -> list[str]:
        """Names of those that are not there."""
        runs = (self.wrong, self.right)
        return list(dict.fromkeys(name for name, run in zip(self.names, runs, strict=True) if run is None))


def find(lesson: Lesson) -> Sides:
    """Find the two models of a mistake.

    The wrong model is the shipped one, or the one that this session has trained again; so is the right one where the
    shipped one is not there.
    """
    runs = {run.name: run for run in server.checkpoints()[0] if run.finished}
    wrong, right = _names(lesson)
    if lesson.trained and (again_name(lesson.key) in runs and (_trained_here(lesson) or wrong not in runs)):
        wrong = again_name(lesson.key)
    if right == shipped_name("") and right not in runs and again_name("") in runs:
        right = again_name("")
    if lesson.key == "at-mean":
        wrong = right
    return Sides((wrong, right), runs.get(wrong), runs.get(right))


def _names(lesson: Lesson) -> tuple[str, str]:
    if lesson.key == "beta":
        return LADDER.format(beta=LARGE_BETA), LADDER.format(beta=1)
    if lesson.key == "ae":
        return "ae-20d", "vae-20d"
    return shipped_name(lesson.key), shipped_name("")


def _trained_here(lesson: Lesson) -> bool:
    job = server.trainer().find(st.session_state.get(JOBS, {}).get(lesson.key, ""))
    return job is not None and job.state == "done"


def to_train(lesson: Lesson) -> dict[str, TrainConfig]:
    """Return the runs that a press trains, by name: the wrong model, and the right one where it is not there."""
    found = {again_name(lesson.key): replace(RECIPE, mistake=lesson.key)} if lesson.trained else {}
    if (lesson.trained or lesson.key == "at-mean") and find(lesson).right is None:
        found[again_name("")] = RECIPE
    return found
