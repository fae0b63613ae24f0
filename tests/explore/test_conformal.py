"""Split-conformal p-values: the promised rate of false alarms, and the images that it needs."""

import numpy as np
import pytest

from vae.explore.conformal import alarm_at, least_held_out, p_values


def test_p_values_are_the_ranks_among_held_out_scores() -> None:
    held_out = np.array([5.0, 1.0, 3.0, 3.0])
    np.testing.assert_allclose(p_values(held_out, np.array([6, 5, 4, 3, 0])), [1 / 5, 2 / 5, 2 / 5, 4 / 5, 1])


def test_an_image_is_above_the_threshold_exactly_where_its_p_value_is_at_most_the_rate() -> None:
    random = np.random.default_rng(0)
    for count, rate in ((19, 0.05), (20, 0.05), (99, 0.29), (450, 0.05), (1_000, 0.001), (3, 0.9)):
        held_out, scores = random.integers(0, 300, count).astype(float), random.integers(0, 320, 500).astype(float)
        alarm = alarm_at(held_out, rate)
        np.testing.assert_array_equal(scores > alarm.threshold, p_values(held_out, scores) <= rate + 1e-9)
        assert 0 <= alarm.low < alarm.high <= 1


def test_the_rate_of_false_alarms_is_as_promised_on_average_and_lies_in_its_interval() -> None:
    random = np.random.default_rng(1)
    rates, inside = [], []
    for _ in range(500):
        alarm = alarm_at(random.normal(size=99), 0.1)
        rates.append((random.normal(size=2_000) > alarm.threshold).mean())
        inside.append(alarm.low <= rates[-1] <= alarm.high)
    assert np.mean(rates) == pytest.approx(0.1, abs=0.005)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)


def test_a_rate_needs_as_many_held_out_images_as_its_inverse_less_one() -> None:
    assert [least_held_out(rate) for rate in (0.05, 0.01, 0.001, 0.3, 0.5)] == [19, 99, 999, 3, 1]
    alarm_at(np.zeros(19), 0.05)
    with pytest.raises(
        ValueError, match=r"A false-alarm rate of 0\.05 needs 19 held-out images, and there are 18; choose 0\.0527"
    ):
        alarm_at(np.zeros(18), 0.05)
    alarm_at(np.zeros(18), 0.0527)
    for rate in (0, 1, float("nan"), -0.1):
        with pytest.raises(ValueError, match="must be above 0 and below 1"):
            alarm_at(np.zeros(100), rate)
