"""Every run on the plane of rate and distortion: what β trades, and where −ELBO is lowest."""

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from vae.beta.ladder import Ladder, comparable
from vae.figures import beta as beta_figures
from vae.figures.beta import Curve, RunPoint
from vae.storage.checkpoints import Checkpoint
from vae.ui.beta.rungs import cross_entropy
from vae.ui.shared import charts
from vae.ui.shared.models import LOAD_ERRORS, drawn
from vae.ui.shared.terms import definition, explained

AXES = {"nats": "distortion: reconstruction loss, nats per image", "MSE": "distortion: squared error per pixel"}
EXPLANATIONS = {
    "nats": "On the dotted line, rate + distortion = −ELBO is that of the best model. Every β asks for the point at "
    "which the slope of its curve is −β, and β = 1 asks for the slope of that line. The nats of a model with the "
    "optimal σ are the cross-entropy of what it decodes, for which it was not trained.",
    "MSE": "On this axis models of every likelihood can be compared. A model with the optimal σ (Rybkin et al. 2021) "
    "finds the balance of its squared error and its KL without a β.",
}


def show(chosen: Ladder, same: list[Ladder], sound: list[Checkpoint]) -> None:
    """Draw the chosen ladder, the ladders that can be compared with it, and all other runs, by rate and distortion."""
    st.subheader("Rate and distortion of every VAE")
    unit = st.segmented_control(
        "Distortion in",
        list(AXES),
        default="nats",
        required=True,
        key="distortion",
        bind="query-params",
        help=definition("rate and distortion"),
    )
    _curves(chosen, same, unit, sound)


@drawn()
def _curves(chosen: Ladder, same: list[Ladder], unit: str, sound: list[Checkpoint]) -> None:
    curves = [Curve(ladder.label, _points(ladder.rungs, unit)) for ladder in same]
    others, optimal = _elsewhere(chosen.rungs[0], {rung.name for ladder in same for rung in ladder.rungs}, unit, sound)
    rates = [point.rate for curve in curves for point in curve.points if point.beta > 0]
    figure = beta_figures.rate_distortion(
        curves, others, optimal, AXES[unit], tangent=unit == "nats", limit=max(rates, default=None)
    )
    charts.show(figure, "rate_distortion", "Rate against distortion of every VAE", tools=True)
    beyond = [p for curve in curves for p in curve.points if rates and p.rate > max(rates)]
    words = "; ".join(f"{p.name} has a rate of {p.rate:,.0f} and a distortion of {p.distortion:.4g}" for p in beyond)
    st.caption(
        "Every mark is a VAE. The further left it stands, the fewer nats its code keeps about an image; the further "
        "down, the better it reconstructs. No β wins on both."
    )
    with st.expander("How to read this chart"):
        st.caption(
            explained(
                "The chart shows every finished VAE of this data set, measured on all test images with one draw of z "
                "each (for the squared error, decoded from the posterior mean). "
                + EXPLANATIONS[unit]
                + (f" Not everything fits: {words}. A double click on the chart shows all." if beyond else "")
            )
        )


def _elsewhere(
    like: Checkpoint, shown: set[str], unit: str, sound: Sequence[Checkpoint]
) -> tuple[list[RunPoint], list[RunPoint]]:
    """Return the runs of the same data that no curve shows: those on the same axis, and those with an optimal σ."""
    runs = [
        run
        for run in sound
        if run.model == "vae"
        and run.finished
        and run.name not in shown
        and run.data_fingerprint == like.data_fingerprint
    ]
    optimal = [run for run in runs if run.config.likelihood == "optimal-gaussian"]
    others = [run for run in runs if run not in optimal and (unit == "MSE" or comparable(run, like))]
    if unit == "MSE":
        return _points(others, unit), _points(optimal, unit)
    grey = like.config.likelihood == "bernoulli" and not like.config.binarised
    return _points(others, unit), _cross_entropies(optimal) if grey else []


def _points(runs: Sequence[Checkpoint], unit: str) -> list[RunPoint]:
    """Return runs as points of rate and distortion, without those that were never measured."""
    key = "mse" if unit == "MSE" else "test_reconstruction"
    places = [(run, run.metric("test_kl"), run.metric(key)) for run in runs]
    return [RunPoint(run.name, run.config.beta, x, y) for run, x, y in places if x is not None and y is not None]


def _cross_entropies(runs: Sequence[Checkpoint]) -> list[RunPoint]:
    """Return runs as points of rate and cross-entropy of their decodes, without those that cannot be loaded."""
    found = []
    for run in runs:
        rate = run.metric("test_kl")
        with suppress(*LOAD_ERRORS):
            if rate is not None:
                found.append(RunPoint(run.name, run.config.beta, rate, cross_entropy(run)))
    return found
