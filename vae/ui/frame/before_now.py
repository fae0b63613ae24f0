"""Two latent maps with samples of the same z, before and now, and the curves of a run: what the browser is sent.

The component draws the same picture while a run trains and when it has ended. Its points glide from message to message.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vae.data.dataset import Dataset
from vae.data.to_picture import data_uri, tile
from vae.explore.alignment import align_axes
from vae.explore.projection import ProjectionSettings, place, project
from vae.figures.maps import square_range
from vae.figures.style import PALETTE
from vae.jobs.job import Job
from vae.jobs.watch import SHARE_SAMPLES
from vae.ui.components.component import component

COLUMNS = 8  # samples a row
GREY = 6  # the palette's colour of what stands for comparison
_component = component("before_now")
Row = dict[str, float]


@dataclass(frozen=True, eq=False)
class State:
    """A model at one time: its codes of test images, and samples of z that are the same in both states."""

    name: str
    caption: str
    codes: np.ndarray  # float32 (N, D), of the first N test images
    samples: np.ndarray  # uint8 (S, C, H, W)


@dataclass(frozen=True)
class Course:
    """The looks at one or two runs while they trained, and how long they take."""

    rows: Sequence[Row]
    beside: Sequence[Row] = field(default_factory=list)  # those of a reference run that trained beside it
    from_start: bool = False  # whether the first look is at the weights of the run before
    seconds: float = 0.0  # of the whole run; 0 where only the looks tell


def course_of(job: Job | None, name: str, *, from_start: bool) -> Course:
    """Return the course of a job's run called `name` and of the same model's run beside it; empty without a job."""
    run = None if job is None else next((run for run in job.runs if run.name == name), None)
    if job is None or run is None or not run.looks:
        return Course([])
    beside = next((other for other in job.runs if other is not run and other.config.model == run.config.model), None)
    last = run.looks[-1]
    seconds = run.config.seconds or last["elapsed"] / max(last["progress"], 0.01)
    return Course(run.looks, beside.looks if beside else [], from_start, seconds)


def show(
    before: State,
    now: State,
    course: Course,
    dataset: Dataset,
    *,
    same_axes: bool,
    key: str = "before_now",
    said: str = "",
) -> None:
    """Draw both states and the curves.

    Args:
        key: the element's key, unique on its page; points glide from what stood under it before.
        same_axes: whether the second state's codes lie on the axes of the first, as those of a run that trains on do.
        said: a sentence for people who cannot see the picture.
    """
    sent = message(before, now, course, dataset, same_axes=same_axes, said=said)
    _component(key=key, data=sent | {"key": key})


def message(
    before: State, now: State, course: Course, dataset: Dataset, *, same_axes: bool, said: str = ""
) -> dict[str, Any]:
    """Build the data that the component receives; pictures are PNG files as data URIs, points float32 in base64."""
    count = min(len(before.codes), len(now.codes))
    maps = places(before.codes[:count], now.codes[:count], same_axes=same_axes)
    distance = np.linalg.norm(maps[1] - maps[0], axis=1).mean()
    moved = f"; they have moved by {distance:.2f} on average" if same_axes else ""
    ranges = [square_range(np.concatenate(maps))] * 2 if same_axes else [square_range(points) for points in maps]
    return {
        "class_names": list(dataset.class_names),
        "colours": list(PALETTE),
        "labels": dataset.test_labels[:count].tolist(),
        "panels": [
            _panel(before, maps[0], ranges[0], "before"),
            _panel(now, maps[1], ranges[1], "now", moved),
        ],
        "curves": _curves(course),
        "looks": len(course.rows),
        "said": said,
    }


def places(before: np.ndarray, now: np.ndarray, *, same_axes: bool) -> list[np.ndarray]:
    """Place two models' codes of the same images on maps, each float32 (N, 2).

    Codes of one or two dimensions are shown as they are. Others are shown along principal directions: with `same_axes`
    both along those of the first, otherwise each along its own, with signs that agree.
    """
    flat = [codes.shape[1] <= 2 for codes in (before, now)]
    pca, direct = ProjectionSettings("pca"), ProjectionSettings("direct")
    first = project(before, direct if flat[0] else pca, measured=False)
    if flat[1]:
        return [first.points, project(now, direct).points]
    if same_axes:
        return [first.points, place(now, before, first, pca)]
    return [first.points, align_axes(project(now, pca, measured=False), first.points).points]


def _panel(
    state: State, points: np.ndarray, extent: tuple[list[float], list[float]], of: str, moved: str = ""
) -> dict[str, Any]:
    dimensions = state.codes.shape[1]
    how = "" if dimensions <= 2 else ", along two principal directions"
    return {
        "of": of,
        "caption": state.caption,
        "alt": f"Codes of {len(points):,} test images by {state.name}{how}{moved}",
        "points": base64.b64encode(points.astype("<f4").tobytes()).decode(),
        "range": extent,
        "prior": dimensions == 2,
        "samples": data_uri(tile(state.samples, COLUMNS, scale=1), scale=1),
        "samples_alt": f"{len(state.samples)} decodes of z ~ N(0, I) by {state.name}",
    }


_CURVES = {
    "realistic": (f"Realistic, of {SHARE_SAMPLES} samples", ".0%"),
    "beta": ("β", ".3g"),
    "reconstruction": ("Reconstruction loss, nats", ".1f"),
    "kl": ("KL, nats", ".1f"),
}


def _curves(course: Course) -> list[dict[str, Any]]:
    curves = []
    for key, (title, form) in _CURVES.items():
        rows = [row for row in course.rows if key in row]
        if not rows or not any(row[key] for row in rows):
            continue  # an AE has neither β nor KL, and without a judge no sample is realistic
        if key == "beta" and len({row[key] for row in rows}) == 1:
            continue
        beside = [row for row in course.beside if key in row]
        series = [_series(beside, key, GREY, dashed=True)] if beside else []
        if course.from_start and not beside:
            ends = [rows[0] | {"elapsed": 0.0}, rows[0] | {"elapsed": max(course.seconds, rows[-1]["elapsed"])}]
            series.append(_series(ends, key, GREY, dashed=True, banded=False))
        series.append(_series(rows, key, 0))
        first = f"{rows[0][key]:{form}} → " if course.from_start and len(rows) > 1 else ""
        values = [value for one in series for value in (*one["values"], *(one["lows"] or ()), *(one["highs"] or ()))]
        curves.append(
            {
                "title": title,
                "value": f"{first}{rows[-1][key]:{form}}",
                "series": series,
                "range": [0.0, 1.0] if key == "realistic" else _padded(values),
                "seconds": max(course.seconds, *(row["elapsed"] for row in (*rows, *beside)), 0.1),
            }
        )
    return curves


def _series(rows: Sequence[Row], key: str, colour: int, *, dashed: bool = False, banded: bool = True) -> dict[str, Any]:
    lows, highs = ([row.get(f"{key}_{end}") for row in rows] for end in ("low", "high"))
    with_band = banded and None not in lows
    return {
        "times": [row["elapsed"] for row in rows],
        "values": [row[key] for row in rows],
        "lows": lows if with_band else None,
        "highs": highs if with_band else None,
        "colour": colour,
        "dashed": dashed,
    }


def _padded(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    space = 0.08 * (high - low) or 0.05 * abs(high) or 0.05
    return [low - space, high + space]
