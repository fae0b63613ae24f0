"""The share of each model's samples that are realistic, pair by pair, and whether two shares differ."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch

from vae.data.names import BUILT_IN
from vae.measure.paired import paired_difference
from vae.measure.realism import share_of_blurred
from vae.ui.compare import two_sizes
from vae.ui.shared import models, samplers, server
from vae.ui.shared.models import Pair, Trained, drawn, kept
from vae.ui.shared.terms import explained

SAMPLES = 400
BLURRED_PASS = 0.2  # share of blurred images; of digits, 2 % pass
MEANING = (
    "An image is realistic if, in {seen}, it lies about as near to a training image as that image's own neighbours do. "
    "Nine in ten real images pass this test."
)


def show(pairs: Sequence[Pair], drawn_from: Sequence[str], seed: int, temperature: float = 1.0) -> None:
    """Draw a box for each sampler and pair with both models' shares of realistic samples, and what they say.

    Where there is no test of realism, nothing is drawn.
    """
    realism = server.realism(pairs[0].vae.dataset.name)
    if realism is None:
        return
    _warn_of_blur(pairs[0].vae.dataset.name)
    seen = "random convolutional features" if realism.network.random else "what the judge sees"
    _boxes(pairs, drawn_from, seed, temperature, MEANING.format(seen=seen))


@drawn(show_spinner=f"Looking at {SAMPLES} samples of each model")
def _boxes(pairs: Sequence[Pair], drawn_from: Sequence[str], seed: int, temperature: float, meaning: str) -> None:
    wider = "" if temperature == 1 else f", σ × {temperature:g}"
    for sampler in drawn_from:
        for number, (column, pair) in enumerate(zip(st.columns(len(pairs)), pairs, strict=True), start=1):
            found = [passed(trained, sampler, seed, temperature) for trained in pair]
            with column.container(border=True, key=f"share_{sampler}_{number}"):
                st.markdown(f"**{two_sizes.size(pair)}**, z ~ {samplers.SOURCES[sampler]}{wider}")
                with st.container(horizontal=True):
                    for (word, _), passing in zip(pair.named(), found, strict=True):
                        st.metric(f"{word}: realistic of {SAMPLES}", f"{100 * passing.mean():.0f} %", help=meaning)
                    st.markdown(_verdict(*found))
    with st.expander("What “realistic” means"):
        st.caption(explained(meaning))


def _warn_of_blur(name: str) -> None:
    """Say of images of one's own where the test of realism lets blurred ones pass."""
    if (
        name not in BUILT_IN
        and (share := _blurred(name, server.version(name), server.judge_written(name))) > BLURRED_PASS
    ):
        st.caption(
            ":material/blur_on: **This test does not tell sharp samples from blurred ones here:** "
            f"{100 * share:.0f} % of these test images pass it after they have been blurred. Compare sharpness by eye."
        )


@kept(max_entries=8)
def _blurred(name: str, version: str, judge: int) -> float:
    realism = server.realism(name)
    assert realism is not None
    return share_of_blurred(realism, server.dataset(name))


def _verdict(ae: np.ndarray, vae: np.ndarray) -> str:
    difference = paired_difference(ae, vae)
    low, high = sorted(abs(100 * end) for end in (difference.low, difference.high))
    if not difference.decided:
        return "The shares of these two models cannot be told apart: the interval of their difference holds 0."
    more = "VAE" if difference.value > 0 else "AE"
    return (
        f"More of the **{more}**'s samples are realistic, by {low:.0f} to {high:.0f} percentage points (95 % interval)."
    )


@kept(max_entries=64)
def passed(trained: Trained, sampler: str, seed: int, temperature: float = 1.0) -> np.ndarray:
    """Tell which of 400 samples of a model are realistic: bool (400,). The data set must have a test of realism."""
    realism = server.realism(trained.dataset.name)
    assert realism is not None
    drawn = trained.decode(models.draw(trained, sampler, SAMPLES, seed, temperature))
    return realism.realistic(torch.from_numpy(drawn))
