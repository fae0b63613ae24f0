"""The sidebar's β where the compared VAE is a multi-rate one: all pages show it at this β at once, with no training."""

import streamlit as st

from vae.models.choices import SHOWN_BETAS
from vae.storage.checkpoints import Checkpoint
from vae.storage.frozen import frozen
from vae.training.config import RANGES


def asked() -> float:
    """Return the β of the sidebar's slider, also before it is drawn for the first time."""
    try:
        beta = float(st.session_state.get("beta", st.query_params.get("beta", 1.0)))
    except ValueError:  # a text that is no number, in whose place the slider has its default
        return 1.0
    low, high = RANGES["beta"]
    return beta if low <= beta <= high else 1.0


def shown_at() -> float:
    """Return the β at which pages show a multi-rate VAE: the slider's, or the nearest one of `SHOWN_BETAS`."""
    low, high = SHOWN_BETAS
    return min(max(asked(), low), high)


def shown(checkpoint: Checkpoint) -> Checkpoint:
    """Return a multi-rate VAE frozen at the slider's β, and any other checkpoint as it is."""
    return frozen(checkpoint, shown_at())


def has_moved(vae: Checkpoint | None) -> bool:
    """Tell whether a frozen VAE is of another β than the slider's by now, so that the page has to be drawn again."""
    return vae is not None and vae.frozen_at not in (None, shown_at())


def describe(name: str) -> str:
    """Say what the slider does to the multi-rate VAE of this name."""
    low, high = SHOWN_BETAS
    if low <= (beta := asked()) <= high:
        return f"Every page shows {name} at β {beta:g}, with no training."
    return f"{name} covers β from {low:g} to {high:g}, so that every page shows it at β {shown_at():g}."
