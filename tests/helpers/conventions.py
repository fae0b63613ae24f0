"""Every convention of a loss that the translator knows."""

from itertools import product
from typing import Any

from vae.beta.balance import (
    CROSS_ENTROPY,
    PIXEL_RANGES,
    PIXEL_REDUCTIONS,
    RECONSTRUCTIONS,
    REDUCTIONS,
    SQUARED_ERROR,
    Convention,
)

SMALL: dict[str, Any] = {"channels": 3, "height": 4, "width": 5, "latent_dim": 6, "batch_size": 7}


def every_convention() -> list[Convention]:
    found = []
    choices = (RECONSTRUCTIONS, PIXEL_REDUCTIONS, REDUCTIONS, REDUCTIONS, REDUCTIONS, PIXEL_RANGES, (False, True))
    for term, pixels, batch, latents, kl_batch, pixel_range, half in product(*choices):
        if (term == CROSS_ENTROPY and pixel_range != "0 to 1") or (half and term != SQUARED_ERROR):
            continue
        reductions: dict[str, Any] = {"pixels": pixels, "batch": batch, "latents": latents, "kl_batch": kl_batch}
        others: dict[str, Any] = {"half": half, "sigma": 0.25, "reconstruction_weight": 3.0, "kl_weight": 0.75}
        found.append(Convention(reconstruction=term, pixel_range=pixel_range, **reductions, **others, **SMALL))
    return found
