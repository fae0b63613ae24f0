"""Objects that one server keeps for all sessions: data sets, checkpoints, workers and judges."""

import atexit
import gc
import os

import streamlit as st
import torch

from vae.data.datasets import Dataset, load_dataset
from vae.explore.projector import Projector
from vae.folders import checkpoints_folder
from vae.jobs.measurer import Measurer
from vae.jobs.trainer import Trainer
from vae.models.judge import Judge, fitting_judge, judge_path
from vae.storage.bin import empty_bin
from vae.storage.checkpoints import Checkpoint, Damaged, list_checkpoints


@st.cache_resource(show_spinner=False)
def prepare() -> None:
    """Set this server up, once: share the cores, and keep what it has imported out of garbage collections."""
    # Half of the cores are left to the trainer and the browser: torch's threads wait for the slowest of them.
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    # Modules live as long as the server, and every full collection would look through their 300,000 objects again.
    gc.collect()
    gc.freeze()
    # Libraries complain at the exit about objects that no last collection has reached.
    atexit.register(gc.unfreeze)


@st.cache_resource(show_spinner="Loading the images…")
def dataset(name: str) -> Dataset:
    """A data set by name, loaded once for all sessions."""
    return load_dataset(name)


def checkpoints() -> tuple[list[Checkpoint], list[Damaged]]:
    """The checkpoints as they are on disk now; read again only when a folder has changed."""
    folder = checkpoints_folder()
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    state = tuple((p.name, p.stat().st_mtime_ns) for p in paths if p.is_dir() and not p.name.startswith("."))
    return listed(str(folder), state)


@st.cache_resource(max_entries=2, show_spinner=False)
def listed(folder: str, state: tuple[tuple[str, int], ...]) -> tuple[list[Checkpoint], list[Damaged]]:
    """List the checkpoints of a folder whose sub-folders and times of writing are `state`."""
    return list_checkpoints()


@st.cache_resource
def trainer() -> Trainer:
    """The one trainer of this server; what an earlier server's sessions had deleted goes for good."""
    empty_bin()
    return Trainer()


@st.cache_resource
def projector() -> Projector:
    """The one projector of this server."""
    return Projector()


@st.cache_resource
def measurer() -> Measurer:
    """The one measurer of this server."""
    return Measurer()


def judge(name: str) -> tuple[Judge, float] | None:
    """The independent classifier of a data set and its test accuracy; None where there is none that fits."""
    path = judge_path(name)
    return _judge(name, path.stat().st_mtime_ns) if path.exists() else None


@st.cache_resource(max_entries=4, show_spinner=False)
def _judge(name: str, written: int) -> tuple[Judge, float] | None:
    found = fitting_judge(dataset(name))
    return None if found is None else (found[0], float(found[1]["accuracy"]))
