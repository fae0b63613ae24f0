"""The whole rate–distortion curve of one multi-rate VAE: its terms at many β, and linear in log β between them."""

from dataclasses import dataclass

import numpy as np

from vae.data.dataset import Dataset
from vae.data.pixels import binarise
from vae.measure.likelihood import likelihood_terms
from vae.models.choices import SHOWN_BETAS
from vae.models.multi_rate import MultiRateVAE
from vae.progress import Report
from vae.training.config import TrainConfig

LOWEST, HIGHEST = SHOWN_BETAS
# Every β of the ladders that ship is one of these 61, so that nothing is interpolated beside their runs.
_ANCHORS, _STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0), (7, 10, 7, 7, 7, 7, 7, 8)
BETAS = np.concatenate(
    [
        *(
            np.geomspace(low, high, steps, endpoint=False)
            for low, high, steps in zip(_ANCHORS, _ANCHORS[1:], _STEPS, strict=False)
        ),
        [HIGHEST],
    ]
)


@dataclass(frozen=True, eq=False)
class Curve:
    """Terms of the objective at rising β, in nats per image: means over all test images, with one draw of z each."""

    betas: np.ndarray  # float64 (B,)
    reconstruction: np.ndarray  # float64 (B,)
    kl: np.ndarray  # float64 (B, latent_dim), of every latent dimension

    @property
    def rate(self) -> np.ndarray:
        """The KL of all dimensions together, (B,)."""
        return self.kl.sum(1)

    def at(self, beta: float) -> tuple[float, float]:
        """Return reconstruction loss and KL at a β between the first and the last one, each in nats per image."""
        place = np.log(beta), np.log(self.betas)
        return float(np.interp(*place, self.reconstruction)), float(np.interp(*place, self.rate))


def measure_curve(
    model: MultiRateVAE, dataset: Dataset, config: TrainConfig, on_progress: Report | None = None
) -> Curve:
    """Measure a model, frozen at each of `BETAS`, as `evaluate.evaluate` measures a VAE: same images and same noise.

    Args:
        on_progress: called with the fraction done after every β; an exception that it raises ends the measurement.
    """
    images = binarise(dataset.test_images) if config.binarised else dataset.test_images
    reconstruction, kl = [], []
    for number, beta in enumerate(BETAS, start=1):
        losses = likelihood_terms(model.at(float(beta)), images, config)
        reconstruction.append(float(losses["reconstruction"].mean(dtype=np.float64)))
        kl.append(losses["kl"].mean(0, dtype=np.float64))
        if on_progress is not None:
            on_progress(number / len(BETAS))
    return Curve(BETAS, np.array(reconstruction), np.stack(kl))
