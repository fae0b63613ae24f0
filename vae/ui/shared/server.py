"""Objects that one server keeps for all sessions: data sets, checkpoints, workers and judges."""

import logging
import os
from contextlib import suppress
from pathlib import Path

import streamlit as st
import torch

from vae.beta.curves import Curves
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.data.imported import example
from vae.data.imported.about import ImportedSetError, read_about
from vae.data.names import BUILT_IN
from vae.explore.projector import Projector
from vae.jobs.engine_processes import cores
from vae.jobs.importer import Importer
from vae.jobs.measurer import Measurer
from vae.jobs.trainer import Trainer
from vae.measure.realism import load_realism
from vae.memory import share_heaps
from vae.models.batches import set_batches_at_once
from vae.models.judge import Judge, fitting_judge, judge_path, refusal
from vae.models.random_features import feature_network
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
    """Set this server up, once: share the cores, and let its threads share heaps."""
    share_heaps()
    # Half of the cores are left to the trainer and the browser: torch's threads wait for the slowest of them.
    torch.set_num_threads(max(1, cores() // 2))
    set_batches_at_once(cores() // torch.get_num_threads())
    # A retraining sets a list that has a default, which the address needs: Streamlit warns of that with a stack trace.
    logging.getLogger("streamlit.elements.lib.policies").setLevel(logging.ERROR)


def dataset(name: str) -> Dataset:
    """Return a data set by name, loaded once for all sessions.

    Raises:
        DatasetError: when it cannot be loaded.
    """
    bring(name)
    return _dataset(name, version(name))


def bring(name: str) -> None:
    """Import the example if it is the set of this name and not there, so that its version is known.

    Raises:
        DatasetError: when it cannot be imported.
    """
    if name == example.NAME and not version(name):
        _dataset(name, "")  # loading imports it
        _dataset.clear(name, "")  # else it would be found after it is deleted


@st.cache_resource(show_spinner="Loading the images…")
def _dataset(name: str, version: str) -> Dataset:
    return load_dataset(name)


def fingerprint(name: str) -> str:
    """Return the SHA-256 of an imported set's images and labels; "" for a set of the project, or one not here."""
    if name in BUILT_IN:
        return ""
    try:
        return read_about(name).fingerprint
    except ImportedSetError:
        return ""


def version(name: str) -> str:
    """Return what tells an imported set from what had its name before, as a key; "" for a set of the project.

    The same images may be imported again with other class names or columns, which the time of the import tells.
    """
    if name in BUILT_IN:
        return ""
    try:
        about = read_about(name)
    except ImportedSetError:
        return ""
    return f"{about.fingerprint} {about.created}"


def checkpoints() -> tuple[list[Checkpoint], list[Damaged]]:
    """Return the sound and the damaged checkpoints on disk now; each is read again only when a file of it has changed.

    A folder that cannot be read has none.
    """
    known = listed()
    try:
        now = {path: written(path) for path in checkpoint_paths()}
    except CheckpointError:
        return [], []
    for path in set(known) - now.keys():
        known.pop(path, None)
    return sorted_out(_look_again(known, path, times) for path, times in now.items())


@st.cache_resource(show_spinner=False)
def listed() -> dict[Path, tuple[str, Checkpoint | Damaged]]:
    """Return the server's own list of checkpoints as they were read last, and when their files were written then."""
    return {}


def _look_again(known: dict[Path, tuple[str, Checkpoint | Damaged]], path: Path, times: str) -> Checkpoint | Damaged:
    before = known.get(path)
    if before is not None and before[0] == times:
        return before[1]
    found = look(path)
    known[path] = times, found
    return found


def written(path: Path) -> str:
    """Return a checkpoint's path, and when its folder and the files that are read with it were written, as a key."""
    times = [str(path)]
    for one in (str(path), *(f"{path}/{file}" for file in (CONFIG, HISTORY, METRICS, WEIGHTS))):
        try:
            times.append(str(os.stat(one).st_mtime_ns))
        except OSError:  # it is missing, or a run is being saved at this moment
            times.append("")
    return "|".join(times)


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
def curves() -> Curves:
    """Return this server's only measurement of curves of multi-rate VAEs."""
    return Curves()


@st.cache_resource
def measurer() -> Measurer:
    """Return this server's only measurer."""
    return Measurer()


@st.cache_resource
def importer() -> Importer:
    """Return this server's only importer."""
    return Importer()


def judge(name: str) -> tuple[Judge, float] | None:
    """Return the judge of a data set and its test accuracy; None if none was trained on its images."""
    when = judge_written(name)
    return _judge(name, version(name), when) if when else None


def judge_written(name: str) -> int:
    """Return when the judge of a data set was written, in ns since 1970; 0 if there is none."""
    try:
        return judge_path(name).stat().st_mtime_ns
    except OSError:
        return 0


@st.cache_resource(max_entries=4, show_spinner=False)
def _judge(name: str, version: str, written: int) -> tuple[Judge, float] | None:
    found = fitting_judge(dataset(name))
    return None if found is None else (found[0], float(found[1]["accuracy"]))


def realism(name: str) -> Realism | None:
    """Return the test of which images of a data set are realistic; None if the set has no `feature_network`.

    The first call on a machine takes some 15 seconds, behind a spinner.
    """
    why = refused(name)  # which imports the example, so that its version is known
    return _realism(name, version(name), judge_written(name), why)


def refused(name: str) -> str | None:
    """Say why the judge of a data set was refused; None if none was."""
    return None if name in BUILT_IN else refusal(dataset(name))


@st.cache_resource(max_entries=4, show_spinner="Looking at up to 30,000 real images, once on this machine…")
def _realism(name: str, version: str, written: int, refused: str | None) -> Realism | None:
    network = feature_network(dataset(name))
    try:
        return None if network is None else load_realism(dataset(name), network)
    except ValueError:  # the set has too few images to compare with
        return None
