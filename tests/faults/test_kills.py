"""SIGKILL at random moments: no damaged run is listed as good, no good one is lost, nothing is stuck or left over.

A hundred kills in all, each at another moment: of the command line's trainer, of the worker while its server is held
up, and of a server while its worker trains. `pytest -m faults -s` prints how many there were and what they left.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import IO

import pytest

from tests.helpers.runs import found_in
from tests.helpers.waiting import ended, wait
from vae.folders import ROOT
from vae.jobs import processes
from vae.jobs.job import Job
from vae.jobs.trainer import Trainer
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.models import load_model
from vae.storage.workspace import claimed, locked
from vae.training.config import TrainConfig

pytestmark = pytest.mark.faults

OF_COMMAND_LINE, OF_WORKER, OF_SERVER = 40, 30, 30
LONG = TrainConfig(epochs=1_000, hidden=(16,), batch_size=2_000, device="cpu")
QUICK = TrainConfig(steps=30, hidden=(16,), batch_size=2_000, device="cpu")
TRAIN = ["train", "--epochs", "1000", "--hidden", "16", "--batch-size", "2000", "--device", "cpu"]


def began(job: Job) -> bool:
    return bool(job.runs[0].history)


def left_sound(folder: Path, wanted: list[str]) -> list[str]:
    """Check that all runs in a folder are sound and those wanted are there; return the names of the others."""
    sound, damaged = list_checkpoints()
    assert damaged == []
    for checkpoint in sound:
        load_model(checkpoint)
    names = [checkpoint.name for checkpoint in sound]
    assert set(wanted) <= set(names)
    with locked():  # whoever wants a name next clears up
        assert claimed() == set()
    assert found_in(folder) == sorted(names)
    return [name for name in names if name not in wanted]


def test_the_command_lines_trainer(saved: Path, capfd: pytest.CaptureFixture[str]) -> None:
    chance, left = random.Random(0), Counter[str]()
    good = load("small").stored.marks
    for kill in range(OF_COMMAND_LINE):
        overwriting = kill % 2 == 1
        name = "small" if overwriting else f"killed-{kill}"
        more = ["--overwrite"] if overwriting else []
        process = subprocess.Popen(
            [sys.executable, "-m", "vae", *TRAIN, "--name", name, *more], cwd=ROOT, stderr=subprocess.PIPE
        )
        assert process.stderr is not None
        if chance.random() < 0.8:  # the others are killed while they start
            process.stderr.readline()
            time.sleep(chance.uniform(0, 2))
        else:
            time.sleep(chance.uniform(0, 4))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        new = left_sound(saved.parent, ["small"])
        assert load("small").stored.marks == good
        assert new in ([], [name])
        left["a run" if new else "the old run" if overwriting else "nothing"] += 1
        for each in new:
            shutil.rmtree(saved.parent / each)
    with capfd.disabled():
        print(f"\n{OF_COMMAND_LINE} kills of the command line's trainer left: {dict(left)}")


def test_the_worker_while_its_server_is_held_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    chance, going, read = random.Random(1), threading.Event(), processes.read_frame

    def held_up(stream: IO[bytes]) -> processes.Frame | None:
        going.wait()
        return read(stream)

    monkeypatch.setattr(processes, "read_frame", held_up)
    trainer, left = Trainer(), Counter[str]()
    for kill in range(OF_WORKER):
        going.set()
        doomed, after = trainer.submit([LONG], names=[f"doomed-{kill}"]), trainer.submit([QUICK], names=[f"{kill}"])
        wait(partial(began, doomed))
        going.clear()
        time.sleep(chance.uniform(0, 2))
        assert trainer.pid is not None
        os.kill(trainer.pid, signal.SIGKILL)
        going.set()
        wait(partial(ended, after))
        assert doomed.state == "failed"
        assert "signal 9" in doomed.error
        assert after.state == "done"
        new = left_sound(folder, [f"{kill}"])
        assert new == [f"doomed-{kill}"]
        left["its last full epoch, and the next run was trained"] += 1
        for name in (*new, f"{kill}"):
            shutil.rmtree(folder / name)
    trainer.close()
    with capfd.disabled():
        print(f"\n{OF_WORKER} kills of the worker left: {dict(left)}")


SERVER = (
    "import time\n"
    "from tests.faults.test_kills import LONG, QUICK\n"
    "from vae.jobs.trainer import Trainer\n"
    "trainer = Trainer()\n"
    "jobs = [trainer.submit([LONG], names=['long']), trainer.submit([QUICK], names=['waiting'])]\n"
    "print(trainer.pid, *(job.id for job in jobs), flush=True)\n"
    "while not jobs[0].runs[0].history: time.sleep(0.02)\n"
    "print(flush=True)\n"
    "time.sleep(600)\n"
)


def is_gone(pid: int) -> bool:
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_server_while_its_worker_trains(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    chance, left, own = random.Random(2), Counter[str](), Trainer()
    for _ in range(OF_SERVER):
        with subprocess.Popen([sys.executable, "-c", SERVER], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            pid, begun, waiting = server.stdout.readline().split()
            if chance.random() < 0.8:
                server.stdout.readline()
            time.sleep(chance.uniform(0, 2))
            server.send_signal(signal.SIGKILL)
        wait(partial(is_gone, int(pid)), 40)  # its worker ends by itself
        new = left_sound(folder, [])
        assert new in ([], ["long"])
        first, second = own.find(begun), own.find(waiting)
        assert first is not None
        assert second is not None
        assert first.finished_names == new
        assert second.finished_names == []
        left["its last full epoch, and both jobs are told" if new else "nothing, and both jobs are told"] += 1
        own.submit([QUICK], names=["waiting"])  # nobody holds the names any more
        wait(lambda: own.idle)
        for name in (*new, "waiting"):
            shutil.rmtree(folder / name)
    own.close()
    with capfd.disabled():
        print(f"\n{OF_SERVER} kills of the server left: {dict(left)}")


RUNS = 10  # of each of two processes and a server
CLIENT = (
    "import sys\n"
    "from vae.__main__ import main\n"
    f"for _ in range({RUNS}):\n"
    "    assert main('train --steps 30 --hidden 16 --batch-size 2000 --device cpu'.split()) == 0\n"
)


def test_two_processes_and_a_server_that_want_one_name_get_as_many_names(folder: Path) -> None:
    clients = [subprocess.Popen([sys.executable, "-c", CLIENT], cwd=ROOT) for _ in range(2)]
    trainer = Trainer()
    config = TrainConfig(steps=30, hidden=(16,), batch_size=2_000, device="cpu")
    jobs = [trainer.submit([config]) for _ in range(RUNS)]
    wait(lambda: all(job.ended for job in jobs), 300)
    assert [client.wait(300) for client in clients] == [0, 0]
    trainer.close()
    names = left_sound(folder, [])
    assert sorted(names) == sorted(["vae-2d-beta1", *(f"vae-2d-beta1-{n}" for n in range(2, 3 * RUNS + 1))])
    assert all(load(name).metrics for name in names)
