"""The command `judge`: it is refused before it trains in vain, and says which judge there is when it is stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.command_line import run
from vae.data.dataset import Dataset
from vae.models.judge import Judge, JudgeEpoch, load_judge


@pytest.fixture
def place(tmp_path: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of a judge that is not there yet, whose training is stopped in its third epoch."""

    def train_judge(dataset: Dataset, epochs: int, seed: int) -> Iterator[JudgeEpoch]:
        judge = Judge(dataset.image_shape, len(dataset.class_names)).eval()
        for epoch, accuracy in enumerate((0.75, 0.5), start=1):
            yield JudgeEpoch(epoch, 1.0, accuracy, judge)
        raise KeyboardInterrupt

    path = tmp_path / "judges" / "judge-mnist.safetensors"
    monkeypatch.setattr("vae.cli.commands.judge.judge_path", lambda _: path)
    monkeypatch.setattr("vae.cli.commands.judge.load_dataset", lambda _: small)
    monkeypatch.setattr("vae.cli.commands.judge.train_judge", train_judge)
    return path


def test_stopped_it_keeps_the_best_judge_so_far_where_there_was_none(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "judge")
    assert (status, out) == (130, "")
    assert err.splitlines()[-1] == (
        "python -m vae judge: Stopped; since there was no judge, judge-mnist.safetensors is kept as it was after "
        "epoch 1, and reads 75.00% of the test images right."
    )
    assert load_judge(place)[1]["accuracy"] == 0.75
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_stopped_it_leaves_an_older_judge_alone(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place.parent.mkdir()
    place.write_bytes(b"older")
    status, _, err = run(capsys, "judge")
    assert status == 130
    assert err.splitlines()[-1] == "python -m vae judge: Stopped; judge-mnist.safetensors stays as it was."
    assert place.read_bytes() == b"older"


def test_stopped_in_its_first_epoch_it_says_that_there_is_none(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def train_judge(*_: object) -> Iterator[JudgeEpoch]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr("vae.cli.commands.judge.train_judge", train_judge)
    _, _, err = run(capsys, "judge")
    assert err == "python -m vae judge: Stopped; no epoch was complete, so that there is still no judge.\n"
    assert not place.exists()


def test_a_folder_that_cannot_be_written_is_told_before_the_first_epoch(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place.parent.write_text("a file in the way")
    status, _, err = run(capsys, "judge")
    assert status == 1
    assert err == f"python -m vae judge: {place.parent}, where judges are kept, cannot be written: File exists.\n"
