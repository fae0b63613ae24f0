"""One model's terms at many β: those of `evaluate` at each of them, and on a line between two."""

import numpy as np
import pytest

from tests.helpers.multi_rate import with_open_gates
from vae.beta.curve import BETAS, HIGHEST, LOWEST, Curve, measure_curve
from vae.data.dataset import Dataset
from vae.measure.evaluate import losses_per_image
from vae.models.codes import encode_posteriors
from vae.models.dimensions import kl_by_dimension


def test_each_point_is_what_is_measured_of_the_vae_of_that_beta(small: Dataset) -> None:
    model, config = with_open_gates(small)
    done: list[float] = []
    curve = measure_curve(model, small, config, done.append)
    assert done[-1] == 1
    assert len(done) == len(BETAS) == 61
    for place in (0, 31, 60):
        frozen = model.at(float(BETAS[place]))
        losses = losses_per_image(frozen, small, config)
        assert curve.reconstruction[place] == pytest.approx(losses["test_reconstruction"].mean(), rel=1e-5)
        assert curve.rate[place] == pytest.approx(losses["test_kl"].mean(), rel=1e-5)
        means, deviations = encode_posteriors(frozen, small.test_images)
        assert deviations is not None
        np.testing.assert_allclose(curve.kl[place], kl_by_dimension(means, deviations), rtol=1e-4, atol=1e-6)
        assert curve.at(float(BETAS[place])) == pytest.approx((curve.reconstruction[place], curve.rate[place]))


def test_between_two_beta_numbers_lie_on_a_line_in_log_beta() -> None:
    curve = Curve(np.array([0.05, 0.5, 5.0]), np.array([10.0, 20, 40]), np.array([[4.0, 2], [2, 1], [1, 0]]))
    assert curve.rate.tolist() == [6, 3, 1]
    assert curve.at(0.5) == pytest.approx((20, 3))
    assert curve.at((0.5 * 5) ** 0.5) == pytest.approx((30, 2))


def test_the_shipped_ladders_beta_are_measured_and_not_interpolated() -> None:
    for beta in (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16):
        assert np.isclose(BETAS, beta, rtol=1e-12).any()
    assert (np.diff(BETAS) > 0).all()
    assert (BETAS[0], BETAS[-1]) == pytest.approx((LOWEST, HIGHEST))
