"""The trainer and its worker process: real runs, cancel, failure, and what is left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import pytest

from tests.helpers.runs import found_in
from tests.helpers.waiting import ended, wait
from vae.folders import ROOT
from vae.jobs import processes
from vae.jobs.limits import WAITING_EACH, QueueError
from vae.jobs.processes import start
from vae.jobs.questions import read_differences
from vae.jobs.trainer import QuestionError, Trainer
from vae.storage.bin import rename
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.claims import claim, claim_unused, release
from vae.storage.models import load_model
from vae.storage.names import CheckpointNameError
from vae.storage.starts import continuing
from vae.training.config import TrainConfig

QUICK = TrainConfig(steps=600, hidden=(16,), device="cpu")
LONG = TrainConfig(epochs=1_000, hidden=(16,), device="cpu")


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    """One for all of these tests, with a folder of its own: a worker takes seconds to start."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("VAE_CHECKPOINTS", str(tmp_path_factory.mktemp("jobs")))
        trainer = Trainer()
        yield trainer
        trainer.close()


def test_a_run_reports_every_epoch_and_leaves_a_measured_checkpoint(trainer: Trainer) -> None:
    job = trainer.submit([QUICK], names=["quick"])
    wait(lambda: ended(job))
    assert (job.state, job.error) == ("done", "")
    assert [round(row["epoch"], 2) for row in job.runs[0].history] == [1, round(600 * 128 / 60_000, 2)]
    assert job.runs[0].samples is not None
    assert job.runs[0].samples.shape == (16, 1, 28, 28)
    assert job.runs[0].latents is not None
    assert job.runs[0].latents.shape == (2_000, 2)
    checkpoint = load("quick")
    assert checkpoint.finished
    assert checkpoint.metric("knn_accuracy") is not None
    assert trainer.images_per_second([QUICK]) is not None


def test_a_run_that_collapses_says_so_while_it_trains_and_at_its_end(trainer: Trainer) -> None:
    job = trainer.submit([replace(QUICK, beta=1000.0), replace(QUICK, model="ae")], names=["flat", "sound"])
    wait(lambda: ended(job) or job.runs[0].collapse)
    assert job.runs[0].phase == "training"
    wait(lambda: ended(job))
    assert job.state == "done"
    assert job.runs[0].collapse.startswith(
        "collapsed: it reconstructs no better than the average image (206 nats per image)"
    )
    assert job.runs[1].collapse == ""


def test_a_pair_by_seconds_takes_the_same_number_of_steps(trainer: Trainer) -> None:
    config = TrainConfig(seconds=1.5, hidden=(16,), device="cpu")
    ae = TrainConfig(model="ae", seconds=1.5, hidden=(16,), device="cpu")
    job = trainer.submit([config, ae], names=["v", "a"])
    wait(lambda: ended(job))
    assert job.state == "done"
    assert job.finished_names == ["v", "a"]
    assert load("v").steps_done == load("a").steps_done


def test_the_same_steps_without_a_change_of_beta_are_a_question_that_leaves_no_run(trainer: Trainer) -> None:
    job = trainer.submit([QUICK], names=["base"])
    wait(lambda: ended(job))
    config = continuing(load("base"), steps=40, device="cpu")
    question = {"kind": "control", "config": asdict(config)}
    wait(lambda: trainer.ask(question) is not None)
    answer = trainer.ask(question)
    assert answer is not None
    found = read_differences(answer)
    assert set(found) == {"test_reconstruction", "test_kl"}
    assert found["test_kl"].pairs == 10_000
    # Forty steps more of a run that is far from its end make it better.
    assert found["test_reconstruction"].high < 0
    assert "base" in {checkpoint.name for checkpoint in list_checkpoints()[0]}
    assert not any(checkpoint.config.start for checkpoint in list_checkpoints()[0])


def test_a_question_that_cannot_be_answered_says_why(trainer: Trainer) -> None:
    def failed() -> bool:
        try:
            return trainer.ask({"kind": "samples", "name": "nobody"}) is not None
        except QuestionError as error:
            return "There is no run called 'nobody'" in str(error)

    wait(failed)


def test_a_run_that_trains_on_begins_where_the_other_ended(trainer: Trainer) -> None:
    job = trainer.submit([QUICK], names=["first"])
    wait(lambda: ended(job))
    again = trainer.submit([continuing(load("first"), beta=8.0, steps=300, device="cpu")], names=["second"])
    wait(lambda: ended(again))
    assert (again.state, again.error) == ("done", "")
    looks = again.runs[0].looks
    assert (looks[0]["beta"], looks[-1]["beta"]) == (1, 8)
    assert looks[0]["kl"] == pytest.approx(load("first").metrics["test_kl"], rel=0.1)
    assert looks[-1]["kl"] < looks[0]["kl"]
    assert again.runs[0].seen["latents"].shape == (1_000, 2)
    assert load("second").config.start == "first"


def test_cancel_ends_a_run_at_once_and_keeps_its_last_full_epoch(trainer: Trainer) -> None:
    job = trainer.submit([LONG], names=["long"])
    wait(lambda: job.runs[0].history)
    trainer.cancel(job)
    wait(lambda: ended(job), seconds=20)
    assert job.state == "cancelled"
    checkpoint = load("long")
    assert not checkpoint.finished
    assert checkpoint.epochs_done == len(job.runs[0].history)
    load_model(checkpoint)
    again = trainer.submit([QUICK], names=["after-cancel"])
    wait(lambda: ended(again))
    assert again.state == "done"


def test_jobs_of_several_sessions_run_in_order_and_none_is_lost(trainer: Trainer) -> None:
    jobs = [trainer.submit([QUICK], owner=owner) for owner in ("one", "two", "three")]
    assert [name for job in jobs for name in job.names] == ["vae-2d-beta1", "vae-2d-beta1-2", "vae-2d-beta1-3"]
    assert [job.state for job in jobs] == ["running", "queued", "queued"]
    assert [trainer.ahead(job) for job in jobs] == [0, 1, 2]
    began = []
    for job in jobs:
        wait(partial(ended, job))
        assert (job.state, job.error) == ("done", "")
        assert trainer.find(job.id) is job
        began.append(job.began)
        load_model(load(job.names[0]))
    assert began == sorted(began)
    assert trainer.job is None


def test_a_job_leaves_the_queue_at_once_and_the_others_move_up(trainer: Trainer) -> None:
    first = trainer.submit([LONG])
    second, third = trainer.submit([QUICK]), trainer.submit([QUICK])
    trainer.cancel(second)
    assert second.state == "cancelled"
    assert trainer.ahead(third) == 1
    wait(lambda: first.runs[0].progress)
    trainer.cancel(first)
    wait(lambda: ended(third))
    assert (first.state, third.state) == ("cancelled", "done")
    assert not second.began


@pytest.fixture
def endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that never ends its first run."""
    monkeypatch.setenv("VAE_CHECKPOINTS", str(tmp_path))
    reads = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    started = partial(subprocess.Popen, reads, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    monkeypatch.setattr(processes, "start", lambda *_, **__: started())


def test_several_seeds_are_queued_together_and_named_by_them_or_not_at_all(endless: None) -> None:
    seeds = [[replace(QUICK, seed=seed)] for seed in range(2 + WAITING_EACH)]
    trainer = Trainer()
    try:
        assert trainer.room("me") == 1 + WAITING_EACH
        with pytest.raises(QueueError, match="At most 3 runs of one visitor may wait; choose fewer seeds"):
            trainer.submit_series(seeds, owner="me")
        assert trainer.jobs == []
        jobs = trainer.submit_series(seeds[:-1], owner="me")
        assert [job.state for job in jobs] == ["running", "queued", "queued", "queued"]
        assert [job.names[0].rpartition("-")[2] for job in jobs] == ["seed0", "seed1", "seed2", "seed3"]
        assert all(trainer.series(job) == jobs for job in jobs)
        assert trainer.room("me") == 0
        alone = trainer.submit([QUICK])
        assert trainer.series(alone) == [alone]
    finally:
        trainer.close()


def test_a_session_and_all_together_may_have_so_many_runs_waiting_and_no_more(
    endless: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.jobs.limits.WAITING", 6)
    trainer = Trainer()
    try:
        first, *mine = [trainer.submit([QUICK], owner="me") for _ in range(1 + WAITING_EACH)]
        assert (first.state, mine[-1].state) == ("running", "queued")
        with pytest.raises(QueueError, match="3 of your runs wait already; cancel one of them"):
            trainer.submit([QUICK], owner="me")
        for number in range(6 - WAITING_EACH):
            trainer.submit([QUICK], names=[f"other-{number}"], owner=f"other {number}")
        with pytest.raises(QueueError, match="6 runs wait already; try again when"):
            trainer.submit([QUICK], owner="another")
        trainer.cancel(mine[0])
        assert trainer.submit([QUICK], owner="me").state == "queued"
    finally:
        trainer.close()


def test_a_run_that_cannot_go_says_why_and_the_next_one_goes(trainer: Trainer) -> None:
    bad = replace(LONG, hidden=(64, 64, 64), batch_size=1024, learning_rate=1.0, schedule="constant", activation="relu")
    job = trainer.submit([bad], names=["bad"])
    wait(lambda: ended(job))
    assert job.state == "failed"
    assert "Lower the learning rate" in job.error
    pair = trainer.submit([bad, LONG], names=["bad-first", "stopped"])
    wait(lambda: ended(pair))
    assert pair.state == "failed"
    assert "Lower the learning rate" in pair.error
    again = trainer.submit([QUICK], names=["good"])
    wait(lambda: ended(again))
    assert again.state == "done"


def test_a_killed_worker_fails_its_run_and_is_replaced(trainer: Trainer) -> None:
    job = trainer.submit([LONG], names=["killed"])
    wait(lambda: job.runs[0].history)
    again = trainer.submit([QUICK], names=["after-kill"])
    assert trainer.pid is not None
    os.kill(trainer.pid, signal.SIGKILL)
    wait(lambda: ended(job), seconds=20)
    assert job.state == "failed"
    assert "signal 9" in job.error
    load_model(load("killed"))
    wait(lambda: ended(again))
    assert again.state == "done"


def test_a_relative_folder_is_the_same_one_in_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VAE_CHECKPOINTS", "here")
    own = Trainer()
    job = own.submit([QUICK], names=["relative"])
    wait(lambda: ended(job))
    own.close()
    assert job.state == "done"
    assert (tmp_path / "here" / "relative" / "model.safetensors").exists()


@pytest.mark.parametrize("death", ["cut payload", "cut line", "no message", "no frame", "unknown event", "nothing"])
def test_a_worker_that_dies_in_the_middle_of_a_word_costs_its_job_alone(
    death: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(module: str, **_: Any) -> subprocess.Popen[bytes]:
        return start("tests.helpers.dying_worker", environment={"DEATH": death})

    monkeypatch.setattr("vae.jobs.processes.start", dying)
    monkeypatch.setattr("vae.jobs.processes.SECONDS_TO_END", 0.5)
    own = Trainer()
    first, other = own.submit([QUICK], names=["doomed"]), own.submit([QUICK], names=["next"])
    wait(lambda: other.ended)
    own.close()
    assert first.state == "failed"
    assert first.error
    assert other.state == "done"
    claim("doomed")
    release("doomed")


def test_a_worker_killed_while_its_server_is_held_up_fails_its_job(
    trainer: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, read = threading.Event(), processes.read_frame

    def held_up(stream: IO[bytes]) -> processes.Frame | None:
        going.wait()
        return read(stream)

    job, waiting = trainer.submit([LONG], names=["held"]), trainer.submit([QUICK], names=["after"])
    wait(lambda: job.runs[0].looks)
    monkeypatch.setattr(processes, "read_frame", held_up)
    time.sleep(1.5)  # the worker fills the pipe, in the middle of a frame
    assert trainer.pid is not None
    os.kill(trainer.pid, signal.SIGKILL)
    going.set()
    wait(lambda: job.ended)
    assert job.state == "failed"
    assert "ended unexpectedly (signal 9" in job.error
    wait(lambda: waiting.ended)
    assert waiting.state == "done"


def test_the_end_of_a_job_leaves_the_claim_of_another_that_has_got_its_name(trainer: Trainer) -> None:
    job = trainer.submit([QUICK])
    (name,) = job.names
    wait(lambda: job.trained or job.ended)  # its name is free from now on, while it is measured
    rename(name, "renamed")
    other = trainer.submit([LONG])
    assert other.names == [name]
    wait(lambda: job.ended)
    with pytest.raises(CheckpointNameError, match="is being made"):
        claim(name)
    trainer.cancel(other)
    wait(lambda: trainer.idle)


def test_a_trainer_that_cannot_start_a_process_fails_the_job_with_the_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("vae.jobs.processes.start", fail)
    own = Trainer()
    job = own.submit([QUICK], names=["never"])
    assert own.images_per_second([QUICK]) is None
    with pytest.raises(QuestionError, match="could not be started"):
        own.ask({"kind": "samples", "name": "any"})
    assert (job.state, job.error) == (
        "failed",
        "The training process could not be started (Resource temporarily unavailable).",
    )


def test_a_job_that_ended_with_its_server_is_known_to_the_next_one(folder: Path) -> None:
    script = (
        "import time\n"
        "from vae.training.config import TrainConfig\n"
        "from vae.jobs.trainer import Trainer\n"
        "trainer = Trainer()\n"
        "config = TrainConfig(epochs=1000, hidden=(16,), device='cpu')\n"
        "jobs = [trainer.submit([config], names=[name]) for name in ('begun', 'waiting')]\n"
        "while not jobs[0].runs[0].history: time.sleep(0.02)\n"
        "print(*(job.id for job in jobs), flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        begun, waiting = server.stdout.readline().split()
        own = Trainer()
        assert own.find(begun) is None  # the other server is still training it
        server.kill()
    found = own.find(begun)
    assert found is not None
    assert (found.names, found.finished_names, found.state) == (["begun"], ["begun"], "failed")
    assert found.error.startswith("The server was stopped while this run was waiting or training: begun is kept")
    found = own.find(waiting)
    assert found is not None
    assert found.finished_names == []
    assert found.error.endswith("waiting had not completed its first epoch, so that nothing of it is kept.")
    for text in ("", "12345678", "../../x", "\0", "x" * 100_000):
        assert own.find(text) is None


def test_a_speed_is_measured_for_the_form(trainer: Trainer) -> None:
    other = TrainConfig(steps=600, hidden=(24,), device="cpu")
    assert trainer.images_per_second([other]) is None
    wait(lambda: trainer.images_per_second([other]))
    assert trainer.device in ("cpu", "cuda", "mps")


def test_a_worker_whose_server_dies_ends_and_leaves_no_half_written_folder(folder: Path) -> None:
    script = (
        "import time\n"
        "from vae.training.config import TrainConfig\n"
        "from vae.jobs.trainer import Trainer\n"
        "trainer = Trainer()\n"
        "job = trainer.submit([TrainConfig(epochs=1000, hidden=(16,), device='cpu')], names=['long'])\n"
        "while not job.runs[0].history: time.sleep(0.02)\n"
        "print(trainer.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        worker = int(server.stdout.readline())
        server.kill()
    wait(lambda: not Path(f"/proc/{worker}/stat").exists() or " Z " in Path(f"/proc/{worker}/stat").read_text(), 20)
    sound, damaged = list_checkpoints()
    assert [c.name for c in sound] == ["long"]
    assert damaged == []
    claim_unused("long")  # as whoever works here next: it clears up
    release("long-2")
    assert found_in(folder) == ["long"]
