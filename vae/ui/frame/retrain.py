"""The Retrain form in the sidebar, and how it starts a run."""

import secrets
from typing import Any

import streamlit as st

from vae.data.datasets import TITLES
from vae.storage.checkpoints import Checkpoint
from vae.storage.names import CheckpointError
from vae.training.config import RANGES, ConfigError, TrainConfig
from vae.ui.frame import address, presets, settings, start
from vae.ui.frame.beta_scale import nearest_beta, offered, read_beta
from vae.ui.frame.start import Plan
from vae.ui.shared import server

POLL_SECONDS = 0.5
ESTIMATE_SECONDS = 3.0


def follow_chosen() -> None:
    """Put the settings of the chosen VAE that its weights fit to into the form, so that a run can train on from it."""
    sound, _ = server.checkpoints()
    for checkpoint in sound:
        if checkpoint.name == st.session_state.get("vae"):
            settings.follow(checkpoint.config)
            st.session_state["latent"] = checkpoint.config.latent_dim


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
    start.say_why_from_scratch(vae, st.session_state["latent"])
    try:
        plan = _plan(ae, vae)
    except (ConfigError, CheckpointError) as error:
        st.error(str(error))
        return
    configs = plan.configs
    presets.show_changes(configs[0], vae)
    st.button(
        "Retrain",
        type="primary",
        key="retrain",
        width="stretch",
        disabled=trains(),
        icon=":material/replay:",
        on_click=_submit,
        args=(ae, vae),
    )
    _show_estimate(configs)
    _say_what_it_is_compared_with(plan)
    if ae is not None and len(configs) == 1 and ae.config.latent_dim != configs[0].latent_dim:
        st.caption(
            f":material/balance: The compared AE has {ae.config.latent_dim} latent dimensions; switch on **AE too** "
            f"for a pair of {configs[0].latent_dim}."
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
    start.choose(vae)
    st.number_input("Latent size", 1, 128, value=vae.config.latent_dim if vae else 2, key="latent", bind="query-params")
    st.segmented_control(
        "Budget", list(settings.BUDGETS), default="seconds", required=True, key="budget", bind="query-params"
    )
    kind = _kind_of_budget()
    of = float if kind == "seconds" else int
    low, high = map(of, RANGES[kind])
    st.number_input(
        kind.capitalize(), low, high, of(settings.BUDGETS[kind]), of(1), "%g", key=kind, bind="query-params"
    )
    st.toggle(
        "AE too",
        key="ae_too",
        help="Train the autoencoder as well, with the same body, seed, order of images and number of steps.",
        bind="query-params",
    )


def _folded_settings(ae: Checkpoint | None, vae: Checkpoint | None) -> None:
    """Draw the presets and every setting that is not always in sight."""
    compared = vae or ae
    with st.expander("All settings", type="compact"):
        presets.choose(vae)
        latent = st.session_state["latent"]
        settings.show(
            compared.config if compared else TrainConfig(epochs=1),
            lambda: start.recipe(vae, latent, _budget()),
            lambda: f"{vae.name}'s" if vae and start.trains_on(vae, latent) else "the recipe's",
        )


def _kind_of_budget() -> str:
    return st.session_state["budget"] or "seconds"  # `?budget=` leaves it empty


def _budget() -> dict[str, Any]:
    kind = _kind_of_budget()
    return {kind: st.session_state.get(kind, settings.BUDGETS[kind])}


def _plan(ae: Checkpoint | None, vae: Checkpoint | None) -> Plan:
    """Return what the form asks for; errors as in `start.plan`."""
    return start.plan(ae, vae, st.session_state["latent"], _budget())


def _submit(ae: Checkpoint | None, vae: Checkpoint | None) -> None:
    # The last value typed may arrive with the click itself, so the form is read again here.
    try:
        submit(_plan(ae, vae))
    except (ConfigError, CheckpointError):
        return  # the form says why in the button's place


def submit(plan: Plan) -> None:
    """Start the runs of a plan for this session.

    Does nothing if one is already running or queued, for example after a double click.
    """
    if trains():
        return
    job = server.trainer().submit(plan.configs, owner=session())
    before = plan.before if plan.reference is None else job.names[plan.reference]
    st.session_state.update(run=job.id, before=before)
    st.session_state.pop("ended", None)


def _say_what_it_is_compared_with(plan: Plan) -> None:
    if plan.reference is not None:
        st.caption(
            f":material/balance: A reference at β {plan.configs[plan.reference].beta:g} trains beside it, with the "
            "same recipe and budget: before and after then differ in β alone."
        )
    elif plan.before and not plan.configs[0].start:
        st.caption(f":material/balance: It is compared with {plan.before}.")


def trains() -> bool:
    """Tell whether this session has a run that is running or queued."""
    job = server.trainer().find(st.session_state["run"])
    return job is not None and not job.ended


def session() -> str:
    """Return the id that tells this session from the others that share the trainer."""
    return st.session_state.setdefault("session", secrets.token_hex(8))


def _show_estimate(configs: list[TrainConfig]) -> None:
    """Draw the budget in the other unit, seconds or epochs, at this device's speed; poll until that is measured."""
    unknown = server.trainer().known_speed(configs) is None
    st.fragment(_estimate, run_every=ESTIMATE_SECONDS if unknown else None)(configs, unknown, [])


def _estimate(configs: list[TrainConfig], unknown: bool, drawn: list[bool]) -> None:
    trainer, config = server.trainer(), configs[0]
    # Asking for the speed starts the worker, whose imports would delay the page: wait for the second drawing.
    speed = trainer.images_per_second(configs) if drawn or not unknown else None
    drawn.append(True)
    where = f"on {trainer.device.upper()}" if trainer.device else "here"
    what = f"{TITLES[config.dataset]}, hidden {'-'.join(map(str, config.hidden))}, {where}"
    if speed is None:
        st.caption(f"{what}; the time it takes is being measured…")
        return
    if unknown:
        st.rerun()  # which also ends the polling
    images = server.dataset(config.dataset).train_size
    how = "both at once" if trainer.together else "one after the other"
    runs = f" for each of the {len(configs)}, {how}" if len(configs) > 1 else ""
    what += f"; β rises from 0 over the first {config.beta_warmup:.0%}" if config.beta_warmup and config.beta else ""
    if config.seconds is not None:
        st.caption(f"≈ {config.seconds * speed / images:.1f} epochs{runs} ({what}).")
    else:
        st.caption(f"≈ {max(1, round((config.epochs or 0) * images / speed))} s{runs} ({what}).")
