"""Pictures that the wrong and the right model make of the same z and test images, computed once for all sessions."""

import numpy as np

from vae.data.to_picture import tile
from vae.generate.draws import prior_latents
from vae.jobs.watch import SAMPLES
from vae.ui.shared import pictures
from vae.ui.shared.models import Trained, drawn

COLUMNS = 8
_SOURCES = {"code": "its code", "draw": "a random z of its posterior"}


@drawn()
def samples(trained: Trained, side: str) -> None:
    """Draw decodes of z ~ N(0, I), the same z for every model of one latent size."""
    decoded = trained.decode(prior_latents(SAMPLES, trained.latent_dim))
    pictures.show(tile(decoded, COLUMNS), f"{SAMPLES} samples: decodes of z from N(0, I).", f"mistake_samples_{side}")


@drawn()
def reconstructions(trained: Trained, side: str, decoded_from: tuple[str, ...] = ("code",), rows: int = 1) -> None:
    """Draw the first test images, and below each of their rows what the model makes of them.

    Args:
        decoded_from: keys of `_SOURCES`: what is decoded, from the top to the bottom.
    """
    images = trained.dataset.test_images[: rows * COLUMNS].numpy()
    shown = [images, *(trained.decode(_latents(trained, source, len(images))) for source in decoded_from)]
    parts = [slice(start, start + COLUMNS) for start in range(0, len(images), COLUMNS)]
    stacked = np.concatenate([each[part] for part in parts for each in shown])
    sources = ", and then from ".join(_SOURCES[source] for source in decoded_from)
    pictures.show(
        tile(stacked, COLUMNS),
        f"Test images, and below each the image decoded from {sources}.",
        f"mistake_copies_{side}",
    )


def _latents(trained: Trained, source: str, count: int) -> np.ndarray:
    codes = trained.codes[:count].copy()
    if source == "draw":
        assert trained.deviations is not None
        noise = np.random.default_rng(0).standard_normal(codes.shape).astype(np.float32)
        codes += trained.deviations[:count] * noise
    return codes
