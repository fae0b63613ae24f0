"""The cost of the KL: the same images reconstructed at several β, and the chart of rate and distortion."""

import numpy as np
import streamlit as st

from vae.beta.ladder import Ladder, Rung
from vae.figures.beta import Curve, RunPoint, rate_distortion
from vae.figures.images import image_rows
from vae.ui.beta.rungs import decoded_rungs
from vae.ui.shared import charts, server
from vae.ui.shared.models import LOAD_ERRORS, drawn
from vae.ui.shared.plain import plain
from vae.ui.tour import prediction, shipped
from vae.ui.tour.kl import LOOK

SCENE = "cost"
OUTCOMES = ("They get better", "They stay alike", "They get worse")
SHOWN = (0.0, 1.0, 4.0, 16.0)  # the β of the rows of images
IMAGES = 6
EDGE = 1.2  # how far the chart's view reaches beyond the last label, which is large where the page is presented
SAME = 0.02  # share of the reconstruction loss that a change must exceed


def show() -> None:
    """Draw the prediction and, once something is predicted, the images and the chart."""
    ladder = shipped.ladder()
    question = f"β grows from {ladder.betas[0]:g} to {ladder.betas[-1]:g}. What becomes of the reconstructions?"
    chosen = prediction.ask(SCENE, question, OUTCOMES)
    if chosen is None:
        _originals(ladder)
        return
    losses = [loss for rung in ladder.rungs if (loss := rung.metric("test_reconstruction")) is not None]
    prediction.reveal(OUTCOMES, chosen, happened(losses), _why(losses))
    try:
        rungs = decoded_rungs(ladder, LOOK)
    except LOAD_ERRORS as error:
        st.error(plain(str(error)))
        return
    _picture(ladder, rungs)


def happened(losses: list[float]) -> int | None:
    """Return which outcome reconstruction losses by rising β amount to; None if it is none of them."""
    if not losses:
        return None
    if abs(losses[-1] - losses[0]) <= SAME * losses[0]:
        return 1
    steps = np.diff(losses)
    return 2 if (steps > 0).all() else 0 if (steps < 0).all() else None


def _why(losses: list[float]) -> str:
    if not losses:
        return ""
    return (
        f"The reconstruction loss grows from {losses[0]:.0f} to {losses[-1]:.0f} nats per image. The larger β is, "
        "the less a code keeps about its image, and the decoder cannot draw what the code does not keep."
    )


def _originals(ladder: Ladder) -> None:
    images = server.dataset(ladder.config.dataset).test_images[:IMAGES].numpy()
    charts.show(image_rows({"Images": images}, {}, side=150), "tour_originals", "Six test images", fill="tall")


@drawn()
def _picture(ladder: Ladder, _rungs: list[Rung]) -> None:
    dataset = server.dataset(ladder.config.dataset)
    rows = {"Images": dataset.test_images[:IMAGES].numpy()}
    rows |= {f"β {rung.beta:g}": rung.reconstructions[:IMAGES] for rung in _rungs if rung.beta in SHOWN}
    left, right = st.columns(2, gap="medium")
    with left:
        words = "Test images over their reconstructions by VAEs of rising β"
        charts.show(image_rows(rows, {}), "tour_rows", words, fill="tall")
    with right:
        points = [
            RunPoint(run.name, run.config.beta, rate, distortion)
            for run in ladder.rungs
            if (rate := run.metric("test_kl")) is not None
            and (distortion := run.metric("test_reconstruction")) is not None
        ]
        furthest = max((point.rate for point in points if point.beta > 0), default=None)
        figure = rate_distortion(
            [Curve(ladder.label, points)],
            [],
            [],
            "distortion: reconstruction loss, nats per image",
            tangent=False,
            limit=furthest,
        )
        if furthest is not None:
            figure.update_xaxes(range=[-0.03 * furthest, EDGE * furthest])
        size = ladder.config.latent_dim
        figure.update_layout(title=f"Rate and distortion: a point is a {size}-D VAE", showlegend=False, margin_t=40)
        charts.show(figure, "tour_curve", "Rate against distortion of VAEs that differ in β alone", fill="tall")
