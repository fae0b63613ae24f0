"""The film of a run: the samples of its epochs in filmstrip.png, and the codes of its epochs in latents.safetensors.

A long run keeps few epochs of many: every first, second, fourth or eighth one, and the last, so that saving an epoch
costs no more the more there were before it.
"""

import warnings
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as save_arrays

from vae.data.to_picture import filmstrip
from vae.storage.checkpoints import Checkpoint

FILMSTRIP, LATENTS = "filmstrip.png", "latents.safetensors"
FRAMES = 100  # of samples that are kept, and the last
CODE_BYTES = 8_000_000  # that the codes' frames may take, and the last
FOLLOWED = 2_000  # test images whose codes are kept at most
MOST_PIXELS = 30_000_000  # of a filmstrip; 101 rows of 16 images of 64 × 64 pixels have 7 million


class Film(NamedTuple):
    """The frames of a run, each after an epoch."""

    frames: np.ndarray  # samples uint8 (frames, H, N·W[, 3]), or codes float16 (frames, N, latent_dim)
    epochs: list[float]


class Frames:
    """Frames of epochs, at most `most` and the last one: where more come, every second one is dropped."""

    def __init__(self, most: int) -> None:
        self._most, self._count = most, 0
        self._kept: dict[int, np.ndarray] = {}  # by the epoch's place

    def add(self, frame: np.ndarray) -> None:
        """Add the frame of the next epoch."""
        self._kept[self._count] = frame
        self._count += 1
        self._kept = {place: self._kept[place] for place in kept_epochs(self._count, self._most)}

    def kept(self) -> tuple[list[int], list[np.ndarray]]:
        """Return the places of the epochs that are kept, counted from 0, and their frames."""
        return list(self._kept), list(self._kept.values())


def kept_epochs(count: int, most: int) -> list[int]:
    """Return the places, from 0, of those of `count` epochs whose frames `Frames(most)` keeps."""
    stride = 1
    while -(-count // stride) > most:
        stride *= 2
    return sorted({*range(0, count, stride), count - 1})


def write_filmstrip(folder: Path, frames: Frames) -> None:
    """Write the samples uint8 (N, C, H, W) of the kept epochs, a row each."""
    Image.fromarray(filmstrip(frames.kept()[1])).save(folder / FILMSTRIP)


def write_latents(folder: Path, frames: Frames, epochs: list[float]) -> None:
    """Write the codes float16 (N, latent_dim) of the kept epochs; `epochs` are all of the run."""
    places, codes = frames.kept()
    arrays = {"latents": np.stack(codes), "epochs": np.array([epochs[place] for place in places], np.float32)}
    (folder / LATENTS).write_bytes(save_arrays(arrays))


def read_filmstrip(checkpoint: Checkpoint) -> Film | None:
    """Read the samples of the kept epochs; return None if they are missing or damaged, or not those of the history."""
    (channels, height, width), epochs = checkpoint.image_shape, checkpoint.columns["epoch"]
    mode = "L" if channels == 1 else "RGB"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is checked here, before anything is decoded
            # Pillow would hand other formats to other programs.
            image = Image.open(checkpoint.path / FILMSTRIP, formats=("PNG",))
        with image:
            if image.width * image.height > MOST_PIXELS or image.mode != mode or image.width % width:
                return None
            picture = np.asarray(image)
    except Exception:  # how a damaged picture fails depends on the damage
        return None
    places = {len(each): each for each in (kept_epochs(len(epochs), FRAMES), list(range(len(epochs))))}
    rows, rest = divmod(len(picture), height)
    if rest or rows not in places:
        return None
    return Film(picture.reshape(rows, height, *picture.shape[1:]), [float(epochs[place]) for place in places[rows]])


def read_latents(checkpoint: Checkpoint) -> Film | None:
    """Read the codes of the first 2,000 test images after the kept epochs.

    Return None if the checkpoint has no such codes, as the shipped ones do not, or they cannot be read.
    """
    try:
        with safe_open(checkpoint.path / LATENTS, framework="numpy") as file:
            latents, epochs = file.get_slice("latents"), file.get_slice("epochs")
            shape, types = tuple(latents.get_shape()), (latents.get_dtype(), epochs.get_dtype())
            if len(shape) != 3 or types != ("F16", "F32") or 2 * prod(shape) > 2 * CODE_BYTES:
                return None
            if tuple(epochs.get_shape()) != shape[:1] or not shape[0] or not 0 < shape[1] <= FOLLOWED:
                return None
            if shape[2] != checkpoint.config.latent_dim:
                return None
            codes, when = file.get_tensor("latents"), file.get_tensor("epochs")
    except (OSError, SafetensorError, ValueError):
        return None
    if not np.isfinite(codes).all() or not np.isfinite(when).all() or (np.diff(when) <= 0).any():
        return None
    return Film(codes, [float(epoch) for epoch in when])
