"""The gates of a multi-rate VAE's decoder for a component in the browser, which folds them into its layers at any β."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from torch import nn

from vae.models.choices import HIGHEST_BETA, LOWEST_BETA
from vae.models.multi_rate import MultiRateVAE
from vae.ui.components.packed import half


def decoder_gates(
    model: MultiRateVAE, layers: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return which of a decoder's operations have a gate and for which β, and the gates' weights by name.

    The weights, in half precision, are those of the network of log β (`trunk0.weight`, `trunk0.bias`, `trunk1.…`) and,
    for gated layer n, `scale{n}` and `shift{n}`, (width, features).

    Args:
        layers: the operations that `packed.decoder_layers` returns; all with weights have a gate but the last.
    """
    gated = [place for place, layer in enumerate(layers) if "weight" in layer][:-1]
    weights = {}
    for number, layer in enumerate(one for one in model.trunk if isinstance(one, nn.Linear)):
        weights[f"trunk{number}.weight"] = half(layer.weight.detach().cpu().numpy())
        weights[f"trunk{number}.bias"] = half(layer.bias.detach().cpu().numpy())
    rows = model.gate.weight.detach().cpu().numpy()
    scales, shifts = (np.split(part, np.cumsum(model.widths)[:-1]) for part in np.split(rows, 2))
    for number, (scale, shift) in enumerate(zip(scales[-len(gated) :], shifts[-len(gated) :], strict=True)):
        weights |= {f"scale{number}": half(scale), f"shift{number}": half(shift)}
    return {"layers": gated, "range": [LOWEST_BETA, HIGHEST_BETA]}, weights
