"""The Retrain form in the sidebar, and how it starts a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from vae.data.imported.shelf import image_shape
from vae.jobs.limits import QueueError
from vae.storage.checkpoints import Checkpoint
from vae.storage.frozen import compared_as, frozen
from vae.storage.names import CheckpointError
from vae.training.config import MACHINE_SETTINGS, MULTI_RATE, RANGES, ConfigError, TrainConfig, differences
from vae.training.recipe import recommended_body, recommended_latent_dim
from vae.ui.frame import address, data_set, estimate, folding, model_choice, presets, seeds, settings, start
from vae.ui.frame.beta_scale import nearest_beta, offered, read_beta
from vae.ui.frame.outcome import Ended
from vae.ui.frame.ownership import owns
from vae.ui.frame.start import Plan
from vae.ui.shared import every_beta, server
from vae.ui.shared.identity import session
from vae.ui.shared.terms import definition, explained

POLL_SECONDS = 0.5
_FREE = ("model", "beta", "seed", *MACHINE_SETTINGS)  # settings that make no difference between two trainings
CONV_SECONDS = 60.0  # for the first models of large images: in ten, a conv body has learned little on two cores


def follow_chosen() -> None:
    """Put the settings of the chosen VAE that its weights fit to into the form, so that a run can train on from it."""
    sound, _ = server.checkpoints()
    for checkpoint in sound:
        if checkpoint.name == st.session_state.get("vae"):
            settings.follow(frozen(checkpoint, 1.0).config)  # beside a multi-rate VAE, one for a single β is trained
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

    Where the compared VAE is a multi-rate one, β moves the whole page.

    Args:
        followed: the id of the session's job when the page was drawn, "" for none.
    """
    if st.session_state["run"] != followed or every_beta.has_moved(vae):
        st.rerun()  # the whole page: the run's progress, and what β decides, are drawn outside this fragment
    _main_settings(ae, vae)
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
    _suggest_pair(ae, configs)
    no_room = "" if trains() else seeds.problem()
    with st.container(key="retrain_bar", gap="xsmall"):
        st.button(
            _deed(configs[0], vae),
            type="primary",
            key="retrain",
            width="stretch",
            disabled=trains() or bool(no_room),
            icon=":material/replay:",
            on_click=submit_form,
            args=(ae, vae),
        )
        if no_room:
            st.warning(no_room)
        else:
            with st.container(key="estimate"):  # it has two lines from the start, so that nothing moves later
                estimate.show(configs, server.trainer().find(st.session_state["run"]), plan.seeds)
    _say_what_it_is_compared_with(plan, vae)


def _deed(config: TrainConfig, vae: Checkpoint | None) -> str:
    """Say what the button does."""
    if config.model == MULTI_RATE:
        return "Train one model for every β"
    if vae is not None and vae.frozen_at is not None and config.model == "vae":
        return f"Train one model for β = {config.beta:g} alone"
    return "Retrain"


def _suggest_pair(ae: Checkpoint | None, configs: list[TrainConfig]) -> None:
    """Say that the compared AE will not fit the run, where it does not and no AE trains too."""
    config = configs[0]
    if ae is None or len(configs) > 1 or compared_as(config.model) != "vae":
        return
    if ae.config.latent_dim != config.latent_dim:
        st.caption(
            f":material/balance: The compared AE has latent size {ae.config.latent_dim}. Switch on **Also train an "
            f"AE** to get a pair of latent size {config.latent_dim}."
        )


def _main_settings(ae: Checkpoint | None, vae: Checkpoint | None) -> None:
    """Draw the settings that are always in sight: β, where to start, latent size, budget, and whether an AE trains."""
    st.markdown("#### Retrain", help=start.ABOUT)
    start.choose(vae)
    _beta(vae)
    with _row("Latent size", definition("latent size")):
        latent = vae.config.latent_dim if vae else recommended_latent_dim(image_shape(data_set.current()))
        st.number_input(
            "Latent size",
            1,
            128,
            value=latent,
            key="latent",
            bind="query-params",
            label_visibility="collapsed",
            width=122,
        )
    _budget_fields(first=ae is None and vae is None)
    st.toggle(
        "Also train an AE",
        value=ae is None and vae is None,
        key="ae_too",
        help=f"{definition('AE')} It gets the same network, seed, order of images and number of steps as the VAE.",
        bind="query-params",
    )


def _beta(vae: Checkpoint | None) -> None:
    """Draw the slider, unless β decides nothing, and what its value means."""
    acts = vae is not None and vae.frozen_at is not None
    if model_choice.is_multi_rate() and not acts:
        st.caption(explained("A multi-rate VAE learns every β at once, so that there is no β to choose."))
        return
    st.select_slider(
        "β, the weight of the KL",
        offered(st.session_state.get("beta"), st.query_params.get("beta")),
        value=1.0,
        key="beta",
        format_func=lambda beta: f"{beta:g}",
        help=definition("β"),
        bind="query-params",
    )
    if vae is not None and acts:
        st.caption(f":material/tune: {every_beta.describe(vae.name)}")
    st.caption(explained(read_beta(st.session_state["beta"])))


@contextmanager
def _row(words: str, about: str = "") -> Iterator[None]:
    """Draw fields beside their words, in a row that takes less of the first screen than words above fields."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(words, help=about or None, width=108 if about else 62)
        yield


def _budget_fields(*, first: bool) -> None:
    """Draw the budget and its unit.

    Args:
        first: whether the chosen images have no model yet.
    """
    with _row("Train for"):
        place = st.container(width=58)  # the unit, which is drawn first, decides what this holds
        kinds = list(settings.BUDGETS)
        st.selectbox(
            "Unit of the budget", kinds, key="budget", bind="query-params", label_visibility="collapsed", width=104
        )
        kind = st.session_state["budget"]
        of = float if kind == "seconds" else int
        low, high = map(of, RANGES[kind])
        usual: float = settings.BUDGETS[kind]
        if kind == "seconds" and first and body_of(data_set.current()) == "conv":
            usual, st.session_state["first_budget"] = CONV_SECONDS, True
        place.number_input(
            "Train for", low, high, of(usual), of(1), "%g", key=kind, bind="query-params", label_visibility="collapsed"
        )


def _folded_settings(ae: Checkpoint | None, vae: Checkpoint | None) -> None:
    """Draw the presets and every setting that is not always in sight."""
    compared = vae or ae
    with st.expander("All settings", type="compact"):
        presets.choose(vae)
        latent = st.session_state["latent"]
        settings.show(
            compared.config if compared else TrainConfig(epochs=1, body=body_of(data_set.current())),
            lambda: start.recipe(vae, latent, _budget()),
            lambda: f"as in {vae.name}" if vae and start.keeps_network(vae, latent) else "recommended",
        )


def _budget() -> dict[str, Any]:
    kind = st.session_state["budget"]
    return {kind: st.session_state.get(kind, settings.BUDGETS[kind])}


def _plan(ae: Checkpoint | None, vae: Checkpoint | None) -> Plan:
    """Return what the form asks for; errors as in `start.plan`."""
    return start.plan(ae, vae, st.session_state["latent"], _budget())


def begin_pair(dataset: str) -> None:
    """Choose a data set and train an AE and a VAE on it from scratch with the settings of the form, in a callback."""
    st.session_state.update(dataset=dataset, ae="", vae="")
    prepare_first(dataset)
    submit_form(None, None)


def prepare_first(dataset: str) -> None:
    """Put into the form what the first models of a set want, in a callback: kinds, body, latent size and time."""
    forget_first()
    body, latent = body_of(dataset), recommended_latent_dim(image_shape(dataset))
    st.session_state.update(ae_too=True, model="vae", body=body, latent=latent, seeds=1)
    if body == "conv":
        st.session_state.update(budget="seconds", seconds=CONV_SECONDS, first_budget=True)


def forget_first() -> None:
    """Take the time for a set's first models out of the form again, in a callback, unless the user changed it."""
    if st.session_state.pop("first_budget", False) and st.session_state.get("seconds") == CONV_SECONDS:
        st.session_state["seconds"] = float(settings.BUDGETS["seconds"])


def body_of(dataset: str) -> str:
    """Return the body that a set's first models have."""
    return recommended_body(image_shape(dataset))


def submit_form(ae: Checkpoint | None, vae: Checkpoint | None) -> None:
    """Start what the form asks for, in a callback."""
    # The last value typed may arrive with the click itself, so the form is read again here.
    try:
        plan = _plan(ae, vae)
    except (ConfigError, CheckpointError):
        return  # the form says why in the button's place
    try:
        submit(plan)
    except CheckpointError as error:
        st.session_state["ended"] = Ended("failed", str(error))


def submit(plan: Plan) -> None:
    """Start the runs of a plan for this session; it is shown on this page what the first of them changes.

    Does nothing if one is already running or queued, for example after a double click. Where too many wait, it is said
    in the place of a result.
    """
    if trains():
        return
    try:
        if plan.seeds == 1:
            job = server.trainer().submit(plan.configs, owner=session())
        else:
            job = server.trainer().submit_series(plan.series, owner=session())[0]
    except QueueError as error:
        st.session_state["ended"] = Ended("failed", str(error))
        return
    before = plan.before if plan.reference is None else job.names[plan.reference]
    # What was compared before comes back if nothing is kept of this run.
    st.session_state.update(run=job.id, compared_before=st.session_state["before"], before=before)
    st.session_state.pop("ended", None)
    folding.begin()


def _say_what_it_is_compared_with(plan: Plan, vae: Checkpoint | None) -> None:
    if plan.reference is not None:
        st.caption(
            f":material/balance: A second VAE with β = {plan.configs[plan.reference].beta:g} trains alongside, with "
            "the same settings and budget, so that before and after differ in β alone."
        )
    elif plan.before and not plan.configs[0].start:
        config = plan.configs[0]
        every = config.model == MULTI_RATE or (vae is not None and vae.frozen_at is not None)
        said = f":material/balance: The result will be compared with {plan.before}{' at the same β' if every else ''}."
        if vae is not None and vae.frozen_at is not None and differences(config, vae.config, ignoring=_FREE):
            said += f" “{presets.COMPARED}” in All settings gives it the same training as {plan.before}."
        st.caption(said)


def trains() -> bool:
    """Tell whether this session has a run of its own that is running or queued."""
    job = server.trainer().find(st.session_state["run"])
    return job is not None and not job.ended and owns(job)
