"""Write a model's weights, read them, tell them from others, and check the header of a weights file."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from vae.storage.names import CheckpointError

WEIGHTS = "model.safetensors"


def write_weights(folder: Path, weights: dict[str, torch.Tensor]) -> None:
    """Write weights, by name, to model.safetensors in a folder."""
    save_file({key: tensor.detach().cpu().contiguous() for key, tensor in weights.items()}, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # safetensors lets only the owner read its files


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read the weights of a checkpoint's folder, by name.

    Raises:
        CheckpointError: for a weights file that is missing, damaged, or a pickle under another name.
    """
    check_header(path / WEIGHTS)
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


def check_header(path: Path) -> None:
    """Raise CheckpointError for a weights file that is missing, cut short, or a pickle under another name."""
    try:
        with safe_open(path, framework="pt"):
            return
    except FileNotFoundError as error:
        raise CheckpointError("model.safetensors is missing.") from error
    except (SafetensorError, OSError) as error:
        if _is_pickle(path):
            raise CheckpointError(
                "model.safetensors is a pickle (a file of torch.save), which can run code and is never opened here; "
                "save the weights with safetensors.torch.save_file."
            ) from error
        raise CheckpointError(f"model.safetensors is damaged or cut short ({error}).") from error


def _is_pickle(path: Path) -> bool:
    """Tell whether a file begins like those of torch.save: a zip archive or, before PyTorch 1.6, a bare pickle."""
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError:
        return False
    return start == b"PK" or (start[:1] == b"\x80" and b"\x02" <= start[1:] <= b"\x05")
