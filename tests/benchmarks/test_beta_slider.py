"""The benchmark of the slider over every β: which models it takes."""

from pathlib import Path

from benchmarks.beta_slider import multi_rate
from tests.helpers.multi_rate import record_every_beta
from vae.data.dataset import Dataset


def test_it_takes_the_models_for_every_beta_and_no_others(saved: Path, small: Dataset) -> None:
    record_every_beta(small, "every", steps=2)
    assert [path.name for path in multi_rate(saved.parent)] == ["every"]
