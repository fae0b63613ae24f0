"""The Retrain form, the run that is going, and what happens when it has finished."""

import math
import secrets

import pandas as pd
import streamlit as st

from vae.data.datasets import TITLES
from vae.figures import maps as figures
from vae.jobs.trainer import Job, Run
from vae.models.autoencoders import BODIES
from vae.models.objectives import LIKELIHOODS
from vae.storage.checkpoints import Checkpoint
from vae.training.config import ConfigError, TrainConfig, recommended
from vae.ui.frame import address
from vae.ui.shared import models

# Twelve steps a decade, even enough on a logarithm, through the round values that people name.
_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0)
BETAS = [0.0] + [round(step * 10**power, 4) for power in (-2, -1, 0) for step in _STEPS] + [10.0, 12.0, 15.0, 20.0]
LIKELIHOOD_NAMES = {
    "bernoulli": "Bernoulli (cross-entropy)",
    "gaussian": "Gaussian, σ = 0.5",
    "optimal-gaussian": "Gaussian, optimal σ",
}
_BODY_NAMES = {"mlp": "MLP", "conv": "Convolutional"}
_BUDGETS = {"seconds": 10, "epochs": 5}
POLL_SECONDS = 0.5
ESTIMATE_SECONDS = 3.0


def read_beta(beta: float) -> str:
    """What the field says of a value of β."""
    if beta == 0:
        return "**No KL.** Posteriors shrink to points wherever they like: an autoencoder, with noise at first."
    if beta < 0.3:
        return "**Almost an autoencoder.** Sharp reconstructions; codes stray from the prior, so samples suffer."
    if beta < 1:
        return "**More reconstruction than the ELBO asks.** The usual choice for sharper pictures."
    if beta == 1:
        return "**The ELBO.** A lower bound on log p(x), the VAE of Kingma & Welling."
    if beta <= 4:
        return "**A β-VAE** (Higgins et al. 2017). Fewer nats in the code, smoother and blurrier pictures."
    return "**Strong pressure.** Dimensions fall silent one by one; in the end every code is the prior (collapse)."


def follow_chosen() -> None:
    """Let the form's latent size follow the VAE that was just chosen."""
    sound, _ = models.checkpoints()
    for checkpoint in sound:
        if checkpoint.name == st.session_state.get("vae"):
            st.session_state["latent"] = checkpoint.config.latent_dim


def nearest_beta(beta: float) -> float:
    """The slider's value next to β on a logarithm, on which 0 is next to nothing but itself."""
    if beta <= 0:
        return 0.0
    return min(BETAS[1:], key=lambda step: abs(math.log(step / beta)))


def fill_beta(beta: float, likelihood: str) -> None:
    """Put a β, as near as the slider can say it, and a likelihood into the form."""
    st.session_state.update(beta=nearest_beta(beta), likelihood=likelihood)


def fill_form(checkpoint: Checkpoint) -> None:
    """Put a checkpoint's settings into the form, β and steps as near as it can say them."""
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
    """The form. It is a fragment: moving β draws its own part of the sidebar again and nothing else.

    Args:
        followed: the id of the session's job when the page was drawn, "" for none.
    """
    if st.session_state["run"] != followed:
        st.rerun()  # the whole page: the run is followed outside this fragment
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


def _configs(ae: Checkpoint | None, vae: Checkpoint | None) -> list[TrainConfig]:
    """The form as configs: the VAE's, and the AE's that shares all but the idea.

    Raises:
        ConfigError: for a model too large, or a value that no model can have.
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
    # What was typed last may arrive with the click itself: the form is read again, not taken from its last drawing.
    try:
        configs = _configs(ae, vae)
    except ConfigError:
        return  # the form says why in the button's place
    submit(configs, before=vae.name if vae else "")


def submit(configs: list[TrainConfig], *, before: str = "") -> None:
    """Train for this session, unless it trains already, as a second click before the button is drawn dead would.

    Args:
        before: the VAE to compare the first run with.
    """
    if trains():
        return
    st.session_state.update(run=models.trainer().submit(configs, owner=session()).id, before=before)
    st.session_state.pop("ended", None)


def trains() -> bool:
    """Whether a run of this session goes or waits."""
    job = models.trainer().find(st.session_state["run"])
    return job is not None and not job.ended


def session() -> str:
    """What tells this session from the others that share the trainer."""
    return st.session_state.setdefault("session", secrets.token_hex(8))


def _show_estimate(configs: list[TrainConfig]) -> None:
    """The budget in the other unit, as this device would spend it; asked for again until the worker has measured."""
    unknown = models.trainer().known_speed(configs) is None
    st.fragment(_estimate, run_every=ESTIMATE_SECONDS if unknown else None)(configs, unknown, [])


def _estimate(configs: list[TrainConfig], unknown: bool, drawn: list[bool]) -> None:
    trainer, config = models.trainer(), configs[0]
    # The worker starts at the second drawing: its imports would hold up the page that is being drawn for the first.
    speed = trainer.images_per_second(configs) if drawn or not unknown else None
    drawn.append(True)
    where = f"on {trainer.device.upper()}" if trainer.device else "here"
    what = f"{TITLES[config.dataset]}, hidden {'-'.join(map(str, config.hidden))}, {where}"
    if speed is None:
        st.caption(f"{what}; the time it takes is being measured…")
        return
    if unknown:
        st.rerun()  # which also ends the polling
    images = models.dataset(config.dataset).train_size
    how = "both at once" if trainer.together else "one after the other"
    runs = f" for each of the {len(configs)}, {how}" if len(configs) > 1 else ""
    what += f"; β rises from 0 over the first {config.beta_warmup:.0%}" if config.beta_warmup and config.beta else ""
    if config.seconds is not None:
        st.caption(f"≈ {config.seconds * speed / images:.1f} epochs{runs} ({what}).")
    else:
        st.caption(f"≈ {max(1, round((config.epochs or 0) * images / speed))} s{runs} ({what}).")


def adopt_finished() -> None:
    """Compare the models of this session's run once it has ended; called before the widgets that choose them."""
    job = models.trainer().find(st.session_state["run"])
    if job is None or not job.ended:
        return
    st.session_state["run"] = ""
    st.session_state["ended"] = (job.state, job.error, job.seconds)
    for run in job.runs:
        if run.history:
            st.session_state[run.config.model] = run.name
    if job.names[0] not in job.finished_names:
        st.session_state["before"] = ""


def show_status() -> None:
    """The run that is going, this session's place in the queue, and how its last run ended."""
    _show_ended()
    trainer = models.trainer()
    own = trainer.find(st.session_state["run"])
    if trainer.job is not None or own is not None:
        st.fragment(_follow, run_every=POLL_SECONDS)(own, trainer.job)


def _show_ended() -> None:
    state, error, seconds = st.session_state.get("ended", ("", "", 0.0))
    if state == "failed":
        st.error(error)
    elif state == "cancelled":
        st.info("Cancelled. The last full epoch, if there was one, is kept.")
    elif state == "done":
        st.success(f"Retrained in {seconds:.1f} s.")


def _follow(own: Job | None, seen: Job | None) -> None:
    """Progress of the run that is going, drawn again twice a second until another one goes or this session's ends."""
    trainer = models.trainer()
    job = trainer.job
    if job is not seen or (own is not None and own.ended):
        st.rerun()
    st.subheader("Training")
    if job is not None:
        with st.container(key="run_status"):
            for run in job.runs:
                _show_progress(run)
    if own is not job and job is not None:
        st.caption(f"Another session's run ({job.names[0]}).")
    if own is not None:
        if own.state == "queued":
            ahead = trainer.ahead(own)
            st.info(f"Yours ({own.names[0]}) begins after {'this one' if ahead == 1 else f'{ahead} others'}.")
        st.button(
            "Cancel",
            key="cancel",
            width="stretch",
            icon=":material/stop_circle:",
            on_click=trainer.cancel,
            args=(own,),
        )


def _show_progress(run: Run) -> None:
    left = run.seconds_left()
    words = f"{run.progress:.0%}" if run.phase == "training" else run.phase
    if left is not None:
        words += f", {left:.0f} s left"
    st.progress(min(1.0, run.progress), text=f"{run.name}: {words}")
    if run.history:
        last = run.history[-1]
        kl = "" if run.config.model == "ae" else f", KL {last['test_kl']:.1f}"
        st.caption(
            f"Epoch {last['epoch']:g}: test reconstruction {last['test_reconstruction']:.1f}{kl} nats; "
            f"{last['images_per_second']:,.0f} images/s"
        )
        st.plotly_chart(
            figures.progress_curve(pd.DataFrame(run.history)), key=f"curve_{run.name}", config={"displayModeBar": False}
        )
    if run.samples is not None:
        picture = figures.tile(run.samples, columns=8, scale=2)
        what = "one z, drawn anew every epoch" if run.config.model == "classifier-vae" else "the same z, every epoch"
        st.image(picture, caption=f"Decodes of {what}", width="stretch")
