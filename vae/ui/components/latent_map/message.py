"""What the latent map in the browser is sent: places, codes, decoders and images, in one buffer of bytes.

Everything that the browser computes it computes from these: it decodes by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from vae.explore.alignment import align
from vae.explore.projection import Projection, bulk
from vae.models.autoencoders import Autoencoder
from vae.models.judge import READ_BATCH
from vae.ui.components.packed import decoder_layers, half, join, tensors_part

READ_SIDE = 44  # cells along a side of what the judge reads
READ_MARGIN = 1.6  # of the range that the map opens with


@dataclass(frozen=True, eq=False)
class Space:
    """One of the map's two panels: a model's codes, where they lie on the map, and how a place becomes a latent.

    A place p has the latent `origin + p · directions`, or `code + (p − place) · directions` for the plane through the
    image of that code and place. On a map that is not `linear` (t-SNE) only the second exists.
    """

    title: str
    word: str  # AE or VAE
    model: Autoencoder
    codes: np.ndarray  # float32 (N, D)
    deviations: np.ndarray | None  # the posterior's σ, float32 (N, D); None for an autoencoder
    points: np.ndarray  # float32 (N, 2)
    origin: np.ndarray  # float32 (D,)
    directions: np.ndarray  # float32 (2, D)
    linear: bool
    axes: tuple[str, str]
    how: str  # what the pointer decodes, in words
    film: np.ndarray | None = None  # float32 (E, n, 2): the first n points after each of the epochs
    film_epochs: Sequence[float] = ()

    @property
    def home(self) -> tuple[float, float, float]:
        """Centre and half side of the square that the map opens with: all but the outermost half per cents."""
        points = self.points
        if self.linear and self.deviations is not None:
            # The prior's 2σ circle belongs into view wherever a VAE's codes gather in its middle.
            circle = (np.array([[-2, -2], [2, 2]], np.float32) - self.origin @ self.directions.T).repeat(
                len(points) // 50 + 1, axis=0
            )
            points = np.concatenate([points, circle])
        low, high = bulk(points)
        centre, half = (low + high) / 2, 0.56 * float((high - low).max())
        return float(centre[0]), float(centre[1]), half or 1.0


@dataclass(frozen=True, eq=False)
class PlacesRead:
    """What a judge reads on a grid of decoded places, rows from the top (y high) to the bottom."""

    classes: np.ndarray  # uint8 (side, side)
    confidence: np.ndarray  # uint8 (side, side), 255 is certain
    range: tuple[float, float, float]  # centre and half side


def plane(projection: Projection, latent_dim: int, pca: Projection | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Origin (D,) and directions (2, D) along which places of a map become latents.

    Args:
        pca: of the same codes, which lends a t-SNE map its directions; one width of the map then is one width of
            the codes along them.
    """
    if latent_dim <= 2:
        return np.zeros(latent_dim, np.float32), np.eye(2, latent_dim, dtype=np.float32)
    source = pca or projection
    assert source.centre is not None
    assert source.directions is not None
    scale = np.float32(1.0 if pca is None else pca.points.std() / projection.points.std())
    return source.centre, source.directions * scale


def images_part(images: Tensor) -> bytes:
    """Images uint8 (N, C, H, W) → a part; exact, and smaller than PNG where most pixels are 0."""
    pixels = images.numpy().ravel()
    lit = pixels > 0
    return tensors_part({"lit": np.packbits(lit), "values": pixels[lit]})


def message(
    spaces: Sequence[Space],
    labels: np.ndarray,
    class_names: Sequence[str],
    palette: Sequence[str],
    images: bytes,
    image_shape: Sequence[int],
    *,
    of: str,
    readings: Sequence[PlacesRead | None] = (),
    judge: str = "",
    no_film: str = "",
) -> bytes:
    """The buffer for the browser.

    Args:
        labels: int (N,), of the first N images of the part.
        images: what `images_part` made.
        of: which images they are, such as `mnist/test`; selections hold for these.
        readings: for each space what a judge reads in it, or None.
        judge: the judge in words.
        no_film: why there is no film, where no space has one.
    """
    tensors: dict[str, np.ndarray] = {"labels": labels.astype(np.uint8)}
    panels = []
    for number, space in enumerate(spaces):
        layers, weights = decoder_layers(space.model)
        panels.append(_panel(space, layers))
        tensors |= {f"{number}.{name}": array for name, array in (_arrays(space) | weights).items()}
    for number, reading in enumerate(readings):
        if reading is not None:
            panels[number]["reading"] = {"range": reading.range, "side": len(reading.classes)}
            tensors |= {f"{number}.read": reading.classes, f"{number}.confidence": reading.confidence}
    header = {
        "of": of,
        "count": len(labels),
        "image_shape": list(image_shape),
        "classes": list(class_names),
        "palette": list(palette),
        "panels": panels,
        "morph": _morph(*(space.points for space in spaces)).tolist(),
        "judge": judge,
        "no_film": no_film,
    }
    return join(header, {"models": tensors_part(tensors), "images": images})


def _panel(space: Space, layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "title": space.title,
        "word": space.word,
        "axes": space.axes,
        "how": space.how,
        "latent_dim": int(space.codes.shape[1]),
        "linear": space.linear,
        "home": space.home,
        "layers": layers,
        "film_epochs": list(space.film_epochs),
    }


def _arrays(space: Space) -> dict[str, np.ndarray]:
    arrays = {"points": space.points.astype(np.float32), "origin": space.origin, "directions": space.directions}
    if space.codes.shape[1] != 2 or not space.linear:
        arrays["codes"] = half(space.codes)
    if space.deviations is not None:
        arrays["deviations"] = half(space.deviations)
    if space.film is not None:
        arrays["film"] = half(space.film)
    return arrays


def _morph(moving: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """The affine map (3, 2), for rows (x, y, 1), that brings `onto` to the scale, place and orientation of `moving`."""
    spread, other = (float(np.square(points - points.mean(0)).mean()) for points in (moving, onto))
    scaled = onto * (spread / max(other, 1e-12)) ** 0.5
    target = align(scaled, moving)
    target = target - target.mean(0) + moving.mean(0)
    rows = np.column_stack([onto, np.ones(len(onto))])
    return np.linalg.lstsq(rows, target, rcond=None)[0]


@torch.no_grad()
def read_places(space: Space, judge: nn.Module, side: int = READ_SIDE) -> PlacesRead | None:
    """What a judge reads in the images decoded on a grid over a linear map; None for another map."""
    if not space.linear:
        return None
    x, y, half_side = space.home
    half_side *= READ_MARGIN
    # Centres of cells, so that the picture made of them covers the range exactly.
    steps = (np.arange(side) + 0.5) / side * 2 - 1
    horizontal, vertical = np.meshgrid(x + half_side * steps, y - half_side * steps)
    places = np.stack([horizontal.ravel(), vertical.ravel()], axis=1).astype(np.float32)
    latents = torch.from_numpy(space.origin + places @ space.directions).to(space.model.device)
    found = [judge(space.model.decode(batch).cpu()).softmax(1).max(1) for batch in latents.split(READ_BATCH)]
    classes = torch.cat([f.indices for f in found]).numpy().astype(np.uint8)
    confidence = (torch.cat([f.values for f in found]).numpy() * 255).round().astype(np.uint8)
    return PlacesRead(classes.reshape(side, side), confidence.reshape(side, side), (x, y, half_side))
