"""The effect of the KL: the slider over VAEs that differ in β alone, after a prediction."""

from itertools import pairwise

import streamlit as st

from vae.beta.ladder import Ladder
from vae.measure.intervals import Measure
from vae.measure.recorded import recorded_quality
from vae.ui.beta import ladder_slider
from vae.ui.beta.rungs import Look
from vae.ui.shared.models import LOAD_ERRORS
from vae.ui.shared.plain import plain
from vae.ui.tour import prediction, shipped
from vae.ui.tour.shares import percent

SCENE = "kl"
OUTCOMES = ("More and more", "More, then fewer", "Fewer and fewer")
LOOK = Look(seed=0, first_image=0, samples=64, images=10, points=2_000)


def show() -> None:
    """Draw the prediction and, once something is predicted, what happened, over the slider."""
    ladder = shipped.ladder()
    first, last = ladder.betas[0], ladder.betas[-1]
    question = f"β grows from {first:g} to {last:g}. How many samples become realistic?"
    shares = _shares(ladder)
    if len(shares) > 1:
        chosen = prediction.ask(SCENE, question, OUTCOMES)
        if chosen is not None:
            prediction.reveal(OUTCOMES, chosen, happened([share.value for _, share in shares]), _why(shares))
    try:
        ladder_slider.show(ladder, LOOK)
    except LOAD_ERRORS as error:
        st.error(plain(str(error)))


def happened(shares: list[float]) -> int | None:
    """Return which outcome shares by rising β amount to; None if it is none of them."""
    top = max(range(len(shares)), key=shares.__getitem__)
    rising = all(one <= other for one, other in pairwise(shares[: top + 1]))
    falling = all(one >= other for one, other in pairwise(shares[top:]))
    if not rising or not falling:
        return None
    return 2 if top == 0 else 0 if top == len(shares) - 1 else 1


def _shares(ladder: Ladder) -> list[tuple[float, Measure]]:
    """Return β and the measured share of realistic samples of every rung that was measured."""
    found = []
    for rung in ladder.rungs:
        quality = recorded_quality(rung.metrics)
        measure = None if quality is None else quality.samples.get("prior", {}).get("realistic")
        if measure is not None:
            found.append((rung.config.beta, measure))
    return found


def _why(shares: list[tuple[float, Measure]]) -> str:
    told = shares[0], max(shares, key=lambda one: one[1].value), shares[-1]
    first, best, last = (f"{percent(share.value)} at β {beta:g}" for beta, share in told)
    return (
        f"Of {told[0][1].images:,} samples, {first}, {best} and {last} are realistic. "
        "The KL draws the codes to where z are drawn; too much of it leaves the codes little to say, so that the "
        "images blur."
    )
