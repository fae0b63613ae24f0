"""Active units by either definition."""

import numpy as np

from vae.models.dimensions import active_by_kl, active_by_variance


def test_units_are_active_by_their_means_variance_or_by_their_kl() -> None:
    codes = np.random.default_rng(0).normal(0, [1, 0.2, 0.05], (10_000, 3))
    assert active_by_variance(codes).tolist() == [True, True, False]
    assert active_by_kl(np.tile([2.0, 0.1, 0.09], (5, 1))).tolist() == [True, True, False]
