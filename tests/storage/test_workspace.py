"""What processes leave behind when they are killed, and what becomes of it."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.runs import found_in
from vae.data.dataset import Dataset
from vae.folders import ROOT
from vae.storage import files
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.claims import claim_unused, release
from vae.storage.leftovers import clear_files
from vae.storage.metrics import add_metrics
from vae.storage.names import CheckpointError
from vae.storage.recording import record
from vae.storage.workspace import HIDDEN, locked
from vae.training.config import TrainConfig
from vae.training.loop import train

# Dies in the middle of replacing a folder: after the first of two renames, as where folders cannot be exchanged.
DIES = (
    "import os\n"
    "from pathlib import Path\n"
    "from vae.storage import files\n"
    "from vae.storage.checkpoints import load\n"
    "files._exchange = lambda one, other: False\n"
    "rename, count = Path.rename, []\n"
    "def dying(self, target):\n"
    "    if count: os._exit(9)\n"
    "    count.append(1)\n"
    "    return rename(self, target)\n"
    "run = load('small')\n"
    "with files.new_folder(run.path, run.stored) as folder:\n"
    "    (folder / 'half').write_text('')\n"
    "    Path.rename = dying\n"
)


def run(code: str) -> int:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ)).returncode


def test_a_run_whose_replacement_was_killed_half_way_is_back_with_the_next_process(saved: Path) -> None:
    assert run(DIES) == 9
    assert list_checkpoints() == ([], [])
    assert run("from vae.storage.claims import claim_unused; claim_unused('x')") == 0
    assert [c.name for c in list_checkpoints()[0]] == ["small"]
    assert found_in(saved.parent) == ["small"]


def test_a_process_that_ends_leaves_nothing(saved: Path) -> None:
    code = (
        "from vae.storage.bin import discard, recover\n"
        "from vae.storage.claims import claim\n"
        "claim('other')\n"
        "recover(discard('small'))\n"
    )
    assert run(code) == 0
    workspaces = [path.name for path in (saved.parent / HIDDEN).iterdir() if path.is_dir()]
    assert [name for name in workspaces if not name.startswith(f"{os.getpid()}-")] == []
    assert found_in(saved.parent) == ["small"]


def test_where_folders_cannot_be_exchanged_they_are_replaced_all_the_same(
    saved: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    config = TrainConfig(epochs=2, hidden=(8,), precision="float32")
    list(record(train(config, small), "small", config, small, overwrite=True))
    assert [c.config for c in list_checkpoints()[0]] == [config]
    assert found_in(saved.parent) == ["small"]


def test_a_replacement_that_fails_half_way_puts_the_old_run_back(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, rename, count = load("small"), Path.rename, 0

    def fails_once(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == 2:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", fails_once)
    with pytest.raises(CheckpointError, match="Input/output error"):
        add_metrics(before.stored, {"elbo": -1.0})
    assert load("small").stored == before.stored
    assert found_in(saved.parent) == ["small"]


def test_a_name_that_ends_like_what_is_replaced_confuses_nobody(folder: Path) -> None:
    code = (
        "import os\n"
        "from vae.storage.claims import claim\n"
        "from vae.storage.files import new_folder\n"
        "from vae.storage.names import checkpoint_path\n"
        "claim('other.old')\n"
        "with new_folder(checkpoint_path('mine.old')) as folder:\n"
        "    (folder / 'half').write_text('')\n"
        "    os._exit(9)\n"
    )
    assert run(code) == 9
    release(claim_unused("x"))
    assert found_in(folder) == []


def test_leftovers_of_earlier_versions_go_after_a_day_and_nothing_else_does(saved: Path) -> None:
    folder, yesterday = saved.parent, time.time() - 90_000
    for name in (".upload-abc", ".good-zj1n_qh0", ".lost-zj1n_qh0.old", ".small-zj1n_qh0.old", ".young-zj1n_qh0"):
        shutil.copytree(saved, folder / name)
    for name in (".ipynb_checkpoints", ".git-abcdefgh"):
        (folder / name).mkdir()
        (folder / name / "mine.txt").write_text("")
    (saved / ".metrics.json-123").write_text("")
    old = [*folder.iterdir(), saved / ".metrics.json-123"]
    for path in old:
        if path.name != ".young-zj1n_qh0":
            os.utime(path, (yesterday, yesterday))
    shutil.rmtree(folder / HIDDEN, ignore_errors=True)
    claim_unused("x")
    assert sorted(path.name for path in folder.iterdir() if path.name != HIDDEN) == [
        ".git-abcdefgh",
        ".ipynb_checkpoints",
        ".young-zj1n_qh0",
        "lost",
        "small",
    ]
    assert not (saved / ".metrics.json-123").exists()


def test_files_that_were_never_finished_go_after_a_day(tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    old, young, kept = (tmp_path / "maps" / name for name in (".map.npz-1-2", ".map.npz-3-4", "map.npz"))
    for path in (old, young, kept):
        path.write_text("")
    for path in (old, kept):
        os.utime(path, (time.time() - 90_000,) * 2)
    clear_files(tmp_path, ".*-*")
    assert sorted(path.name for path in (tmp_path / "maps").iterdir()) == [young.name, kept.name]


def test_a_lock_that_another_process_keeps_is_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holds = (
        "from vae.storage.workspace import locked\nimport time\nwith locked(): print(1, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", holds], cwd=ROOT, stdin=-1, stdout=-1) as process:
        assert process.stdout is not None
        process.stdout.readline()
        monkeypatch.setattr("vae.storage.workspace.PATIENCE", 0.1)
        with (
            pytest.raises(CheckpointError, match="Another process has kept the lock"),
            locked(),
        ):
            pass
        process.kill()
