"""Talk to a worker process, and say why one ended."""

import json
import traceback
from typing import IO, Any

import numpy as np
import safetensors.numpy
import torch

from vae.data.datasets import DatasetError
from vae.storage.names import CheckpointError
from vae.training.config import ConfigError
from vae.training.loop import TrainingDivergedError

Frame = tuple[dict[str, Any], dict[str, np.ndarray]]


def read_frame(stream: IO[bytes]) -> Frame | None:
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    message = json.loads(line)
    payload = stream.read(message.pop("bytes"))
    return message, safetensors.numpy.load(payload) if payload else {}


def exit_reason(code: int) -> str:
    """How a process ended that should not have, by its `returncode`."""
    reason = f"signal {-code}" if code < 0 else f"exit status {code}"
    return reason + ("; the system may have run out of memory" if code == -9 else "")


def in_words(error: Exception) -> str:
    """Why a run failed, for the user; what nobody expected is printed in full besides."""
    if isinstance(error, CheckpointError | ConfigError | DatasetError | TrainingDivergedError | ValueError):
        return str(error)
    if isinstance(error, torch.OutOfMemoryError):
        return "The device ran out of memory; choose smaller hidden sizes or another body."
    traceback.print_exception(error)
    return f"{type(error).__name__}: {error}"
