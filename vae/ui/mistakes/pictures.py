"""Pictures that the wrong and the right model make of the same z and test images, computed once for all sessions."""

import numpy as np

from vae.data.to_picture import tile
from vae.generate.draws import prior_latents
from vae.jobs.watch import SAMPLES
from vae.ui.shared import pictures
from vae.ui.shared.models import Trained, drawn

COLUMNS = 8


@drawn()
def samples(trained: Trained, side: str) -> None:
    """Draw decodes of z ~ N(0, I), the same z for every model of one latent size."""
    decoded = trained.decode(prior_latents(SAMPLES, trained.latent_dim))
    pictures.show(tile(decoded, COLUMNS), f"{SAMPLES} samples: decodes of z from N(0, I).", f"mistake_samples_{side}")


@drawn()
def reconstructions(trained: Trained, side: str, rows: int = 1, *, noise: bool = False) -> None:
    """Draw the first test images, and below each of their rows what the model makes of them.

    Args:
        noise: whether a z is decoded that is drawn from each posterior, and not its mean.
    """
    images = trained.dataset.test_images[: rows * COLUMNS].numpy()
    codes = trained.codes[: len(images)]
    if noise and trained.deviations is not None:
        drawn_noise = np.random.default_rng(0).standard_normal(codes.shape).astype(np.float32)
        codes = codes + trained.deviations[: len(images)] * drawn_noise
    decoded = trained.decode(codes)
    parts = [slice(start, start + COLUMNS) for start in range(0, len(images), COLUMNS)]
    stacked = np.concatenate([each[part] for part in parts for each in (images, decoded)])
    of = "a z drawn from its posterior" if noise else "its code"
    caption = f"Test images, and below each the image decoded from {of}."
    pictures.show(tile(stacked, COLUMNS), caption, f"mistake_copies_{side}")
