"""Rows of decodes, one for each latent dimension, and each dimension's measures in words."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vae.figures.images import image_rows
from vae.generate.paths import pixel_lengths
from vae.generate.traversal import Dimension, middle_and_sigma, traverse
from vae.models.dimensions import ACTIVE_KL
from vae.ui.shared import charts, models
from vae.ui.shared.models import WORDS, Pair, Trained, drawn

STEPS = 9


@drawn(show_spinner="Decoding every dimension…")
def show(pair: Pair, image: int | None, reach: float, first: int, end: int) -> None:
    """Draw a row of decodes for each dimension of both models, from the `first` of their ranks to before the `end`."""
    found = [models.dimensions(trained) for trained in pair]
    charts.show(centres(pair, image), "traversal_centre", "What both models decode before anything moves")
    for (word, trained), dimensions in zip(pair.named(), found, strict=True):
        st.markdown(f"**{word}: {trained.name}.** {summary(dimensions)}")
        shown = dimensions[first:end]
        if not shown:
            st.caption(f"{trained.name} has {len(dimensions)} dimensions, none of them on this page.")
            continue
        charts.show(
            rows(trained, shown, models.centre(trained, image), reach),
            f"traversal_{word.lower()}",
            f"What each latent dimension of the {word} does to the image",
        )
    st.caption(
        "In each row one dimension moves, from left to right, and all others stay where they are. VAE: in σ of the "
        "prior, 0σ is the prior's mean. AE: in σ of that dimension's test codes, 0σ is their mean, as it has no prior: "
        "the units of the two are not the same. Here: where the code lies before it moves. Way: the length of the row, "
        "the sum of Euclidean distances between neighbouring decodes, pixels from 0 to 1. KL (mean) and σ of codes: "
        f"over {len(pair.vae.codes):,} test images. Inactive: a mean KL below {ACTIVE_KL:g} nats."
    )
    st.markdown(
        "**What to look for.** As a rule, the more KL a dimension has, the more it changes the image; an inactive one "
        "is noise that the decoder has learnt to ignore, and its row stands still. A VAE pays for every dimension that "
        "it uses, in KL; an AE pays for none, and uses them all. Far beyond ±3σ lie hardly any codes, and what is "
        "decoded there was never trained for."
    )


def centres(pair: Pair, image: int | None) -> go.Figure:
    """Draw what both models decode before anything moves, beside the test image where its code is the centre."""
    dataset = pair.vae.dataset
    decoded = [trained.decode(np.stack([models.centre(trained, image)])) for trained in pair]
    words = list(WORDS)
    if image is not None:
        decoded.insert(0, dataset.test_images[[image]].numpy())
        words.insert(0, f"image: {dataset.class_names[int(dataset.test_labels[image])]}")
    name = "Nothing moved"
    return image_rows({name: np.concatenate(decoded)}, {name: words}, columns=STEPS, margin=2.9, side=64)


def rows(trained: Trained, shown: Sequence[Dimension], code: np.ndarray, reach: float) -> go.Figure:
    """Draw a row of decodes for each dimension, from −reach to +reach σ."""
    units = np.linspace(-reach, reach, STEPS)
    decoded = trained.decode(np.concatenate([traverse(code, dimension, units) for dimension in shown]))
    found = {
        _name(dimension, code, images): images
        for dimension, images in zip(shown, np.split(decoded, len(shown)), strict=True)
    }
    ticks = [_in_sigma(unit) for unit in units]
    # The ticks stand under the last row and every fifth above it, so that some are in sight wherever one scrolls to.
    return image_rows(found, dict.fromkeys(list(found)[::-5], ticks), margin=2.9, side=64)


def _name(dimension: Dimension, code: np.ndarray, images: np.ndarray) -> str:
    middle, sigma = middle_and_sigma(dimension)
    # A dimension that never varies has no σ to measure in.
    own = _in_sigma((code[dimension.index] - middle) / sigma) if sigma > 0 else "constant"
    first = f"<b>z{dimension.index + 1}{', inactive' if dimension.inactive else ''}</b>"
    if dimension.kl is not None:
        first += f" · KL {dimension.kl:.2f} nats"
    return f"{first}<br>σ of codes {dimension.spread:.2f}<br>here {own} · way {pixel_lengths(images).sum():.1f}"


def _in_sigma(value: float) -> str:
    # −0.004 is rounded to −0.0, which adding 0.0 turns into 0.0.
    return f"{round(float(value), 2) + 0.0:+.3g}σ".replace("-", "−").replace("+0σ", "0σ")


def summary(found: Sequence[Dimension]) -> str:
    """Describe the dimensions in words: a VAE's total KL and inactive dimensions, or an AE's most variable one."""
    if found[0].kl is None:
        total = sum(dimension.spread**2 for dimension in found)
        share = found[0].spread ** 2 / total if total else 0.0
        return (
            f"{len(found)} dimension{_s(len(found))} by variance of the codes; z{found[0].index + 1} has {share:.0%} "
            "of it all. An AE's codes have no posterior, so that no dimension can be called inactive by its KL."
        )
    inactive = [dimension for dimension in found if dimension.inactive]
    names = ", ".join(f"z{dimension.index + 1}" for dimension in inactive[:12]) + (" …" if len(inactive) > 12 else "")
    total = sum(dimension.kl or 0.0 for dimension in found)
    return f"{len(found)} dimension{_s(len(found))} by KL, {total:.1f} nats in all; " + (
        f"{len(inactive)} inactive: {names}." if inactive else "none is inactive."
    )


def _s(count: int) -> str:
    return "" if count == 1 else "s"
