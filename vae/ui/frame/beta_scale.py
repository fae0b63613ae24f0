"""The values of β on the sidebar's slider, a description of each, and names for the likelihoods."""

import math

from vae.training.config import RANGES

# Twelve steps a decade, roughly equal on a logarithmic scale, at the round values that people use.
_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0)
BETAS = [0.0] + [round(step * 10**power, 4) for power in (-2, -1, 0) for step in _STEPS] + [10.0, 12.0, 16.0, 20.0]
LIKELIHOOD_NAMES = {
    "bernoulli": "Bernoulli (cross-entropy)",
    "gaussian": "Gaussian, σ = 0.5",
    "optimal-gaussian": "Gaussian, optimal σ",
}


def read_beta(beta: float) -> str:
    """Describe a value of β in the field's terms, as Markdown."""
    if beta == 0:
        return "**The KL is left out.** The posteriors shrink to points, as in an autoencoder."
    if beta < 0.3:
        return "**This is almost an autoencoder.** Reconstructions are sharp, but the codes stray from the prior."
    if beta < 1:
        return "**The KL weighs less than in the ELBO.** This is the usual choice for sharper pictures."
    if beta == 1:
        return "**The loss is the negative ELBO.** This is the VAE of Kingma & Welling (2014)."
    if beta <= 4:
        return "**This is a β-VAE** (Higgins et al. 2017). A code keeps fewer nats, and pictures are blurrier."
    return "**The KL dominates.** Dimensions become inactive one by one, and in the end the posterior collapses."


def nearest_beta(beta: float) -> float:
    """Return the slider's value nearest to β on a logarithmic scale; 0 is nearest only to 0 itself."""
    if beta <= 0:
        return 0.0
    return min(BETAS[1:], key=lambda step: abs(math.log(step / beta)))


def offered(chosen: float | None, address: str | None) -> list[float]:
    """Return the slider's values, with the one that was chosen or that the address names among them.

    A run that the form is filled from may have a β between the steps, or above them.
    """
    try:
        named = float(address or "")
    except ValueError:
        named = -1.0  # which is no β
    low, high = RANGES["beta"]
    return sorted({*BETAS, *(beta for beta in (chosen, named) if beta is not None and low <= beta <= high)})
