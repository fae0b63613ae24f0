"""One buffer of bytes for a component in the browser: a header, arrays, and the weights of its decoders.

The buffer is a little-endian uint32, a JSON header of that many bytes, and the header's `parts` one after another, each
a deflated safetensors file whose floats lie byte plane by byte plane. decoder.js beside this file reads it.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from safetensors.numpy import save
from torch import nn

from vae.models.autoencoders import Autoencoder
from vae.models.bodies import MODULES


def half(array: np.ndarray) -> np.ndarray:
    """Return an array in half precision, or in single precision if a value is too large for half."""
    return array.astype(np.float16 if np.abs(array).max(initial=0) < 60_000 else np.float32)


def decoder_layers(model: Autoencoder) -> tuple[list[dict[str, Any]], dict[str, np.ndarray]]:
    """Return a decoder as a list of operations, and their weights by name in half precision.

    Operations: `linear` with weight (out, in); `conv_transpose` with weight (in, out, 3, 3), stride 2 and padding 1,
    from `input` (C, H, W) to `output`; activations by their names in `MODULES`. The last operation returns logits.
    """
    names = {type(make()): name for name, make in MODULES.items()}
    layers: list[dict[str, Any]] = []
    weights: dict[str, np.ndarray] = {}
    shape: tuple[int, ...] = ()
    for number, module in enumerate(model.decoder):
        if isinstance(module, nn.Unflatten):
            shape = tuple(module.unflattened_size)
            continue
        if type(module) in names:
            layers.append({"op": names[type(module)]})
            continue
        assert isinstance(module, nn.Linear | nn.ConvTranspose2d)
        assert module.bias is not None
        layer: dict[str, Any] = {"op": "linear", "weight": f"layer{number}.weight", "bias": f"layer{number}.bias"}
        if isinstance(module, nn.ConvTranspose2d):
            height, width = (
                (side - 1) * 2 - 2 + 3 + extra for side, extra in zip(shape[1:], module.output_padding, strict=True)
            )
            output = (module.out_channels, height, width)
            layer |= {"op": "conv_transpose", "input": shape, "output": output}
            shape = output
        layers.append(layer)
        weights[layer["weight"]] = half(module.weight.detach().cpu().numpy())
        weights[layer["bias"]] = half(module.bias.detach().cpu().numpy())
    return layers, weights


def tensors_part(tensors: Mapping[str, np.ndarray]) -> bytes:
    """Pack arrays by name into a part, a deflated safetensors file in which floats lie byte plane by byte plane."""
    return zlib.compress(save({name: _planes(array) for name, array in tensors.items()}), 6)


def _planes(array: np.ndarray) -> np.ndarray:
    """Reorder an array's bytes: all first bytes, then all second ones; these have the exponents, and deflate well."""
    kept = np.ascontiguousarray(array)
    planes = kept.reshape(-1).view(np.uint8).reshape(-1, kept.itemsize).T
    return np.ascontiguousarray(planes).reshape(-1).view(kept.dtype).reshape(kept.shape)


def join(header: dict[str, Any], parts: Mapping[str, bytes]) -> bytes:
    """Join a header and parts by name into the buffer; the header lists the parts with their sizes and digests."""
    described = [
        {"name": name, "bytes": len(content), "digest": hashlib.sha256(content).hexdigest()[:16]}
        for name, content in parts.items()
    ]
    text = json.dumps(header | {"parts": described}).encode()
    return b"".join([struct.pack("<I", len(text)), text, *parts.values()])
