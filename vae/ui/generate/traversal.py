"""Rows of decodes, one for each latent dimension, and each dimension's measures in a table and in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from vae.figures.images import image_rows
from vae.generate.paths import pixel_lengths
from vae.generate.traversal import Dimension, middle_and_sigma, traverse
from vae.models.dimensions import ACTIVE_KL
from vae.ui.shared import models, picture_rows
from vae.ui.shared.models import WORDS, Pair, Trained, drawn
from vae.ui.shared.terms import explained
from vae.ui.shared.words import counted

STEPS = 9
SIDES = {2: 70, 3: 60}  # pixels of an image, by the number of rows at most
SIDE = 50  # where there are more
NAMED = 14  # letters of a row's longest name


@drawn(show_spinner="Decoding every dimension…")
def show(pair: Pair, image: int | None, reach: float, first: int, end: int) -> None:
    """Draw a row of decodes for each dimension of both models, from the `first` of their ranks to before the `end`."""
    found = [models.dimensions(trained) for trained in pair]
    picture_rows.show(centres(pair, image), "traversal_centre", "What both models decode before anything moves")
    for (word, trained), dimensions in zip(pair.named(), found, strict=True):
        st.markdown(explained(f"**{word}: {trained.name}.** {summary(dimensions)}"))
        shown = dimensions[first:end]
        if not shown:
            st.caption(f"{trained.name} has {counted(len(dimensions), 'dimension')}, none of them on this page.")
            continue
        picture_rows.show(
            rows(trained, shown, models.centre(trained, image), reach),
            f"traversal_{word.lower()}",
            f"What each latent dimension of the {word} does to the image",
        )


@drawn(show_spinner="Measuring every dimension…")
def numbers(pair: Pair, image: int | None, reach: float) -> None:
    """Draw a table of each model's dimensions, folded away, with what its columns say."""
    with st.expander("Numbers of every dimension"):
        for column, (word, trained) in zip(st.columns(2), pair.named(), strict=True):
            column.markdown(f"**{word}: {trained.name}**")
            column.dataframe(
                pd.DataFrame(table(trained, models.centre(trained, image), reach)),
                hide_index=True,
                key=f"traversal_numbers_{word}",
            )
        st.caption(
            explained(
                f"KL and σ of codes are taken over {len(pair.vae.codes):,} test images; a dimension is inactive when "
                f"its mean KL is below {ACTIVE_KL:g} nats. The start is where the code lies before the dimension "
                "moves. In the VAE it and the range are counted in σ of the prior from its mean 0. The AE has no "
                "prior, so there they are counted in σ of that dimension's test codes from their mean. The change "
                "adds up the Euclidean distances between neighbouring images of the row (pixels from 0 to 1)."
            )
        )


def centres(pair: Pair, image: int | None) -> go.Figure:
    """Draw what both models decode before anything moves, beside the test image where its code is the centre."""
    dataset = pair.vae.dataset
    decoded = [trained.decode(np.stack([models.centre(trained, image)])) for trained in pair]
    words = list(WORDS)
    if image is not None:
        decoded.insert(0, dataset.test_images[[image]].numpy())
        words.insert(0, "image")
    name = "Start"
    return image_rows({name: np.concatenate(decoded)}, {name: words}, columns=STEPS, side=60, named=NAMED)


def rows(trained: Trained, shown: Sequence[Dimension], code: np.ndarray, reach: float) -> go.Figure:
    """Draw a row of decodes for each dimension, from −reach to +reach σ."""
    units = np.linspace(-reach, reach, STEPS)
    decoded = trained.decode(np.concatenate([traverse(code, dimension, units) for dimension in shown]))
    found = {_name(dimension): images for dimension, images in zip(shown, np.split(decoded, len(shown)), strict=True)}
    # Every second image has its tick: more would run into one another in a narrow window.
    ticks = ["" if number % 2 else _in_sigma(unit) for number, unit in enumerate(units)]
    # The ticks stand under the last row and every fifth above it, so that some are in sight wherever one scrolls to.
    return image_rows(found, dict.fromkeys(list(found)[::-5], ticks), side=side(len(found)), named=NAMED)


def side(count: int) -> int:
    """Return the side of an image in pixels in a figure of `count` rows: both models' rows fit one screen."""
    return next((pixels for most, pixels in SIDES.items() if count <= most), SIDE)


def _name(dimension: Dimension) -> str:
    """Name a row in one line, which is as high as its images in the narrowest window."""
    name = f"<b>z{dimension.index + 1}</b>"
    if dimension.inactive:
        return f"{name} inactive"
    return name if dimension.kl is None else f"{name} {dimension.kl:.2f} nats"


def table(trained: Trained, code: np.ndarray, reach: float) -> list[dict[str, Any]]:
    """Measure every dimension around a code (D,): a row for each, in the order of the ranks."""
    units = np.linspace(-reach, reach, STEPS)
    measured = []
    for dimension in models.dimensions(trained):
        middle, sigma = middle_and_sigma(dimension)
        images = trained.decode(traverse(code, dimension, units))
        row: dict[str, Any] = {"dimension": f"z{dimension.index + 1}"}
        if dimension.kl is not None:
            row["KL, nats"] = f"{dimension.kl:.2f}"
        row["σ of codes"] = f"{dimension.spread:.2f}"
        # A dimension that never varies has no σ to measure in.
        row["start"] = _in_sigma((code[dimension.index] - middle) / sigma) if sigma > 0 else "constant"
        row["change"] = f"{pixel_lengths(images).sum():.1f}"
        measured.append(row)
    return measured


def _in_sigma(value: float) -> str:
    # −0.004 is rounded to −0.0, which adding 0.0 turns into 0.0.
    return f"{round(float(value), 2) + 0.0:+.3g} σ".replace("-", "−").replace("+0 σ", "0 σ")


def summary(found: Sequence[Dimension]) -> str:
    """Describe the dimensions in words: a VAE's total KL and inactive dimensions, or an AE's most variable one."""
    count = counted(len(found), "latent dimension")
    if found[0].kl is None:
        total = sum(dimension.spread**2 for dimension in found)
        share = found[0].spread ** 2 / total if total else 0.0
        return f"Its {count} are sorted by the variance of the codes, of which z{found[0].index + 1} holds {share:.0%}."
    inactive = [dimension for dimension in found if dimension.inactive]
    names = ", ".join(f"z{dimension.index + 1}" for dimension in inactive[:12]) + (" …" if len(inactive) > 12 else "")
    total = sum(dimension.kl or 0.0 for dimension in found)
    says = f"{len(inactive)} of them are inactive: {names}." if inactive else "None of them is inactive."
    return f"Its {count} are sorted by their KL, which is {total:.1f} nats in all. {says}"
