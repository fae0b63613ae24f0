"""Denoise and inpaint: corrupted test images through both models, and how near to the originals they come back."""

import streamlit as st

from vae.explore.corruption import KINDS
from vae.ui.explore import corruption
from vae.ui.frame import page, pages
from vae.ui.shared import words
from vae.ui.shared.models import Pair

MEASURED = 250  # test images; the judge reads each five times while the user waits
MOST_STEPS = 50

_OF_NOISE = (
    "What comes back is nearly always clean: a code has no room for noise. But an encoder that never saw noise puts a "
    "spoilt image where it happens to fall, and the clean image may be another one. A denoising model (Vincent et al. "
    "2008) sees noise in training and is asked for the clean image. It is trained from the sidebar: **Retrain**, "
    "“Noise on the input, σ”."
)
_OF_MASKS = (  # with the word for what an image shows
    "A model fills what is hidden with what goes with the rest, as far as its code can say that, and often with "
    "another {thing}'s. Move “Encode and decode” up from 1: every time the encoder reads what was filled in before "
    "where it read black at first."
)


def show(pair: Pair) -> None:
    """Draw the controls, corrupted images through both models, and how near to the originals they come."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Corruption", list(KINDS), default="Gaussian noise", required=True, key="spoil", bind="query-params"
        )
        images = pair.vae.dataset.test_images
        last = max(0, len(images) - corruption.SHOWN)
        first = st.number_input(
            "From test image", 0, last, 0, corruption.SHOWN, key="spoil_image", bind="query-params", width=180
        )
    strength = st.slider(
        f"Strength: {KINDS[kind].strength}",
        0.0,
        1.0,
        0.4,
        0.05,
        key="spoil_strength",
        bind="query-params",
        width=560,
    )
    steps = 1
    if KINDS[kind].masks:
        steps = st.slider(
            "Encode and decode",
            1,
            MOST_STEPS,
            10,
            format="%d times",
            key="spoil_steps",
            bind="query-params",
            width=560,
            help="Hidden pixels are black to the encoder at first. From the second time on it reads what was decoded, "
            "with the known pixels put back (Rezende et al. 2014).",
        )
    corruption.pictures(pair, kind, strength, first, steps)
    corruption.show(pair, kind, strength, MEASURED, steps)
    _denoising(pair, kind, strength)


def _denoising(pair: Pair, kind: str, strength: float) -> None:
    trained = [
        f"{one.name} (σ {one.checkpoint.config.input_noise:g})" for one in pair if one.checkpoint.config.input_noise
    ]
    if trained:
        st.markdown(
            f"Trained to remove Gaussian noise: {', '.join(trained)}. Test losses and the other pages show it clean "
            "images all the same."
        )
    st.markdown(
        "**What to look for.** "
        + (_OF_MASKS.format(thing=words.thing(pair.vae.dataset)) if KINDS[kind].masks else _OF_NOISE)
    )
    if kind == "Gaussian noise" and strength > 0:
        st.button(
            f"Put σ = {strength:g} into the Retrain form, with the AE too",
            key="spoil_retrain",
            icon=":material/replay:",
            on_click=_fill,
            args=(strength,),
        )


def _fill(sigma: float) -> None:
    st.session_state.update(input_noise=sigma, ae_too=True)


page.begin(
    pages.DENOISE,
    "Test images are spoilt, encoded and decoded: how much of the damage is gone, and what went with it?",
)
show(page.pair())
