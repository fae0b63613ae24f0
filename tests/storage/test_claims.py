"""A name is claimed once, by whoever gets it, in this process or another, and a claim ends with its process."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.helpers.runs import found_in
from vae.data.dataset import Dataset
from vae.folders import ROOT
from vae.storage.archive import from_zip, to_zip
from vae.storage.bin import discard, recover, rename
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.claims import claim, claim_unused, claiming, release
from vae.storage.models import load_model
from vae.storage.names import CheckpointError, CheckpointNameError
from vae.storage.recording import Recording, record
from vae.training.config import TrainConfig
from vae.training.loop import train

CLAIMS = (
    "import sys, time\n"
    "from vae.storage.claims import claim_unused\n"
    "print(claim_unused(sys.argv[1]), flush=True)\n"
    "time.sleep(600)\n"
)


def other_process(name: str) -> tuple[subprocess.Popen[str], str]:
    """Start a process that claims a name and keeps it, and return it with the name that it got."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLAIMS, name], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_nobody_else_gets_a_name_that_is_claimed(saved: Path) -> None:
    content = to_zip("small")
    claim("wanted")
    assert claim_unused("wanted") == "wanted-2"
    assert from_zip(content, "wanted") == "wanted-3"
    for call in (lambda: rename("small", "wanted"), lambda: claim("wanted"), lambda: claim("wanted", replacing=True)):
        with pytest.raises(CheckpointNameError, match="A run called 'wanted' is being made"):
            call()
    gone = discard("wanted-3")
    claim("wanted-3")
    assert recover(gone) == "wanted-3-2"
    release("wanted")
    rename("small", "wanted")
    assert [c.name for c in list_checkpoints()[0]] == ["wanted", "wanted-3-2"]


def test_a_name_with_a_number_stays_a_name(folder: Path) -> None:
    assert claim_unused("a" * 80) == "a" * 80
    assert claim_unused("a" * 80) == "a" * 74 + "-2"


def test_threads_that_want_one_name_get_as_many_names(folder: Path) -> None:
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(claim_unused("one"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got, key=lambda name: (len(name), name)) == ["one", *(f"one-{n}" for n in range(2, 17))]


def test_a_claim_of_another_process_holds_and_ends_with_its_death(folder: Path) -> None:
    process, name = other_process("shared")
    try:
        assert name == "shared"
        assert claim_unused("shared") == "shared-2"
        with pytest.raises(CheckpointNameError, match="is being made"):
            claim("shared")
        process.send_signal(signal.SIGKILL)
        process.wait()
        claim("shared")
        release("shared")
        release("shared-2")
    finally:
        process.kill()
        process.wait()
    assert found_in(folder) == []


def test_a_run_that_is_being_trained_is_neither_renamed_nor_deleted(small: Dataset, folder: Path) -> None:
    config = TrainConfig(epochs=2, hidden=(8,))
    reports = record(train(config, small), "busy", config, small)
    next(reports)
    with pytest.raises(CheckpointNameError, match="'busy' is being trained; cancel it, or rename it once it has ended"):
        rename("busy", "other")
    with pytest.raises(CheckpointNameError, match="'busy' is being trained"):
        discard("busy")
    reports.close()
    rename("busy", "other")


def test_a_run_never_replaces_one_that_has_got_its_name(saved: Path, small: Dataset) -> None:
    config = TrainConfig(epochs=2, hidden=(8,))
    before = load("small").stored
    # Nobody holds the claim any more, as after the death of the server for which a worker trains.
    reports = Recording("late", config, small).follow(train(config, small))
    rename("small", "late")
    with pytest.raises(CheckpointNameError, match="Another run has got the name 'late' meanwhile; it stays"):
        next(reports)
    assert load("late").stored.marks == before.marks
    rename("late", "small")
    reports = Recording("late", config, small).follow(train(config, small))
    next(reports)
    discard("late")
    rename("small", "late")
    with pytest.raises(CheckpointNameError, match="it stays"):
        next(reports)
    assert load("late").stored.marks == before.marks


def test_overwriting_keeps_the_old_run_until_the_new_one_is_finished(saved: Path, small: Dataset) -> None:
    config = TrainConfig(epochs=3, hidden=(8,), precision="float32")
    before = load("small").stored
    reports = record(train(config, small), "small", config, small, overwrite=True)
    next(reports)
    next(reports)
    assert load("small").stored.marks == before.marks
    assert list(reports)[-1].progress == 1
    assert load("small").config == config
    stopped = record(train(config, small), "small", config, small, overwrite=True)
    next(stopped)
    stopped.close()
    assert load("small").finished


def test_weights_that_are_others_by_now_are_not_taken_for_those_of_the_checkpoint(saved: Path, small: Dataset) -> None:
    config = TrainConfig(epochs=1, hidden=(16,), seed=1)
    checkpoint = load("small")
    list(record(train(config, small), "other", config, small))
    rename("small", "kept")
    rename("other", "small")
    with pytest.raises(CheckpointError, match="small has got other weights at this moment; try again"):
        load_model(checkpoint)


def test_a_claim_is_given_up_when_its_block_fails(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), claiming("name"):
        raise ZeroDivisionError
    with claiming("name"):
        pass


@pytest.mark.parametrize("place", ["a file", "below a file"])
def test_a_folder_that_cannot_be_written_is_a_sentence(
    place: str, folder: Path, monkeypatch: pytest.MonkeyPatch, saved: Path
) -> None:
    (folder / "file").write_text("")
    monkeypatch.setenv("VAE_CHECKPOINTS", str(folder / "file" if place == "a file" else folder / "file" / "deeper"))
    with pytest.raises(CheckpointError, match="could not be written"):
        claim("name")
    release("name")
