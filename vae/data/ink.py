"""Find the one thing drawn in a picture: ink told from shadows, noise, specks and the edges of a scan."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vae.data.ground import Ground, grounds, noise_deviation
from vae.data.picture_file import PictureError
from vae.data.pieces import Piece, find_pieces, is_speck, largest, side, together

FAINT = 0.1  # share of the ink's strength; anything fainter is ground
STRONG = 0.5  # share of the ink's strength that every stroke has somewhere
WEAK = (0.25, 0.4, STRONG)  # shares of it that a stroke has everywhere; the first one that frees it from the edge
STAYS = 0.1  # share of the ink that has to be one piece if it is freed from the edge
FULL = 98  # percentile of a thing's ink that is its full strength: a hot pixel is not
LEAST_CONTRAST = 0.1  # share of the range from black to white
OVER_NOISE = 4  # standard deviations of noise above which a pixel may be ink
LEAST_OVER_NOISE = 6  # standard deviations of noise that ink is strong at the least
SKIRT = 0.03  # share of the longer side of the thing, around its strokes, in which faint ink is theirs
DIMMEST = 0.4  # share of the light on the brightest part of the ground that is allowed for
GRAIN = 0.005  # of the range from black to white: a standard deviation of noise that is smoothed away
MUCH = 0.2  # share of the ink taken; if more than this is left out, it is said
CLEAR = 12  # standard deviations of noise; if the ink is weaker, it is said
RUNS_OFF = 0.1  # what a thing that touches the edge counts, against another that may be read instead
ALIKE = 0.5  # share of the ink taken; more by the other of dark and light, or less by another ground, is said


class Box(NamedTuple):
    """A part of a picture, as shares of its width and height, counted from the left and from the top."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, eq=False)
class Ink:
    """The one thing drawn in a picture."""

    strength: np.ndarray  # float32 (height, width) in [0, 1], 0 outside of the thing
    inverted: bool  # whether it is dark on light
    box: Box
    doubts: tuple[str, ...]  # sentences that say why it may be the wrong thing


class _Taken(NamedTuple):
    """The ink taken for the thing, if ink is dark, or if it is light."""

    strength: np.ndarray  # (height, width)
    contrast: float  # of the ink at its strongest
    weight: float  # its ink
    counted: float  # its ink, where it is compared with other assumptions: less if it touches the picture's edge
    left_out: float  # ink of other things, neither specks nor at the edge
    left_at_edge: float  # ink of what touches the edge, further from the edge than a scan's own reaches
    at_edge: bool


class _Reading(NamedTuple):
    """A picture as it reads under one assumption on its ground."""

    taken: _Taken
    inverted: bool
    told: float  # ink that is taken, less ink that is left
    doubts: tuple[str, ...]


def find_ink(grey: np.ndarray, *, swapped: bool = False, box: Box | None = None) -> Ink:
    """Find the one thing drawn in a picture, float32 (height, width) in [0, 1], dark on light or light on dark.

    Ink is what differs from the ground around it, allowing for how much light falls there. Of its connected pieces the
    one with the most ink is taken, with the larger ones near it; one that touches the picture's edge is taken only if
    there is no other. Whether ink is dark or light is decided by which gives more ink.

    Args:
        swapped: whether ink is the other than what the picture is guessed to show.
        box: where the thing is; all ink inside is taken, and only the ground around it is looked at.

    Raises:
        PictureError: when there is nothing in the picture or in the box that differs from the ground.
    """
    top, left, part, inside = _around(grey, box)
    smooth, noise = _smoothed(part)
    readings = []
    for ground in grounds(part):
        readings.append(_reading(smooth, ground, noise, inside, swapped))
        if not readings[-1].doubts:
            break
    best = max(readings, key=lambda reading: reading.told)
    if best.taken.contrast < max(LEAST_CONTRAST, LEAST_OVER_NOISE * noise):
        raise PictureError(_nothing("picture" if box is None else "box", best.inverted, swapped))
    strength = np.zeros_like(grey)
    strength[top : top + part.shape[0], left : left + part.shape[1]] = best.taken.strength
    doubts = best.doubts
    if any(_shared(best.taken.strength, other.taken.strength) < ALIKE for other in readings):
        doubts = (*doubts, "Something else is found if the ground is guessed otherwise: look at the box.")
    return Ink(strength, best.inverted, _box(strength), doubts if box is None else ())


def _reading(smooth: np.ndarray, ground: Ground, noise: float, inside: np.ndarray | None, swapped: bool) -> _Reading:
    """Read a picture under one assumption on its ground."""
    both = {
        True: _take((ground.darkest - smooth) / _light(ground.darkest), noise, inside),
        False: _take((smooth - ground.lightest) / _light(ground.lightest), noise, inside),
    }
    guess = max(both, key=lambda inverted: both[inverted].counted)
    inverted = guess != swapped
    taken, other = both[inverted], both[not inverted]
    told = taken.counted - taken.left_out - (0 if swapped else other.counted)
    return _Reading(taken, inverted, told, _doubts(taken, other, noise, inverted))


def _around(grey: np.ndarray, box: Box | None) -> tuple[int, int, np.ndarray, np.ndarray | None]:
    """Return the part of the picture to look at, where it begins, and which of its pixels are in the box."""
    if box is None:
        return 0, 0, grey, None
    (top, bottom, from_top, to_bottom), (left, right, from_left, to_right) = (
        _widened(grey.shape[0], box.top, box.bottom),
        _widened(grey.shape[1], box.left, box.right),
    )
    inside = np.zeros(grey.shape, bool)
    inside[top:bottom, left:right] = True
    where = np.s_[from_top:to_bottom, from_left:to_right]
    return from_top, from_left, grey[where], inside[where]


def _widened(side: int, begin: float, end: float) -> tuple[int, int, int, int]:
    """Return where a stretch given in shares of a side lies in pixels, and then with as much again at either end."""
    first = min(side - 1, max(0, round(begin * side)))
    last = min(side, max(first + 1, round(end * side)))
    return first, last, max(0, 2 * first - last), min(side, 2 * last - first)


def _smoothed(grey: np.ndarray) -> tuple[np.ndarray, float]:
    """Smooth a picture until its noise is a fifth of the least contrast; return what is left of the noise, too."""
    from scipy import ndimage

    noise = noise_deviation(grey)
    if noise <= GRAIN:
        return grey, noise
    blur = 2 * np.sqrt(np.pi)  # white noise, smoothed by a Gaussian of width w, is 2√π w times weaker
    width = max(0.7, noise / (blur * LEAST_CONTRAST / 5))
    return ndimage.gaussian_filter(grey, width), noise / (blur * width)


def _light(ground: np.ndarray) -> np.ndarray:
    """Return how much light falls on every place of the ground, 1 where it is brightest."""
    brightest = float(np.percentile(ground, 95))
    return np.ones_like(ground) if brightest < LEAST_CONTRAST else (ground / brightest).clip(DIMMEST, 1)


def _take(ink: np.ndarray, noise: float, inside: np.ndarray | None) -> _Taken:
    """Take the one thing from ink (height, width), or all ink that is inside a box."""
    from scipy import ndimage

    ink = ink.clip(0, None) if inside is None else ink.clip(0, None) * inside
    least = max(LEAST_CONTRAST / 2, OVER_NOISE * noise)
    longer = max(ink.shape)
    # How strong the ink is decides which pieces are ink, and which piece is the thing decides how strong its ink is.
    labels, pieces = find_pieces(ink**2, ink > least, ink > least)
    if not pieces:
        return _Taken(np.zeros_like(ink), 0, 0, 0, 0, 0, False)
    contrast = float(np.percentile(ink[labels == largest(pieces, longer).number], FULL))
    labels, pieces = _strokes(ink, contrast, least)
    thing = pieces if inside is not None else together(largest(pieces, longer), pieces)
    mine = np.isin(labels, [piece.number for piece in thing])
    contrast = float(np.percentile(ink[mine & (ink > contrast * STRONG)], FULL))
    skirt = ndimage.distance_transform_edt(~mine) <= max(2, SKIRT * side(thing))
    strength = (ink / contrast).clip(0, 1) * (skirt & (mine | (labels == 0)))
    at_edge = any(piece.at_edge for piece in thing)
    others = [piece for piece in pieces if piece not in thing and not is_speck(piece, longer)]
    return _Taken(
        np.where(strength < FAINT, 0, strength).astype(np.float32),
        contrast,
        sum(piece.weight for piece in thing),
        sum(piece.inside for piece in thing) * (RUNS_OFF if at_edge else 1),
        sum(piece.weight for piece in others if not piece.at_edge),
        sum(piece.inside for piece in others if piece.at_edge),
        at_edge,
    )


def _strokes(ink: np.ndarray, contrast: float, least: float) -> tuple[np.ndarray, list[Piece]]:
    """Find the pieces of ink of about this contrast, from faint strokes on, or without what runs to the picture's edge.

    A ruled line or the rim of a shadow ties the thing to the edge. Where that is gone if stronger ink is asked for, and
    the thing is not, it is left out.
    """
    longer = max(ink.shape)
    found = []
    for share in WEAK:
        strong = ink > max(STRONG * contrast, least)
        found.append(find_pieces(ink, (ink > max(share * contrast, least)) | strong, strong))
        best = largest(found[-1][1], longer)
        if not best.at_edge and best.weight >= STAYS * largest(found[0][1], longer).inside:
            return found[-1]
    return found[0]


def _nothing(where: str, inverted: bool, swapped: bool) -> str:
    if swapped:
        kind = "darker" if inverted else "lighter"
        return f"Nothing in the {where} is {kind} than the ground around it; swap the tones back."
    remedy = "set it elsewhere" if where == "box" else "choose another, with something dark on light or light on dark"
    return f"All of the {where} is of one tone; {remedy}."


def _box(strength: np.ndarray) -> Box:
    rows, columns = (np.flatnonzero(strength.any(axis)) for axis in (1, 0))
    height, width = strength.shape
    return Box(columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height)


def _shared(one: np.ndarray, other: np.ndarray) -> float:
    """Return the share of two things' ink, of all that either has, that both have."""
    return float(np.minimum(one, other).sum() / max(float(np.maximum(one, other).sum()), 1.0))


def _doubts(taken: _Taken, other: _Taken, noise: float, inverted: bool) -> tuple[str, ...]:
    found = []
    if taken.left_out > MUCH * taken.weight:
        share = taken.left_out / taken.weight
        found.append(f"More is drawn outside of the box, {share:.0%} as much as inside: set the box to take it.")
    if taken.left_at_edge > MUCH * taken.weight:
        found.append("Something that runs to the edge of the picture was left out: set the box to take it.")
    if taken.at_edge:
        found.append("What was taken touches the edge of the picture, so that some of it may be missing.")
    if taken.contrast < CLEAR * noise:
        found.append(f"The ink is only {taken.contrast / noise:.0f} times as strong as the picture's noise.")
    if other.counted > ALIKE * taken.counted:
        kind = "light on dark" if inverted else "dark on light"
        found.append(f"It may as well be {kind}: swap the tones if so.")
    return tuple(found)
