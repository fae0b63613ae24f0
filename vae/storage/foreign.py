"""Read the weights of another program's model: tensors by name, from safetensors or a PyTorch file of nothing else."""

import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from vae.storage.names import CheckpointError

LARGEST = 1_000_000_000  # bytes of a file, and of what it unpacks to
MOST_TENSORS = 1_000
WRAPPERS = ("state_dict", "model_state_dict", "model")  # under which programs keep a state_dict in a larger file
PREFIXES = ("module.", "model.", "_orig_mod.")  # that wrappers of modules put before all names


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a model by their names, as float32, in natural order of the file.

    A PyTorch file is read with `weights_only=True`, which builds tensors and containers of them and runs nothing else.

    Raises:
        CheckpointError: for a file that is missing, too large or damaged, or holds more than tensors of finite numbers.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise CheckpointError(f"{path.name} has more than {LARGEST:,} bytes, which no model here has.")
        with path.open("rb") as file:
            start = file.read(2)
        found = _read_pytorch(path) if start == b"PK" or start[:1] == b"\x80" else load_file(path)
    except CheckpointError:
        raise
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    except Exception as error:  # the readers name none: damaged files fail in many ways
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise CheckpointError(
            f"{path.name} is neither safetensors nor a PyTorch file of tensors ({reason})."
        ) from error
    return _checked(path.name, _unwrapped(found))


def _read_pytorch(path: Path) -> Any:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > LARGEST:
                raise CheckpointError(f"{path.name} would unpack to more than {LARGEST:,} bytes.")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"{path.name} holds more than tensors, which could run code and is not opened; save the model's state_dict "
            "with safetensors.torch.save_file."
        ) from error


def _unwrapped(found: Any) -> Any:
    for key in WRAPPERS:
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    for prefix in PREFIXES:
        if isinstance(found, dict) and found and all(str(name).startswith(prefix) for name in found):
            found = {str(name).removeprefix(prefix): tensor for name, tensor in found.items()}
    return found


def _checked(file: str, found: Any) -> dict[str, Tensor]:
    if not isinstance(found, dict) or not found:
        raise CheckpointError(f"{file} holds no state_dict: no tensors by name.")
    if len(found) > MOST_TENSORS:
        raise CheckpointError(f"{file} holds {len(found):,} tensors, and no model here has more than {MOST_TENSORS:,}.")
    for name, tensor in found.items():
        usual = isinstance(name, str) and isinstance(tensor, Tensor) and tensor.layout == torch.strided
        if not usual or tensor.is_quantized or tensor.is_complex():
            raise CheckpointError(
                f"{file}: {str(name)[:100]!r} is no tensor of numbers; save the model's state_dict alone."
            )
    # A tensor of a few bytes can say of itself that it has any shape.
    if sum(tensor.numel() for tensor in found.values()) > LARGEST // 4:
        raise CheckpointError(f"{file} has more than {LARGEST // 4:,} numbers, which no model here has.")
    for name, tensor in found.items():
        if not tensor.isfinite().all():
            raise CheckpointError(f"{file}: {name[:100]!r} holds values that are not finite.")
    return {name: tensor.detach().float() for name, tensor in found.items()}
