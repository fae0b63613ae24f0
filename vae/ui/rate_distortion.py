"""Every run on the plane of rate and distortion: what β trades, and where the ELBO's optimum lies."""

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from vae import beta_figures
from vae.beta_figures import Curve, RunPoint
from vae.checkpoints import Checkpoint, CheckpointError
from vae.data import DatasetError
from vae.ladder import Ladder, comparable
from vae.ui import resources

AXES = {"nats": "distortion: reconstruction, nats per image", "MSE": "distortion: squared error per pixel value"}


def show(chosen: Ladder, same: list[Ladder], sound: list[Checkpoint]) -> None:
    """The chosen ladder, those that can be compared with it, and every other run, by rate and distortion."""
    st.subheader("Rate and distortion")
    unit = st.segmented_control(
        "Distortion in", list(AXES), default="nats", required=True, key="distortion", bind="query-params"
    )
    grey = chosen.config.likelihood == "bernoulli" and not chosen.config.binarised
    curves = [Curve(ladder.label, _points(ladder.rungs, unit)) for ladder in same]
    in_curves = {rung.name for ladder in same for rung in ladder.rungs}
    others, optimal = [], []
    for run in sound:
        if (
            run.model != "vae"
            or not run.finished
            or run.data_fingerprint != chosen.rungs[0].data_fingerprint
            or run.name in in_curves
        ):
            continue
        if run.config.likelihood == "optimal-gaussian":
            optimal.append(run)
        elif unit == "MSE" or comparable(run, chosen.rungs[0]):
            others.append(run)
    rates = [point.rate for curve in curves for point in curve.points if point.beta > 0]
    figure = beta_figures.rate_distortion(
        curves,
        _points(others, unit),
        _points(optimal, "MSE") if unit == "MSE" else _cross_entropies(optimal) if grey else [],
        AXES[unit],
        tangent=unit == "nats",
        limit=max(rates, default=None),
    )
    st.plotly_chart(
        figure, key="rate_distortion", config={"displaylogo": False}, alt="Rate against distortion of every run"
    )
    hidden = [p for curve in curves for p in curve.points if rates and p.rate > max(rates)]
    beyond = "; ".join(f"{p.name} at a rate of {p.rate:,.0f} and a distortion of {p.distortion:.4g}" for p in hidden)
    st.caption(
        "Every finished VAE of this data set, over all test images with one draw of z each (squared error: decoded "
        "from the posterior's mean). "
        + (
            "On the dotted line −ELBO = rate + distortion is that of the best run: every β asks for the point of its "
            "curve with slope −β, and β = 1 for the slope of that line. The nats of a run with the optimal σ are the "
            "cross-entropy of what it decodes, which it was not trained for. "
            if unit == "nats"
            else "On this axis runs of every likelihood can be compared. A run with the optimal σ (Rybkin et al. 2021) "
            "finds the balance of its squared error and its KL without a β. "
        )
        + (f"Beyond the right edge: {beyond}; a double click shows all." if beyond else "")
    )


def _points(runs: Sequence[Checkpoint], unit: str) -> list[RunPoint]:
    """Runs by rate and distortion, without those that were never measured."""
    key = "mse" if unit == "MSE" else "test_reconstruction"
    places = [(run, run.metric("test_kl"), run.metric(key)) for run in runs]
    return [RunPoint(run.name, run.config.beta, x, y) for run, x, y in places if x is not None and y is not None]


def _cross_entropies(runs: Sequence[Checkpoint]) -> list[RunPoint]:
    """Runs of another likelihood by the cross-entropy of what they decode, without those that cannot be loaded."""
    found = []
    for run in runs:
        rate = run.metric("test_kl")
        with suppress(CheckpointError, DatasetError, OSError):
            if rate is not None:
                found.append(RunPoint(run.name, run.config.beta, rate, resources.cross_entropy(run)))
    return found
