"""The Retrain form in the sidebar, and how it starts a run."""

import secrets
from dataclasses import replace
from typing import Any

import streamlit as st

from vae.data.datasets import TITLES
from vae.storage.checkpoints import Checkpoint
from vae.training.config import RANGES, ConfigError, TrainConfig
from vae.ui.frame import address, estimate, presets, settings
from vae.ui.frame.beta_scale import nearest_beta, offered, read_beta
from vae.ui.shared import server

POLL_SECONDS = 0.5


def follow_chosen() -> None:
    """Set the form's latent size and data set to those of the chosen VAE."""
    sound, _ = server.checkpoints()
    for checkpoint in sound:
        if checkpoint.name == st.session_state.get("vae"):
            st.session_state.update(latent=checkpoint.config.latent_dim, dataset=checkpoint.config.dataset)


def fill_beta(beta: float, likelihood: str) -> None:
    """Put a likelihood, with the usual σ, and the slider's value nearest to a β into the form."""
    st.session_state.update(beta=nearest_beta(beta), likelihood=likelihood, sigma=TrainConfig.sigma)


def fill_form(checkpoint: Checkpoint) -> None:
    """Put every setting of a checkpoint's run into the form."""
    presets.fill_form(checkpoint.config)


@st.fragment
def show_form(ae: Checkpoint | None, vae: Checkpoint | None, page: str, followed: str) -> None:
    """Draw the form. It is a fragment, so that moving β redraws this part of the sidebar and nothing else.

    Args:
        followed: the id of the session's job when the page was drawn, "" for none.
    """
    if st.session_state["run"] != followed:
        st.rerun()  # the whole page: the run's progress is drawn outside this fragment
    _main_settings(vae)
    _folded_settings(ae, vae)
    address.keep(page)
    try:
        configs = _configs()
    except ConfigError as error:
        st.error(str(error))
        return
    presets.show_changes(configs[0], vae)
    _suggest_pair(ae, configs)
    with st.container(key="retrain_bar", gap="xsmall"):
        st.button(
            "Retrain",
            type="primary",
            key="retrain",
            width="stretch",
            disabled=trains(),
            icon=":material/replay:",
            on_click=_submit,
            args=(vae,),
        )
        estimate.show(configs, server.trainer().find(st.session_state["run"]))


def _suggest_pair(ae: Checkpoint | None, configs: list[TrainConfig]) -> None:
    """Say that the compared AE will not fit the run, where it does not and no AE trains too."""
    config = configs[0]
    if ae is None or len(configs) > 1 or config.model != "vae":
        return
    if ae.config.dataset != config.dataset:
        st.caption(
            f":material/balance: The compared AE was trained on {TITLES[ae.config.dataset]}; switch on **AE too** for "
            f"a pair on {TITLES[config.dataset]}."
        )
    elif ae.config.latent_dim != config.latent_dim:
        st.caption(
            f":material/balance: The compared AE has {ae.config.latent_dim} latent dimensions; switch on **AE too** "
            f"for a pair of {config.latent_dim}."
        )


def _main_settings(vae: Checkpoint | None) -> None:
    """Draw the settings that are always in sight: β, latent size, budget, and whether an AE trains too."""
    st.select_slider(
        "β, the weight of the KL",
        offered(st.session_state.get("beta"), st.query_params.get("beta")),
        value=1.0,
        key="beta",
        format_func=lambda beta: f"{beta:g}",
        help="The objective is reconstruction + β · KL, both in nats per image, so that β = 1 is the ELBO.",
        bind="query-params",
    )
    st.caption(read_beta(st.session_state["beta"]))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        latent = vae.config.latent_dim if vae else 2
        st.number_input("Latent size", 1, 128, value=latent, key="latent", bind="query-params", width=120)
        st.toggle(
            "AE too",
            key="ae_too",
            help="Train the autoencoder as well, with the same body, seed, order of images and number of steps.",
            bind="query-params",
        )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        place = st.container(width=110)  # the unit, which is drawn first, decides what this holds
        kinds = list(settings.BUDGETS)
        st.selectbox(
            "Unit of the budget", kinds, key="budget", bind="query-params", label_visibility="collapsed", width=110
        )
        kind = st.session_state["budget"]
        of = float if kind == "seconds" else int
        low, high = map(of, RANGES[kind])
        place.number_input("Budget", low, high, of(settings.BUDGETS[kind]), of(1), "%g", key=kind, bind="query-params")


def _folded_settings(ae: Checkpoint | None, vae: Checkpoint | None) -> None:
    """Draw the presets and every setting that is not always in sight."""
    compared = vae or ae
    with st.expander("All settings", type="compact"):
        presets.choose(vae)
        dataset = compared.config.dataset if compared else TrainConfig.dataset
        settings.show(dataset, st.session_state["latent"], _budget())


def _budget() -> dict[str, Any]:
    kind = st.session_state["budget"]
    return {kind: st.session_state.get(kind, settings.BUDGETS[kind])}


def _configs() -> list[TrainConfig]:
    """Return the form's settings as configs: the model's and, if asked for, an AE's that differs only in model and β.

    Raises:
        ConfigError: if the model is too large, or if no model can have one of the values.
    """
    state, budget = st.session_state, _budget()
    found = settings.chosen(state["latent"], budget) | budget | {"latent_dim": state["latent"]}
    if found["model"] == "ae":
        return [TrainConfig(**found)]
    config = TrainConfig(beta=state["beta"], **found)
    if not state["ae_too"]:
        return [config]
    ae = replace(config, model="ae", beta=TrainConfig.beta, classifier_weight=TrainConfig.classifier_weight)
    return [config, ae]


def _submit(vae: Checkpoint | None) -> None:
    # The last value typed may arrive with the click itself, so the form is read again here.
    try:
        configs = _configs()
    except ConfigError:
        return  # the form says why in the button's place
    submit(configs, before=vae.name if vae and configs[0].model == "vae" else "")


def submit(configs: list[TrainConfig], *, before: str = "") -> None:
    """Start a run for this session. Does nothing if one is already running or queued, for example after a double click.

    Args:
        before: the name of the VAE to compare the first run with; empty for none.
    """
    if trains():
        return
    st.session_state.update(run=server.trainer().submit(configs, owner=session()).id, before=before)
    st.session_state.pop("ended", None)


def trains() -> bool:
    """Tell whether this session has a run that is running or queued."""
    job = server.trainer().find(st.session_state["run"])
    return job is not None and not job.ended


def session() -> str:
    """Return the id that tells this session from the others that share the trainer."""
    return st.session_state.setdefault("session", secrets.token_hex(8))
