"""One slider over every β of one multi-rate VAE: what it shows is sent once, and then it needs no server."""

from pathlib import Path

import streamlit as st

from vae.beta.against_ladder import Gap, gaps
from vae.beta.curve import BETAS, HIGHEST, Curve, measure_curve
from vae.beta.curves import CurveTask, cache_path
from vae.beta.forecast import Forecast, forecast
from vae.beta.ladder import Ladder
from vae.figures.forecast import inactive
from vae.models.dimensions import ACTIVE_KL, kl_by_dimension
from vae.storage.checkpoints import Checkpoint
from vae.ui.beta import every_beta_message
from vae.ui.beta.rungs import Look
from vae.ui.components.component import component
from vae.ui.shared import charts, server
from vae.ui.shared.models import Trained, drawn, every_beta, kept, trained
from vae.ui.shared.terms import explained

KEY = "every_beta"
POLL_SECONDS = 0.5
_component = component(KEY)


def show(run: Checkpoint, ladder: Ladder | None, look: Look) -> Curve | None:
    """Draw the slider, or the progress of the measurement that it needs; return the curve once that is measured.

    Args:
        ladder: whose runs are drawn beside the model's curve.

    Raises:
        CheckpointError, DatasetError, OSError: when the model cannot be loaded.
    """
    found = trained(run)
    task = _task(found)
    with st.container(key="every_place"):
        if task.curve is not None:
            _component(key=KEY, data=_message(found, look, _beside(task.curve, ladder), task.curve))
            st.caption(explained(_trained_how(run, ladder)))
        elif task.error:
            st.error(f"{run.name} could not be measured at every β: {task.error}")
            st.button("Measure it again", key="curve_again", icon=":material/refresh:", on_click=_again, args=(found,))
        else:
            st.fragment(_progress, run_every=POLL_SECONDS)(task, run.name)
    return task.curve


def show_forecast(run: Checkpoint, ladder: Ladder | None, curve: Curve) -> None:
    """Draw how many latent dimensions are inactive at each β: expected by linear theory, and measured.

    Raises:
        CheckpointError, DatasetError, OSError: when one of the ladder's runs cannot be loaded.
    """
    st.subheader("How many latent dimensions are inactive?")
    _inactive(run, ladder, curve.betas.tolist(), (curve.kl < ACTIVE_KL).sum(1).tolist())
    st.caption(explained("The dashed line is theory for a linear decoder, and these decoders are not linear."))
    with st.expander("How the theory forecasts this"):
        st.caption(
            explained(
                "A linear VAE keeps one latent dimension for each principal component of the training images whose "
                "variance λ is larger than β times the decoder's variance σ², and its KL is then ½ ln(λ / (βσ²)) nats "
                "(Lucas et al. 2019). For a Bernoulli decoder every pixel is first divided by its standard deviation "
                "√(m(1 − m)), where m is the average image, and σ² is 1. A decoder that is not linear may find more in "
                "the images than their principal components: its bars are then higher than their ticks. A VAE may also "
                "have fewer active dimensions than the theory, where its training missed the optimum. A dimension "
                f"is counted as inactive where its mean KL over all test images is below {ACTIVE_KL:g} nats."
            )
        )


def _task(found: Trained) -> CurveTask:
    model, config = every_beta(found), found.checkpoint.config
    return server.curves().request(_path(found), lambda report: measure_curve(model, found.dataset, config, report))


@kept(max_entries=32)
def _path(found: Trained) -> Path:
    config = found.checkpoint.config
    data = f"{found.checkpoint.data_fingerprint} {config.likelihood} {config.binarised}"
    return cache_path(every_beta(found), data)


def _again(found: Trained) -> None:
    server.curves().forget(_path(found))


def _progress(task: CurveTask, name: str) -> None:
    if not task.running:
        st.rerun()
    words = f"Measuring {name} at {len(BETAS)} values of β on all test images, once for this model: {task.progress:.0%}"
    st.progress(task.progress, text=words)


def _beside(curve: Curve, ladder: Ladder | None) -> tuple[Gap, ...]:
    return tuple(gaps(curve, ladder)) if ladder is not None else ()


@kept(max_entries=8, show_spinner="Encoding at 32 values of β…")
def _codes(found: Trained, points: int, _curve: Curve) -> every_beta_message.Codes:
    return every_beta_message.codes_on_a_plane(every_beta(found), found.dataset, _curve, points)


@kept(max_entries=16)
def _forecast(found: Trained) -> Forecast:
    return forecast(found.dataset, found.checkpoint.config, float(found.model.sigma))


@kept(max_entries=8)
def _message(found: Trained, look: Look, beside: tuple[Gap, ...], _curve: Curve) -> bytes:
    model, name = every_beta(found), found.checkpoint.name
    codes, expected = _codes(found, look.points, _curve), _forecast(found)
    return every_beta_message.message(model, found.dataset, look, _curve, codes, expected, beside, of=name)


def _trained_how(run: Checkpoint, ladder: Ladder | None) -> str:
    own = f"This model was trained once, for {run.epochs_done:.3g} epochs, with one seed."
    if ladder is None:
        return own
    seeds = "one seed" if len(ladder.seeds) == 1 else f"{len(ladder.seeds)} seeds"
    epochs = f"{ladder.rungs[0].epochs_done:.3g} epochs"
    return f"{own} The ladder's {len(ladder.rungs)} VAEs were trained for {epochs} each, with {seeds}."


@kept(max_entries=64)
def _of_rung(rung: Checkpoint) -> tuple[float, int]:
    """Return a run's β and how many of its latent dimensions are inactive by their KL."""
    found = trained(rung)
    assert found.deviations is not None
    return rung.config.beta, int((kl_by_dimension(found.codes, found.deviations) < ACTIVE_KL).sum())


@drawn()
def _inactive(run: Checkpoint, ladder: Ladder | None, betas: list[float], measured: list[int]) -> None:
    expected = _forecast(trained(run))
    runs = [_of_rung(rung) for rung in ladder.runs if rung.config.beta <= HIGHEST] if ladder is not None else []
    figure = inactive(betas, [expected.inactive(beta) for beta in betas], measured, run.config.latent_dim, runs)
    charts.show(figure, "inactive", "How many latent dimensions are inactive at each β, expected and measured")
