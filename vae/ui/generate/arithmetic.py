"""The sum A − B + C in pixels and in both latent spaces: decoded, read, and its distance from all codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vae.figures import paths as path_figures
from vae.figures.images import image_rows
from vae.figures.paths import Walk
from vae.generate.arithmetic import combine, combine_pixels, group_mean, nearest_code, own_nearest
from vae.generate.paths import evenly
from vae.ui.shared import readings
from vae.ui.shared.models import Pair, Trained, kept

STRONGEST = 2
CARRIED = 100  # images of B that are tried at most
STEPS = 12  # for each unit of strength


@dataclass(frozen=True)
class Sum:
    """A sum over test images, by index: image C plus `strength` times (mean of group A − mean of group B)."""

    a: Sequence[int]
    b: Sequence[int]
    c: int
    strength: float


def terms(pair: Pair, asked: Sum) -> go.Figure:
    """Draw the means of A and B, C and the result: of the pixels, and as both models decode them."""
    images = pair.vae.dataset.test_images.numpy()
    rows = {"Pixels": combine_pixels(images, asked.a, asked.b, asked.c, asked.strength)}
    captions = {"Pixels": ["mean of A", "mean of B", "C", "result"]}
    for word, trained in pair.named():
        means = np.stack([group_mean(trained.codes, asked.a), group_mean(trained.codes, asked.b)])
        end = combine(trained.codes, asked.a, asked.b, asked.c, np.array([0.0, asked.strength]))
        rows[word] = trained.decode(np.concatenate([means, end]))
        captions[word] = readings.words(trained.dataset, rows[word])
    return image_rows(rows, captions, side=92)


def strip(trained: Trained, word: str, asked: Sum) -> go.Figure:
    """Draw what a model decodes from strength 0 to the strongest, and what the judge reads in it."""
    strengths = np.linspace(0, STRONGEST, STRONGEST * STEPS + 1)
    images = trained.decode(combine(trained.codes, asked.a, asked.b, asked.c, strengths))
    read = readings.read_images(trained.dataset, images) or (None, None)
    walk = Walk(f"{word}: {trained.name}", images, *read)
    return path_figures.strip(
        walk,
        trained.dataset.class_names,
        "strength of the difference",
        [str(number) for number in range(STRONGEST + 1)],
    )


def carried(pair: Pair, asked: Sum) -> list[dict[str, Any]]:
    """Return the class read most often in images of B before and after the sum, and its share: a row for each model.

    Without a judge there are no rows.
    """
    dataset, rows = pair.vae.dataset, []
    chosen = [asked.b[place] for place in evenly(len(asked.b), CARRIED)]
    for word, trained in pair.named():
        row: dict[str, Any] = {"model": f"{word}: {trained.name}", "images of B": len(chosen)}
        for name, strength in (("read before", 0.0), ("read after", asked.strength)):
            codes = combine(trained.codes, asked.a, asked.b, chosen, np.array([strength]))
            found = readings.read_images(dataset, trained.decode(codes))
            if found is None:
                return []
            counts = np.bincount(found[0])
            row[name] = f"{dataset.class_names[counts.argmax()]} · {counts.max() / len(chosen):.0%}"
        rows.append(row)
    return rows


def distances(pair: Pair, asked: Sum) -> list[dict[str, Any]]:
    """Measure how far the result lies from all codes, and how far codes lie from one another: a row for each model."""
    rows = []
    for word, trained in pair.named():
        (latent,) = combine(trained.codes, asked.a, asked.b, asked.c, np.array([asked.strength]))
        own = _own_nearest(trained)
        far = nearest_code(latent, trained.codes, asked.c)
        median = float(np.median(own))
        rows.append(
            {
                "model": f"{word}: {trained.name}",
                "result to nearest code": far,
                "code to nearest code": median,
                "ratio": far / median if median else None,
                "codes farther away": float((own > far).mean()),
            }
        )
    return rows


@kept(max_entries=48, show_spinner="Measuring the codes…")
def _own_nearest(trained: Trained) -> np.ndarray:
    return own_nearest(trained.codes)
