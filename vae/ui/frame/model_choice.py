"""The kind of model that the form trains, and the budget of a multi-rate VAE."""

import streamlit as st

from vae.training.config import MULTI_RATE
from vae.training.recipe import recommended_epochs
from vae.ui.shared.terms import definition

NAMES = {
    "vae": "VAE",
    MULTI_RATE: "Multi-rate VAE (every β at once)",
    "classifier-vae": "ClassifierVAE",
    "ae": "AE",
}
_EPOCHS = recommended_epochs(MULTI_RATE)


def draw() -> None:
    """Draw the choice; a multi-rate VAE brings its own budget."""
    st.selectbox(
        "Model",
        list(NAMES),
        key="model",
        format_func=NAMES.__getitem__,
        on_change=_follow,
        help=f"{definition('VAE')}\n\n{definition('multi-rate VAE')}\n\nIn a ClassifierVAE, a classifier reads the "
        "class of the image and tells it to the decoder; the page Digits on demand shows it. The switch “Also train an "
        "AE” trains an AE beside any of them.",
        bind="query-params",
    )


def is_multi_rate() -> bool:
    """Tell whether the form trains a multi-rate VAE, also before the choice is drawn for the first time."""
    asked = st.session_state.get("model", st.query_params.get("model"))
    return asked in (MULTI_RATE, NAMES[MULTI_RATE])


def leave_multi_rate() -> None:
    """Let the form train a VAE of one β again, before it is drawn: beside a multi-rate VAE, that is what is missing."""
    if st.session_state.get("model") == MULTI_RATE:
        st.session_state["model"] = "vae"
        _follow()


def _follow() -> None:
    """Put the epochs of a multi-rate VAE into the form, or take them out again unless the user has changed them."""
    state = st.session_state
    if state["model"] == MULTI_RATE:
        state.update(before_multi_rate=state.get("budget"), budget="epochs", epochs=_EPOCHS)
    elif (before := state.pop("before_multi_rate", None)) and (state["budget"], state["epochs"]) == ("epochs", _EPOCHS):
        state["budget"] = before
