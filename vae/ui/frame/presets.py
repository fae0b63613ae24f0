"""Presets of the Retrain form: settings that fill it at once, and what the user has changed since."""

from dataclasses import fields, replace
from typing import Any

import streamlit as st

from vae.storage.checkpoints import Checkpoint
from vae.training.config import MACHINE_SETTINGS, TrainConfig, differing
from vae.training.recipe import ARTICLE, OWN, continued
from vae.ui.frame import address, seeds, settings
from vae.ui.frame.changes import listed
from vae.ui.frame.start import SCRATCH, recipe

RECIPE, COMPARED = "Recommended settings", "Settings of the compared VAE"
FIXED = {"The article's ClassifierVAE": ARTICLE, "Our ClassifierVAE": OWN}
_ABOUT = {
    RECIPE: "These were found by measurement for this latent size, network and budget.",
    "The article's ClassifierVAE": "These are printed in “Variational Autoencoders Explained in Detail”.",
    "Our ClassifierVAE": "These are the recommended settings for the same model.",
    COMPARED: "The VAE that is chosen above was trained with these.",
}
_FREE = ("dataset", "seed", *MACHINE_SETTINGS)  # no preset says anything about them
_TOLD = {"latent_dim", "beta", *settings.BUDGETS, *settings.KEYS} - {*_FREE}
_UNTOLD = tuple(field.name for field in fields(TrainConfig) if field.name not in _TOLD)


def choose(vae: Checkpoint | None) -> None:
    """Draw the list of presets; choosing one fills the form."""
    names = [RECIPE, *FIXED, *([COMPARED] if vae else [])]
    st.selectbox("Preset", names, key="preset", on_change=_fill, args=(vae,), bind="query-params")
    st.caption(_ABOUT[st.session_state["preset"]])


def fill_form(config: TrainConfig) -> None:
    """Put every setting of a run into the form, also β and the budget; call it in a callback."""
    ((kind, value),) = settings.budget_of(config).items()
    address.put(settings.values_of(config))
    address.put({"beta": float(config.beta), "latent": config.latent_dim, "budget": kind})
    address.put({kind: float(value) if kind == "seconds" else value, "ae_too": False, "preset": RECIPE})
    address.put({"start_from": SCRATCH, seeds.KEY: 1})


def show_changes(config: TrainConfig, vae: Checkpoint | None) -> None:
    """Say in which settings the form differs from its preset, with a button for the recommended settings."""
    name = st.session_state["preset"]
    preset = _preset(name, config, vae)
    changed = [f"{of} {now} instead of {was}" for of, was, now in differing(preset, config, ignoring=_UNTOLD)]
    if changed:
        st.caption(f"You have changed “{name}”: {listed(changed)}.")
    if name != RECIPE or changed:
        st.button(
            "Use the recommended settings", key="to_recipe", icon=":material/undo:", on_click=_back, width="stretch"
        )


def _preset(name: str, config: TrainConfig, vae: Checkpoint | None) -> TrainConfig:
    """Return the settings of a preset; those on which it says nothing are the form's."""
    if name in FIXED:
        return FIXED[name]
    if name == COMPARED and vae is not None:
        return vae.config
    asked: dict[str, Any] = {key: getattr(config, key) for key in ("model", "latent_dim", "body", "beta", *_FREE)}
    budget = settings.budget_of(config)
    if config.start and vae is not None:
        fresh = {key: getattr(config, key) for key in ("beta", "seed", *MACHINE_SETTINGS)}
        return continued(vae.config, config.start, config.start_weights, **fresh, **budget)
    return TrainConfig(**asked, **budget, **recipe(vae, config.latent_dim, budget))


def _fill(vae: Checkpoint | None) -> None:
    state = st.session_state
    name = state["preset"]
    if name == RECIPE:
        settings.follow_recipe()
        state["model"] = TrainConfig.model
        return
    config = FIXED.get(name) or (vae.config if vae else TrainConfig(epochs=1))
    if name in FIXED:
        config = replace(config, **{key: state[key] for key in ("dataset", "seed") if key in state})
    fill_form(config)
    state["preset"] = name


def _back() -> None:
    settings.follow_recipe()
    st.session_state["preset"] = RECIPE
