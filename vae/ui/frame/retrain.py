"""The Retrain form in the sidebar, and how it starts a run."""

import secrets

import streamlit as st

from vae.data.datasets import TITLES
from vae.models.bodies import BODIES
from vae.models.objectives import LIKELIHOODS
from vae.storage.checkpoints import Checkpoint
from vae.training.config import ConfigError, TrainConfig
from vae.training.recipe import recommended
from vae.ui.frame import address
from vae.ui.frame.beta_scale import BETAS, LIKELIHOOD_NAMES, nearest_beta, read_beta
from vae.ui.shared import server

_BODY_NAMES = {"mlp": "MLP", "conv": "Convolutional"}
_BUDGETS = {"seconds": 10, "epochs": 5}
POLL_SECONDS = 0.5
ESTIMATE_SECONDS = 3.0


def follow_chosen() -> None:
    """Set the form's latent size to that of the chosen VAE."""
    sound, _ = server.checkpoints()
    for checkpoint in sound:
        if checkpoint.name == st.session_state.get("vae"):
            st.session_state["latent"] = checkpoint.config.latent_dim


def fill_beta(beta: float, likelihood: str) -> None:
    """Put a likelihood and the slider's value nearest to a β into the form."""
    st.session_state.update(beta=nearest_beta(beta), likelihood=likelihood)


def fill_form(checkpoint: Checkpoint) -> None:
    """Put a checkpoint's settings into the form, with β and the budget rounded to values that it offers."""
    config = checkpoint.config
    budget = ("seconds", round(config.seconds)) if config.seconds else ("epochs", max(1, round(checkpoint.epochs_done)))
    st.session_state.update(
        beta=nearest_beta(config.beta),
        latent=config.latent_dim,
        body=config.body,
        likelihood=config.likelihood,
        seed=config.seed,
        input_noise=config.input_noise,
        budget=budget[0],
        ae_too=config.model == "ae",
    )
    st.session_state[budget[0]] = budget[1]


@st.fragment
def show_form(ae: Checkpoint | None, vae: Checkpoint | None, page: str, followed: str) -> None:
    """Draw the form. It is a fragment, so that moving β redraws this part of the sidebar and nothing else.

    Args:
        followed: the id of the session's job when the page was drawn, "" for none.
    """
    if st.session_state["run"] != followed:
        st.rerun()  # the whole page: the run's progress is drawn outside this fragment
    _main_settings(vae)
    _folded_settings()
    address.keep(page)
    try:
        configs = _configs(ae, vae)
    except ConfigError as error:
        st.error(str(error))
        return
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
    if ae is not None and len(configs) == 1 and ae.config.latent_dim != configs[0].latent_dim:
        st.caption(
            f":material/balance: The compared AE has {ae.config.latent_dim} latent dimensions; switch on **AE too** "
            f"for a pair of {configs[0].latent_dim}."
        )


def _main_settings(vae: Checkpoint | None) -> None:
    """Draw the settings that are always in sight: β, latent size, budget, and whether an AE trains too."""
    st.select_slider(
        "β, the weight of the KL",
        BETAS,
        value=1.0,
        key="beta",
        format_func=lambda beta: f"{beta:g}",
        help="The objective is reconstruction + β · KL, both in nats per image, so that β = 1 is the ELBO.",
        bind="query-params",
    )
    st.caption(read_beta(st.session_state["beta"]))
    st.number_input("Latent size", 1, 128, value=vae.config.latent_dim if vae else 2, key="latent", bind="query-params")
    kind = st.segmented_control(
        "Budget", list(_BUDGETS), default="seconds", required=True, key="budget", bind="query-params"
    )
    if kind == "seconds":
        st.number_input("Seconds", 1, 3600, value=_BUDGETS["seconds"], key="seconds", bind="query-params")
    else:
        st.number_input("Epochs", 1, 1000, value=_BUDGETS["epochs"], key="epochs", bind="query-params")
    st.toggle(
        "AE too",
        key="ae_too",
        help="Train the autoencoder as well, with the same body, seed, order of images and number of steps.",
        bind="query-params",
    )


def _folded_settings() -> None:
    """Draw the settings that unfold: body, likelihood, seed and noise."""
    with st.expander("Body, likelihood, seed, noise"):
        st.selectbox("Body", BODIES, key="body", format_func=_BODY_NAMES.__getitem__, bind="query-params")
        st.selectbox(
            "Likelihood", LIKELIHOODS, key="likelihood", format_func=LIKELIHOOD_NAMES.__getitem__, bind="query-params"
        )
        st.number_input("Seed", 0, 2**31 - 1, value=0, key="seed", bind="query-params")
        st.number_input(
            "Noise on the input, σ",
            0.0,
            2.0,
            step=0.1,
            key="input_noise",
            help="A denoising model (Vincent et al. 2008): Gaussian noise of this σ, in units of the pixel range, is "
            "added to what the encoder sees, clipped to black and white, and the loss asks for the clean image. "
            "0: none.",
            bind="query-params",
        )


def _configs(ae: Checkpoint | None, vae: Checkpoint | None) -> list[TrainConfig]:
    """Return the form's settings as configs: the VAE's and, if asked for, an AE's that differs only in model and β.

    Raises:
        ConfigError: if the model is too large, or if no model can have one of the values.
    """
    state = st.session_state
    kind = state["budget"]
    budget = {kind: state.get(kind, _BUDGETS[kind])}
    compared = vae or ae
    settings = {
        "dataset": compared.config.dataset if compared else "mnist",
        "latent_dim": state["latent"],
        "body": state["body"],
        "likelihood": state["likelihood"],
        "seed": state["seed"],
        "input_noise": state["input_noise"],
    }
    settings |= recommended(state["latent"], state["body"], **budget) | budget
    configs = [TrainConfig(model="vae", beta=state["beta"], **settings)]
    if state["ae_too"]:
        configs.append(TrainConfig(model="ae", **settings))
    return configs


def _submit(ae: Checkpoint | None, vae: Checkpoint | None) -> None:
    # The last value typed may arrive with the click itself, so the form is read again here.
    try:
        configs = _configs(ae, vae)
    except ConfigError:
        return  # the form says why in the button's place
    submit(configs, before=vae.name if vae else "")


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
