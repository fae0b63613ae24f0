"""Write a model's weights, read them, and tell them from others by their SHA-256."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from vae.storage.header import WEIGHTS, read_header
from vae.storage.names import CheckpointError


def write_weights(folder: Path, weights: dict[str, torch.Tensor]) -> None:
    """Write weights, by name, to model.safetensors in a folder."""
    save_file({key: tensor.detach().cpu().contiguous() for key, tensor in weights.items()}, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # safetensors lets only the owner read its files


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read the weights of a checkpoint's folder, by name.

    Raises:
        CheckpointError: for a weights file that is missing, damaged, or a pickle under another name.
    """
    read_header(path / WEIGHTS)
    try:
        return load_file(path / WEIGHTS)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"model.safetensors is damaged or cut short ({error}).") from error


def fingerprint(weights: Mapping[str, torch.Tensor]) -> str:
    """Compute the SHA-256 of weights: their names, types, shapes and values as they are stored."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        tensor = weights[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)} ".encode())
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()
