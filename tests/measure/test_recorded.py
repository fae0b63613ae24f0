"""What was measured, read back: bounds on log p(x) are read as losses, and all else as it was written."""

from pathlib import Path

import numpy as np

from tests.helpers.runs import measured_run
from vae.measure.recorded import recorded_quality, recorded_replicates
from vae.storage.checkpoints import load

ELBO = {
    "value": -98.0,
    "low": -99.0,
    "high": -97.5,
    "images": 2_000,
    "draws": 200,
    "unit": "nats",
    "meaning": "−(reconstruction + KL) of binarised test images, at most log p(x)",
    "higher_is_better": True,
}


def test_bounds_are_read_as_losses_of_which_less_is_better() -> None:
    kl = ELBO | {"value": 20.0, "low": 19.0, "high": 21.0, "meaning": "KL", "higher_is_better": None}
    quality = recorded_quality({"quality": {"likelihood": {"elbo": ELBO, "bound_50": ELBO, "kl": kl, "bound_x": kl}}})
    assert quality is not None
    found = quality.measures("likelihood")
    assert list(found) == ["negative_elbo", "negative_bound_50", "kl", "bound_x"]
    loss = found["negative_elbo"]
    assert (loss.value, loss.low, loss.high, loss.higher_is_better) == (98.0, 97.5, 99.0, False)
    assert loss.meaning == "reconstruction loss + KL of binarised test images, at least −log p(x)"
    assert "bound on −log p(x) of binarised test images, 50 draws" in found["negative_bound_50"].meaning
    assert (found["kl"].value, found["kl"].higher_is_better) == (20.0, None)


def test_replicates_of_a_bound_have_the_sign_of_the_loss(saved: Path) -> None:
    run = measured_run(load("small"), "measured", np.random.default_rng(0).normal(-100, 30, 500))
    found = recorded_replicates(run)
    assert found is not None
    assert set(found.arrays) == {"likelihood/negative_elbo", "likelihood/negative_bound_50"}
    assert 80 < found.arrays["likelihood/negative_elbo"].mean() < 120
