"""Objects that one server keeps for all sessions: data sets, checkpoints, workers and judges."""

import atexit
import gc
import logging
import os
from contextlib import suppress
from pathlib import Path

import streamlit as st
import torch

from vae.data.datasets import Dataset, load_dataset
from vae.explore.projector import Projector
from vae.jobs.measurer import Measurer
from vae.jobs.trainer import Trainer
from vae.measure.realism import load_realism
from vae.models.judge import Judge, fitting_judge, judge_path
from vae.models.realism import Realism
from vae.storage.cache import FOLDER as CACHE
from vae.storage.checkpoints import Checkpoint, Damaged, look, sorted_out
from vae.storage.config_file import CONFIG
from vae.storage.header import WEIGHTS
from vae.storage.history import HISTORY
from vae.storage.leftovers import clear_files
from vae.storage.metrics import METRICS
from vae.storage.names import CheckpointError, checkpoint_paths
from vae.storage.workspace import locked


@st.cache_resource(show_spinner=False)
def prepare() -> None:
    """Set this server up, once: share the cores, and keep what it has imported out of garbage collections."""
    # Half of the cores are left to the trainer and the browser: torch's threads wait for the slowest of them.
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    # A retraining sets a list that has a default, which the address needs: Streamlit warns of that with a stack trace.
    logging.getLogger("streamlit.elements.lib.policies").setLevel(logging.ERROR)
    # Modules live as long as the server, and every full collection would look through their 300,000 objects again.
    gc.collect()
    gc.freeze()
    # At the exit, libraries complain about objects that the last garbage collection did not reach.
    atexit.register(gc.unfreeze)


@st.cache_resource(show_spinner="Loading the images…")
def dataset(name: str) -> Dataset:
    """Return a data set by name, loaded once for all sessions."""
    return load_dataset(name)


def checkpoints() -> tuple[list[Checkpoint], list[Damaged]]:
    """Return the sound and the damaged checkpoints on disk now; each is read again only when a file of it has changed.

    A folder that cannot be read has none.
    """
    try:
        return sorted_out(listed(path, _written(path)) for path in checkpoint_paths())
    except CheckpointError:
        return [], []


def _written(path: Path) -> tuple[int, ...]:
    """Return when a checkpoint's folder and the files that are read with it were written."""
    times = []
    for one in (path, *(path / file for file in (CONFIG, HISTORY, METRICS, WEIGHTS))):
        try:
            times.append(one.stat().st_mtime_ns)
        except OSError:  # it is missing, or a run is being saved at this moment
            times.append(0)
    return tuple(times)


@st.cache_resource(max_entries=1_000, show_spinner=False)
def listed(path: Path, written: tuple[int, ...]) -> Checkpoint | Damaged:
    """Read a checkpoint as `look` does; `written`, the times of writing of its files, is part of the cache key."""
    return look(path)


@st.cache_resource
def trainer() -> Trainer:
    """Return this server's only trainer; the first call also removes what dead processes have left behind."""
    with suppress(CheckpointError), locked():  # a folder that cannot be written has nothing of theirs
        pass
    clear_files(CACHE, ".*-*")  # half-written files, as `replace_file` calls them
    return Trainer()


@st.cache_resource
def projector() -> Projector:
    """Return this server's only projector."""
    return Projector()


@st.cache_resource
def measurer() -> Measurer:
    """Return this server's only measurer."""
    return Measurer()


def judge(name: str) -> tuple[Judge, float] | None:
    """Return the independent classifier of a data set and its test accuracy; None if none was trained on its images."""
    path = judge_path(name)
    return _judge(name, path.stat().st_mtime_ns) if path.exists() else None


@st.cache_resource(max_entries=4, show_spinner=False)
def _judge(name: str, written: int) -> tuple[Judge, float] | None:
    found = fitting_judge(dataset(name))
    return None if found is None else (found[0], float(found[1]["accuracy"]))


def realism(name: str) -> Realism | None:
    """Return the test of which images of a data set are realistic; None if the set has no judge.

    The first call on a machine takes some 15 seconds, behind a spinner.
    """
    path = judge_path(name)
    return _realism(name, path.stat().st_mtime_ns) if path.exists() else None


@st.cache_resource(max_entries=4, show_spinner="Looking at 30,000 real images, once on this machine…")
def _realism(name: str, written: int) -> Realism | None:
    found = _judge(name, written)
    try:
        return None if found is None else load_realism(dataset(name), found[0])
    except ValueError:  # the set has too few images to compare with
        return None
