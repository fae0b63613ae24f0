"""What counts as which outcome of a prediction, on numbers whose outcome is plain."""

import pytest

from vae.ui.tour import cost, kl, landing


@pytest.mark.parametrize(
    ("shares", "outcome"),
    [
        ([0.1, 0.2, 0.4], 0),
        ([0.1, 0.4, 0.4, 0.2], 1),
        ([0.4, 0.2, 0.1], 2),
        ([0.4, 0.1, 0.3], None),
    ],
)
def test_shares_rise_or_fall_or_rise_and_then_fall(shares: list[float], outcome: int | None) -> None:
    assert kl.happened(shares) == outcome


@pytest.mark.parametrize(
    ("losses", "outcome"),
    [([90.0, 80.0], 0), ([90.0, 95.0, 90.5], 1), ([70.0, 80.0, 90.0], 2), ([70.0, 99.0, 80.0], None)],
)
def test_reconstructions_get_better_or_stay_or_get_worse(losses: list[float], outcome: int | None) -> None:
    assert cost.happened(losses) == outcome


@pytest.mark.parametrize(("ae", "vae", "outcome"), [(0.9, 0.9, 0), (0.9, 0.1, 1), (0.1, 0.9, 2), (0.1, 0.1, None)])
def test_z_land_among_the_codes_of_one_model_or_of_both_or_of_neither(
    ae: float, vae: float, outcome: int | None
) -> None:
    assert landing.happened(ae, vae) == outcome
