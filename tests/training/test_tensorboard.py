"""TensorBoard gets the losses of every epoch, samples, and the codes for its projector."""

import builtins
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.helpers.disks import fill, small_disk
from vae.data.dataset import Dataset
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.reports import EpochReport
from vae.training.tensorboard import TensorboardError, events_folder, follow


def test_losses_of_every_epoch_and_the_embedding_are_written(folder: Path, small: Dataset) -> None:
    config = TrainConfig(epochs=3, hidden=(16,), batch_size=32)
    reports = list(follow(train(config, small), "run", small))
    events = EventAccumulator(str(events_folder("run")))
    events.Reload()
    test = events.Scalars("reconstruction/test")
    assert [event.step for event in test] == [report.step for report in reports]
    assert [event.value for event in test] == pytest.approx([report.test.reconstruction for report in reports])
    kl = [events.Scalars(f"kl_per_dimension/z{dimension}")[-1].value for dimension in (1, 2)]
    assert sum(kl) == pytest.approx(reports[-1].test.kl, rel=1e-4)
    assert "samples" in events.Tags()["images"]
    (codes,) = events_folder("run").rglob("tensors.tsv")
    assert len(codes.read_text().splitlines()) == len(small.test_images)
    assert list(events_folder("run").rglob("metadata.tsv"))
    assert list(events_folder("run").rglob("sprite.png"))


def test_without_it_the_message_says_how_to_have_it(
    folder: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def fail(name: str, *args: Any, **kwargs: Any) -> Any:
        if "tensorboard" in name:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", fail)
    with pytest.raises(TensorboardError, match="pip install tensorboard"):
        follow(iter(()), "run", small)


def test_nothing_is_opened_before_the_first_report_is_asked_for(folder: Path, small: Dataset) -> None:
    def refused() -> Iterator[EpochReport]:
        raise ValueError("The name is taken.")
        yield

    reports = follow(refused(), "unopened", small)
    assert not events_folder("unopened").exists()
    with pytest.raises(ValueError, match="taken"):
        next(reports)


def test_event_files_are_beside_the_checkpoints_wherever_these_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path / "runs")
    for named in (".", "../runs", str(tmp_path / "runs")):
        monkeypatch.setenv("VAE_CHECKPOINTS", named)
        assert events_folder("one") == tmp_path.resolve() / "tensorboard" / "one"


def test_a_full_disk_is_a_sentence_and_no_traceback(
    folder: Path, small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        monkeypatch.setenv("VAE_CHECKPOINTS", str(disk / "runs"))
        fill(disk)
        for room in (0, 8_192):
            (disk / "filling").unlink()
            fill(disk, leaving=room)
            with pytest.raises(
                TensorboardError, match=r"event files .* could not be written: No space left on device\."
            ):
                list(follow(train(TrainConfig(epochs=1, hidden=(16,)), small), f"run{room}", small))
    assert capfd.readouterr().err == ""
