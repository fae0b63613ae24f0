"""Paired differences: they hold 0 for equal models, and see what the intervals of two means cannot."""

import numpy as np
import pytest

from vae.data.dataset import Dataset
from vae.measure.evaluate import per_image
from vae.measure.intervals import random_rows
from vae.measure.likelihood import likelihood
from vae.measure.paired import differences_from, paired_difference
from vae.storage.checkpoints import load
from vae.storage.models import load_model


def test_of_two_equal_models_the_interval_holds_0_in_95_of_100_seeds() -> None:
    held = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        hard = random.normal(100, 30, 500)  # some images are hard for both
        before, after = (hard + random.normal(0, 2, 500) for _ in range(2))
        held += not paired_difference(before, after, seed).decided
    assert 90 <= held <= 99


def test_a_small_difference_on_the_same_images_is_seen_where_the_means_intervals_overlap() -> None:
    random = np.random.default_rng(0)
    hard = random.normal(100, 30, 2_000)
    before, after = hard + random.normal(0, 2, 2_000), hard + 0.5 + random.normal(0, 2, 2_000)
    found = paired_difference(before, after)
    assert found.low > 0
    assert found.low < 0.5 < found.high
    assert abs(after.mean() - before.mean()) < 1.96 * before.std() / len(before) ** 0.5
    turned = paired_difference(after, before)
    assert turned.value == pytest.approx(-found.value)
    assert turned.decided


@pytest.mark.parametrize("count", [1, 7, 500, 25_000])
def test_the_interval_is_that_of_a_thousand_resamples_of_the_pairs(count: int) -> None:
    before, after = np.random.default_rng(0).normal(size=(2, count))
    random = np.random.default_rng(0)
    means = [(after - before)[random.integers(count, size=count)].mean() for _ in range(1_000)]
    found = paired_difference(before, after)
    assert (found.low, found.high) == pytest.approx(np.percentile(means, [2.5, 97.5]), rel=1e-12)


def test_what_makes_no_pairs_is_refused() -> None:
    for before, after in ((np.zeros(3), np.zeros(4)), (np.zeros(0), np.zeros(0))):
        with pytest.raises(ValueError, match="make no pairs"):
            paired_difference(before, after)


def test_of_two_beta_on_the_same_images_the_sign_of_every_number_is_decided(
    mnist: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VAE_CHECKPOINTS", raising=False)
    low, high = (load(f"ladder-vae-10d-beta{beta}-seed0") for beta in ("0.1", "1"))
    rows = [per_image(load_model(one), mnist, one.config) for one in (low, high)]
    changes = {key: paired_difference(rows[0][key], rows[1][key]) for key in rows[0]}
    assert changes["test_kl"].high < 0 < changes["test_reconstruction"].low
    assert changes["elbo"].low > 0  # with one draw of z, β = 1 has the better bound
    again = paired_difference(rows[1]["elbo"], per_image(load_model(high), mnist, high.config)["elbo"])
    assert again == (0, 0, 0, len(mnist.test_images))


def resampled(values: np.ndarray, draws: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Means of values (runs, N) and their replicates (runs, draws), the b-th of the same rows, as for one seed."""
    random = np.random.default_rng(0)
    rows = random.integers(values.shape[1], size=(draws, values.shape[1]))
    return values.mean(1)[None], np.stack([each[rows].mean(1) for each in values])[None]


def test_of_equal_runs_the_interval_holds_0_and_the_best_is_not_excluded_in_95_of_100_seeds() -> None:
    held, kept = 0, 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        values = random.normal(100, 30, 200) + random.normal(0, 2, (6, 200))
        means, replicates = resampled(values[:2])
        held += not differences_from(0, means, replicates)[1].decided
        # All six are as good; the first stands for the truly best one, another may have the best value.
        means, replicates = resampled(values)
        best = int(means.argmax())
        kept += best == 0 or not differences_from(best, means, replicates)[0].decided
    assert 90 <= held <= 99
    assert kept >= 90


def test_a_difference_from_the_best_is_centred_on_the_values_and_none_from_itself() -> None:
    values = np.random.default_rng(1).normal([[0], [1], [3]], 1, (3, 500))
    means, replicates = resampled(values)
    one, other, itself = differences_from(2, means, replicates, 500)
    assert itself == (0, 0, 0, 500)
    for found, true in ((one, -3), (other, -2)):
        assert found.low < true < found.high
        assert (found.low + found.high) / 2 == pytest.approx(found.value)


def test_the_shipped_ladders_small_beta_has_a_worse_bound_by_its_paired_interval(
    mnist: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VAE_CHECKPOINTS", raising=False)
    few = mnist.test_images[random_rows(len(mnist.test_images), 500)]
    runs = [load(f"ladder-vae-2d-beta{beta}-seed0") for beta in ("0.1", "1")]
    bounds = np.stack([likelihood(load_model(one), few, one.config, (10,)).bounds[10] for one in runs])
    means, replicates = resampled(bounds)
    difference, _ = differences_from(1, means, replicates, len(few))
    assert difference.high < 0
    own = np.percentile(replicates[0] - replicates[0].mean(1, keepdims=True), [2.5, 97.5], axis=1).T + means.T
    assert own[0, 1] > own[1, 0]  # their own intervals overlap
