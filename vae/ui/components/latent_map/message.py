"""The data that the latent map in the browser receives: places, codes, decoders and images, in one buffer of bytes.

The browser computes everything else from these data; it also decodes by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from vae.explore.alignment import align
from vae.explore.colouring import Scale
from vae.explore.projection import Projection, square
from vae.figures.style import RAMP
from vae.measure.region import Region, prior_radius
from vae.models.autoencoders import Autoencoder
from vae.models.feature_network import READ_BATCH
from vae.ui.components.packed import decoder_layers, half, join, tensors_part

READ_SIDE = 44  # cells along a side of the grid that the judge reads
READ_MARGIN = 1.6  # the grid's side in units of the side that the map opens with


@dataclass(frozen=True, eq=False)
class Space:
    """One of the map's two panels: a model's codes, their places on the map, and how a place becomes a latent.

    A place p has the latent `origin + p · directions`. On the plane through an image with a given code and place, it
    has `code + (p − place) · directions`. A map that is not `linear` (t-SNE) has only the second.
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
    how: str  # how the pointer's moves change the latent, in words
    film: np.ndarray | None = None  # float32 (E, n, 2): places of the first n codes after each of E epochs
    film_epochs: Sequence[float] = ()  # the E epochs of the film
    path: "PathOnMap | None" = None  # of a multi-rate VAE that is frozen at a β
    region: Region | None = None  # where its codes are; an autoencoder's is made of its first codes
    share_in_prior: float | None = None  # of its codes, in the ball that holds 99 % of the prior

    @property
    def home(self) -> tuple[float, float, float]:
        """Centre (x, y) and half side of the map's first view: a `square` around the points."""
        # A multi-rate VAE is looked at from one place, whatever its β.
        points = self.points if self.path is None else self.path.places.reshape(-1, 2)
        if self.linear and self.deviations is not None:
            # The prior's 2σ circle stays in view even if a VAE's codes gather in its middle. Its corners are repeated
            # so often that the percentiles cannot leave them out.
            circle = (np.array([[-2, -2], [2, 2]], np.float32) - self.origin @ self.directions.T).repeat(
                len(points) // 50 + 1, axis=0
            )
            points = np.concatenate([points, circle])
        centre, half = square(points)
        return float(centre[0]), float(centre[1]), half


@dataclass(frozen=True, eq=False)
class PathOnMap:
    """The way of a multi-rate VAE's first n points and posteriors as β moves, as `beta_path.on_plane` has it."""

    series: str  # the name of the run
    beta: float  # the one that the space is of
    betas: Sequence[float]  # the S stops
    places: np.ndarray  # float32 (S, n, 2)
    factors: np.ndarray  # float32 (S, n, 3): the posteriors' Cholesky factors


@dataclass(frozen=True, eq=False)
class PlacesRead:
    """The classes that a judge reads in images decoded on a grid of places; rows go from the top (high y) down."""

    classes: np.ndarray  # uint8, or float32 of more than 256 classes, (side, side)
    confidence: np.ndarray  # uint8 (side, side), 255 is certain
    range: tuple[float, float, float]  # centre (x, y) and half side


def plane(projection: Projection, latent_dim: int, pca: Projection | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the origin (D,) and the directions (2, D) that turn places of a map into latents.

    Args:
        pca: the PCA of the same codes. A t-SNE map takes its directions, scaled so that the map is as wide as the
            codes along them.
    """
    if latent_dim <= 2:
        return np.zeros(latent_dim, np.float32), np.eye(2, latent_dim, dtype=np.float32)
    source = pca or projection
    assert source.centre is not None
    assert source.directions is not None
    scale = np.float32(1.0 if pca is None else pca.points.std() / projection.points.std())
    return source.centre, source.directions * scale


def images_part(images: Tensor) -> bytes:
    """Pack images uint8 (N, C, H, W) into a part, without loss; smaller than PNG where most pixels are 0."""
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
    noun: str = "",
    readings: Sequence[PlacesRead | None] = (),
    judge: str = "",
    no_film: str = "",
    colour: str = "",
    scale: Scale | None = None,
    draw: int | None = None,
) -> bytes:
    """Build the buffer for the browser.

    Args:
        labels: the classes, int (N,), of the first N images of the part.
        images: the part that `images_part` made of the same N images.
        of: the name of these images, such as `mnist/test`; a selection is valid only for them.
        noun: what stands before a class's name in the name of an image, such as "class ".
        readings: for each space, the judge's readings, or None.
        judge: a text about the judge and its readings.
        no_film: a text that says why there is no film, for when no space has one.
        colour: the name of what colours the dots; the class if it is empty.
        scale: the numbers that colour them, with `colour` as their name; None where labels do.
        draw: which press of the button Sample the map begins with, 0 for none; None leaves that to the browser.
    """
    tensors: dict[str, np.ndarray] = {"labels": _numbers(labels, len(class_names))}
    panels = []
    for number, space in enumerate(spaces):
        layers, weights = decoder_layers(space.model)
        panels.append(_panel(space, layers))
        tensors |= {f"{number}.{name}": array for name, array in (_arrays(space) | weights).items()}
    tensors |= _read(panels, readings) | _shades(scale)
    header = {
        "of": of,
        "noun": noun,
        "count": len(labels),
        "image_shape": list(image_shape),
        "classes": list(class_names),
        "palette": list(palette),
        "panels": panels,
        "morph": _morph(*(space.points for space in spaces)).tolist(),
        "judge": judge,
        "no_film": no_film,
        "colour": colour,
        "scale": None if scale is None else {"low": scale.low, "high": scale.high, "ramp": list(RAMP)},
        "draw": draw,
    }
    return join(header, {"models": tensors_part(tensors), "images": images})


def _read(panels: Sequence[dict[str, Any]], readings: Sequence[PlacesRead | None]) -> dict[str, np.ndarray]:
    """Describe in the panels what a judge has read in them, and return what it is."""
    found: dict[str, np.ndarray] = {}
    for number, reading in enumerate(readings):
        if reading is not None:
            panels[number]["reading"] = {"range": reading.range, "side": len(reading.classes)}
            found |= {f"{number}.read": reading.classes, f"{number}.confidence": reading.confidence}
    return found


def _shades(scale: Scale | None) -> dict[str, np.ndarray]:
    """Return the places on a scale for each panel that has numbers, uint8 (N,): from 0 to 254, and 255 if unknown."""
    found = {}
    for number, values in enumerate(scale.values if scale else ()):
        if scale is not None and values is not None:
            known = np.isfinite(values)
            places = (np.where(known, values, scale.low) - scale.low) / (scale.high - scale.low)
            found[f"{number}.values"] = np.where(known, (254 * places.clip(0, 1)).round(), 255).astype(np.uint8)
    return found


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
        "prior_radius": prior_radius(space.codes.shape[1]),
        "share_in_prior": space.share_in_prior,
    } | _path(space.path)


def _path(path: PathOnMap | None) -> dict[str, Any]:
    return {} if path is None else {"series": path.series, "beta": path.beta, "betas": list(path.betas)}


def _arrays(space: Space) -> dict[str, np.ndarray]:
    arrays = {"points": space.points.astype(np.float32), "origin": space.origin, "directions": space.directions}
    if space.codes.shape[1] != 2 or not space.linear:
        arrays["codes"] = half(space.codes)
    if space.deviations is not None:
        arrays["deviations"] = half(space.deviations)
    if space.film is not None:
        arrays["film"] = half(space.film)
    if space.path is not None:
        arrays |= {"beta_places": half(space.path.places), "beta_factors": half(space.path.factors)}
    if space.region is not None:
        arrays["reaches"] = space.region.reaches
        if space.deviations is not None:
            arrays["references"] = half(space.region.codes)
    return arrays


def _morph(moving: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Fit the affine map (3, 2), for rows (x, y, 1), that brings `onto` to `moving`'s scale, place and orientation."""
    spread, other = (float(np.square(points - points.mean(0)).mean()) for points in (moving, onto))
    scaled = onto * (spread / max(other, 1e-12)) ** 0.5
    target = align(scaled, moving)
    target = target - target.mean(0) + moving.mean(0)
    rows = np.column_stack([onto, np.ones(len(onto))])
    return np.linalg.lstsq(rows, target, rcond=None)[0]


def _numbers(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return class numbers in the smallest type that holds them all and that the browser reads."""
    return labels.astype(np.uint8 if classes <= 256 else np.float32)


@torch.no_grad()
def read_places(space: Space, judge: nn.Module, side: int = READ_SIDE) -> PlacesRead | None:
    """Let a judge read the images decoded on a grid over a map; return None for a map that is not linear."""
    if not space.linear:
        return None
    x, y, half_side = space.home
    half_side *= READ_MARGIN
    # Centres of cells, so that the picture made of them covers the range exactly.
    steps = (np.arange(side) + 0.5) / side * 2 - 1
    horizontal, vertical = np.meshgrid(x + half_side * steps, y - half_side * steps)
    places = np.stack([horizontal.ravel(), vertical.ravel()], axis=1).astype(np.float32)
    latents = torch.from_numpy(space.origin + places @ space.directions).to(space.model.device)
    found = torch.cat([judge(space.model.decode(batch).cpu()).softmax(1) for batch in latents.split(READ_BATCH)])
    classes = _numbers(found.argmax(1).numpy(), found.shape[1])
    confidence = (found.amax(1).numpy() * 255).round().astype(np.uint8)
    return PlacesRead(classes.reshape(side, side), confidence.reshape(side, side), (x, y, half_side))
