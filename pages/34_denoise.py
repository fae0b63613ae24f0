"""Denoise and inpaint: corrupted test images through both models, and how near to the originals they come back."""

import streamlit as st

from vae.explore.corruption import KINDS
from vae.ui.explore import corruption
from vae.ui.frame import page, pages
from vae.ui.shared import figure_first, readings, words
from vae.ui.shared.models import Pair

MEASURED = 250  # test images; the judge reads each five times while the user waits
MOST_STEPS = 50

_OF_NOISE = (
    "What comes back is nearly always clean, because a code has no room for noise. But an encoder that never saw noise "
    "puts a noisy image where it happens to fall, and the clean image may show something else.",
    "A denoising model (Vincent et al. 2008) sees noise in training and is asked for the clean image. Train one: the "
    "button below fills in the Retrain form.",
)
_OF_MASKS = (  # with the word for what an image shows
    "A model fills what is hidden with what goes with the rest, as far as its code can say that, and often with "
    "another {thing}'s.",
    "Encode and decode more often: every time after the first the encoder reads what was filled in before, where it "
    "first read black.",
)


def show(pair: Pair) -> None:
    """Draw corrupted images through both models, the controls, and how near to the originals they come."""
    figure, controls = figure_first.places("spoilt")
    with controls:
        kind, strength, first, steps = _controls(pair)
    with figure:
        corruption.pictures(pair, kind, strength, first, steps)
    corruption.show(pair, kind, strength, MEASURED, steps)
    _trained_to_denoise(pair)
    if kind == "Gaussian noise" and strength > 0:
        st.button(
            f"Fill in the Retrain form for input noise of σ = {strength:g}",
            key="spoil_retrain",
            icon=":material/replay:",
            help="The form then also trains an AE. Press Retrain in the sidebar to begin.",
            on_click=_fill,
            args=(strength,),
        )
    about = [text.format(thing=words.thing(pair.vae.dataset)) for text in _OF_MASKS] if KINDS[kind].masks else _OF_NOISE
    figure_first.more(*about, readings.about(pair.vae.dataset))


def _controls(pair: Pair) -> tuple[str, float, int, int]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Corruption", list(KINDS), default="Gaussian noise", required=True, key="spoil", bind="query-params"
        )
        images = pair.vae.dataset.test_images
        last = max(0, len(images) - corruption.SHOWN)
        first = st.number_input(
            "First test image", 0, last, 0, corruption.SHOWN, key="spoil_image", bind="query-params", width=160
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
            "Times that the image is encoded and decoded",
            1,
            MOST_STEPS,
            10,
            format="%d times",
            key="spoil_steps",
            bind="query-params",
            width=560,
            help="The first time the encoder reads black where pixels are hidden. After that it reads what was "
            "decoded, with the known pixels put back (Rezende et al. 2014).",
        )
    return kind, strength, first, steps


def _trained_to_denoise(pair: Pair) -> None:
    trained = [
        f"{one.name} (σ = {one.checkpoint.config.input_noise:g})" for one in pair if one.checkpoint.config.input_noise
    ]
    if trained:
        st.markdown(
            f"These models were trained to remove Gaussian noise: {', '.join(trained)}. On the other pages they still "
            "get clean images."
        )


def _fill(sigma: float) -> None:
    st.session_state.update(input_noise=sigma, ae_too=True)


page.begin(
    pages.DENOISE,
    "The second row is what the encoders get. Compare what the decoders make of it with the originals above.",
    "Is the damage gone? And is it still the same image, or a cleaner one that shows something else?",
)
show(page.pair())
