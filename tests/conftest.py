"""Small data and models that tests share; nothing here writes into the project's own folders."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

# Tests run side by side, a process a core: teams of threads would wait for each other, in servers and workers too.
os.environ["OMP_NUM_THREADS"] = "1"

import pytest
import torch

from tests.helpers.app import MODELS, PAIRS, SHIPPED
from tests.helpers.fuzzing import THOROUGH
from tests.helpers.images import blobs
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.jobs.trainer import Trainer
from vae.measure.realism import load_realism
from vae.models.judge import judge_path, load_judge
from vae.models.realism import Realism
from vae.storage.recording import record
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.ui.shared import server

torch.set_num_threads(1)


def pytest_configure(config: pytest.Config) -> None:
    """Let `pytest -m fuzz` try far more examples than the default run, in its worker processes too."""
    if config.option.markexpr == "fuzz":
        os.environ[THOROUGH] = "1"


@pytest.fixture(autouse=True, scope="session")
def imported_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep imported sets of this machine out of the tests, and those of tests out of its folder."""
    folder = tmp_path_factory.mktemp("imported") / "sets"
    os.environ["VAE_IMPORTED"] = str(folder)
    return folder


@pytest.fixture
def small() -> Dataset:
    return blobs()


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    return load_dataset("mnist")


@pytest.fixture(scope="session")
def realism(mnist: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realism]:
    """The test of realism of MNIST, fitted once for all processes of a session; pages find it too."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # it belongs to the session, whose processes have a folder each in it
    folder /= "references"
    judge = load_judge(judge_path("mnist"))[0]
    try:
        folder.mkdir()
    except FileExistsError:  # another process fits it
        for _ in range(3_000):
            if list(folder.glob("realism-*.npz")):
                break
            time.sleep(0.1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("vae.measure.realism.REFERENCES", folder)
        yield load_realism(mnist, judge)


@pytest.fixture(scope="session")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project") / "checkpoints"


@pytest.fixture
def folder(_folder: Path, imported_elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkpoint folder that the library uses instead of the project's; always the same, as a worker's is.

    The sets that an earlier test of this process has imported are gone too.
    """
    shutil.rmtree(_folder, ignore_errors=True)
    shutil.rmtree(imported_elsewhere, ignore_errors=True)
    _folder.mkdir()
    monkeypatch.setenv("VAE_CHECKPOINTS", str(_folder))
    return _folder


@pytest.fixture
def saved(folder: Path, small: Dataset) -> Path:
    """A trained small VAE called `small` in `folder`."""
    config = TrainConfig(epochs=2, hidden=(16,))
    for _ in record(train(config, small), "small", config, small):
        pass
    return folder / "small"


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """A t-SNE of an eighth of the iterations: enough for clusters that lie far apart."""
    monkeypatch.setattr("vae.explore.projection.EXAGGERATED", 25)
    monkeypatch.setattr("vae.explore.projection.ITERATIONS", 25)


@pytest.fixture(scope="session")
def _trainer() -> Iterator[Trainer]:
    trainer = Trainer()
    yield trainer
    trainer.close()


@pytest.fixture
def fresh(_trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that nobody has visited, whose trainer is idle, measures no speed and answers no question.

    A test that trains uses `folder`. The trainer's worker, once started, is every such test's: that takes seconds. What
    is cached of weights stays too: it is found by path and time of writing.
    """
    monkeypatch.setattr(Trainer, "images_per_second", Trainer.known_speed)
    monkeypatch.setattr(Trainer, "ask", lambda trainer, question: None)
    monkeypatch.setattr(server, "Trainer", lambda: _trainer)
    for owner in (server.trainer, server.projector, server.measurer, server.listed):
        owner.clear()
    yield
    while not _trainer.idle:
        if (job := _trainer.job) is not None:
            _trainer.cancel(job)
        time.sleep(0.05)
    server.measurer().close()


@pytest.fixture
def copies(folder: Path) -> Path:
    """The shipped pairs in a folder that a test may change, written now: nothing is cached of them."""
    for name in PAIRS:
        shutil.copytree(SHIPPED / name, folder / name, copy_function=shutil.copy)
    return folder


@pytest.fixture(scope="session")
def _shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shipped")
    for name in MODELS:
        shutil.copytree(SHIPPED / name, folder / name)
    return folder


@pytest.fixture
def shipped(_shipped: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped models in a folder that tests share and leave as it is: what one has encoded others need not."""
    monkeypatch.setenv("VAE_CHECKPOINTS", str(_shipped))
    return _shipped
