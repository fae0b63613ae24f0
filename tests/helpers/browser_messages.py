"""Read the buffers that components are sent, as the browser reads them."""

import json
import struct
import zlib
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load as load_arrays
from streamlit.testing.v1 import AppTest

from vae.models.bodies import MODULES


def unpack(content: bytes) -> tuple[dict[str, Any], dict[str, dict[str, np.ndarray]]]:
    """Header and parts, as the browser reads them."""
    (length,) = struct.unpack("<I", content[:4])
    header = json.loads(content[4 : 4 + length])
    offset, parts = 4 + length, {}
    for part in header["parts"]:
        arrays = load_arrays(zlib.decompress(content[offset : offset + part["bytes"]]))
        parts[part["name"]] = {name: from_planes(array) for name, array in arrays.items()}
        offset += part["bytes"]
    assert offset == len(content)
    return header, parts


def from_planes(array: np.ndarray) -> np.ndarray:
    """An array whose bytes lay plane by plane, as an array again."""
    planes = array.reshape(-1).view(np.uint8).reshape(array.itemsize, -1)
    return np.ascontiguousarray(planes.T).reshape(-1).view(array.dtype).reshape(array.shape)


def decode(layers: list[dict[str, Any]], weights: dict[str, np.ndarray], latents: np.ndarray) -> np.ndarray:
    """Images in [0, 1], flat, by the description of a decoder alone."""
    x = torch.from_numpy(latents)
    for layer in layers:
        if layer["op"] in MODULES:
            x = MODULES[layer["op"]]()(x)
            continue
        weight, bias = (torch.from_numpy(weights[layer[k]].astype(np.float32)) for k in ("weight", "bias"))
        if layer["op"] == "linear":
            x = x @ weight.T + bias
        else:
            x = x.reshape(-1, *layer["input"])
            height, width = layer["output"][1:]
            # Output padding, which the browser does not know of, adds rows and columns that the sizes imply.
            padding = (height - (2 * x.shape[2] - 1), width - (2 * x.shape[3] - 1))
            x = torch.conv_transpose2d(x, weight, bias, 2, 1, padding).flatten(1)
    return torch.sigmoid(x).flatten(1).numpy()


def latent_map(app: AppTest) -> tuple[dict, dict[str, np.ndarray]] | None:
    """Header and models of what the map was sent; None where there is no map."""
    for element in app.get("bidi_component"):
        header, parts = unpack(element.proto.bytes)
        return header, parts["models"]
    return None


def sent(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    found = latent_map(app)
    assert found is not None
    return found
