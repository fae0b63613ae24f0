"""Good settings for a collection, found by a look at some of its images, with the reasons in sentences."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from vae.data.preparation.settings import Preparation
from vae.data.preparation.values import Range, Values, find_range, measure_values
from vae.data.readers.collection import Collection, ReaderError, Stored, UnreadableImageError

LOOKED_AT = 200  # images
LOOKED_AT_A_PART = 20
APART = 8  # times as large as the others are values of one type in another scale
SIDE = 64  # pixels along the longer side, at most, that are suggested
ALIKE = 0.05  # two proportions, or a corner and another in units of the range, that differ by less are the same
COLOURED = 0.02  # of the range, by which the channels of a pixel differ in an image that has colour


class _Seen(NamedTuple):
    """All that a suggestion takes from one image."""

    height: int
    width: int
    values: Values
    coloured: float  # by how much the channels of a pixel differ at most
    transparent: bool
    brightness: float  # mean of the opaque parts
    corners: float  # by how much the corners differ at most
    kind: str  # its type, such as `uint8`


def suggest(collection: Collection) -> tuple[Preparation, tuple[str, ...]]:
    """Suggest settings for a collection, and say in sentences why they are not the usual ones.

    Raises:
        ReaderError: when none of the images looked at can be read, or there is none.
    """
    seen = _look(collection)
    found = find_range(each.values for each in seen)
    whole = found.high - found.low
    (height, width), why = _size(seen)
    plain = sum(each.corners <= ALIKE * whole for each in seen) > 0.8 * len(seen)
    colour = any(each.coloured > COLOURED * whole for each in seen)
    ground = _ground(seen, found)
    alike = all(_alike(each.width / each.height, width / height) for each in seen)
    fit = "stretch" if alike else "pad" if plain else "crop"
    if not alike:
        why += (
            "Proportions differ: images are filled up with the colour of their corners, which is the same all around."
            if plain
            else "Proportions differ: images are cut to their middle.",
        )
    if any(each.transparent for each in seen):
        why += (f"Transparent parts are filled with {ground}, which the opaque parts stand out from.",)
    why += (found.sentence,) if found.sentence else ()
    why += _scales(seen)
    return Preparation(height, width, colour, fit, ground, low=found.low, high=found.high), why


def sample_rows(count: int, most: int) -> list[int]:
    """Return the rows of at most `most` of `count` images, spread evenly over all."""
    return sorted({int(row) for row in np.linspace(0, count - 1, min(count, most)).round()}) if count else []


def _sampled(collection: Collection) -> list[int]:
    """Return rows of all images, and of each part if the files give parts, since one may be stored unlike another."""
    rows = {*sample_rows(collection.count, LOOKED_AT)}
    for part in () if collection.split is None else np.unique(collection.split):
        inside = np.flatnonzero(collection.split == part)
        rows |= {int(inside[place]) for place in sample_rows(len(inside), LOOKED_AT_A_PART)}
    return sorted(rows)


def _look(collection: Collection) -> list[_Seen]:
    rows = _sampled(collection)
    seen, first = [], None
    for row, stored in zip(rows, collection.read(rows), strict=True):
        try:
            if isinstance(stored, UnreadableImageError):
                raise stored
            seen.append(_seen(stored, collection.name_of(row)))
        except UnreadableImageError as error:
            first = first or error
    if not seen:
        raise ReaderError(str(first) if first else "There are no images; choose files that hold some.")
    return seen


def _seen(stored: Stored, name: str) -> _Seen:
    values = measure_values(stored, name)
    image = stored[..., 0] if stored.ndim == 3 and stored.shape[2] == 1 else stored
    height, width = image.shape[:2]
    # A small copy tells colour and transparency as well, and takes no memory.
    small = image[:: max(1, height // 128), :: max(1, width // 128)].astype(np.float64)
    colours = small[..., :3] if small.ndim == 3 else small[..., None]
    alpha = small[..., 3] if small.ndim == 3 and small.shape[2] == 4 else np.ones(small.shape[:2])
    visible = colours[alpha >= alpha.max()]
    corners = colours[[0, 0, -1, -1], [0, -1, 0, -1]]
    with np.errstate(over="ignore", invalid="ignore"):
        return _Seen(
            height,
            width,
            values,
            float(np.nan_to_num(np.ptp(visible, axis=1).max())),
            bool((alpha < alpha.max()).any()),
            float(np.nan_to_num(visible.mean())),
            float(np.nan_to_num(np.ptp(corners, axis=0).max())),
            str(stored.dtype),
        )


def _size(seen: Sequence[_Seen]) -> tuple[tuple[int, int], tuple[str, ...]]:
    """Return a height and width, and sentences on them: their own if all are alike and small, or the usual one."""
    heights, widths = [each.height for each in seen], [each.width for each in seen]
    own = heights[0], widths[0]
    if len(set(heights)) == len(set(widths)) == 1 and all(8 <= side <= SIDE for side in own):
        return own, ()
    ratio = float(np.median([each.width / each.height for each in seen]))
    if sum(_alike(each.width / each.height, ratio) for each in seen) < 0.9 * len(seen):
        ratio = 1.0
    longer = min(SIDE, float(np.median([max(each.height, each.width) for each in seen])))
    height, width = (_side(longer * min(1.0, share)) for share in (1 / ratio, ratio))
    sizes = (
        f"{own[0]} × {own[1]}"
        if len({*zip(heights, widths, strict=True)}) == 1
        else f"{min(heights)} to {max(heights)} high and {min(widths)} to {max(widths)} wide"
    )
    return (height, width), (f"Images are {sizes} pixels: {height} × {width} is suggested, 8 to 128 are possible.",)


def _side(pixels: float) -> int:
    return max(8, 4 * round(pixels / 4))


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= ALIKE * max(one, other)


def _scales(seen: Sequence[_Seen]) -> tuple[str, ...]:
    """Return a sentence where images of one type reach far higher values than those of another."""
    reached: dict[str, float] = {}
    for each in seen:
        reached[each.kind] = max(reached.get(each.kind, 0.0), abs(each.values.most), abs(each.values.least))
    ordered = sorted((most, kind) for kind, most in reached.items() if most)
    if len(ordered) < 2 or ordered[-1][0] <= APART * ordered[0][0]:
        return ()
    (low, dim), (high, bright) = ordered[0], ordered[-1]
    return (
        f"Images of type {dim} reach {low:,.4g} and those of type {bright} {high:,.6g}, and all are scaled alike, so "
        f"that the former become nearly black; bring images that are stored in one scale.",
    )


def _ground(seen: Sequence[_Seen], found: Range) -> str:
    """Return the ground that opaque parts stand out from: white if they are dark on average, else black."""
    brightness = [each.brightness for each in seen if each.transparent]
    dark = bool(brightness) and float(np.mean(brightness)) < (found.low + found.high) / 2
    return "white" if dark else "black"
