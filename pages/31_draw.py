"""Draw: the user's own drawing or picture through both models, updated while it is drawn."""

import numpy as np
import streamlit as st

from vae.data.from_picture import FITTED, Prepared
from vae.data.to_picture import tile
from vae.explore.one_image import Encoded, encode, fit, more_unusual_than
from vae.models.feature_network import features
from vae.models.judge import probabilities
from vae.ui.components.drawing import canvas
from vae.ui.explore import nearest_codes, upload
from vae.ui.frame import page, pages
from vae.ui.shared import models, readings, server
from vae.ui.shared.models import Pair

DRAWS = 5
READ = 3  # classes that are named at most
LEAST_TOLD = 0.001  # probability from which a class is named; the likeliest class always is
SOURCES = ["draw", "upload a picture"]


def show(pair: Pair) -> None:
    """Draw the canvas or the upload, and beside and below it what both models make of the image."""
    if pair.vae.dataset.image_shape[0] > 1:
        st.info("These models read images in colour, and a drawing is grey: choose models of grey images to draw.")
        return
    source = st.segmented_control(
        "Image",
        SOURCES,
        default=SOURCES[0],
        required=True,
        key="draw_source",
        bind="query-params",
    )
    left, right = st.columns([1, 2], gap="large")
    with left:
        prepared = _canvas(pair) if source == SOURCES[0] else upload.show(pair.vae.dataset.image_shape)
    if prepared is None:
        with right:
            st.info(
                "Draw something with mouse, pen or finger, as large as you like: it is centred and scaled for you. "
                "What both models make of it appears here while you draw."
                if source == SOURCES[0]
                else "Choose a picture of one thing on a plain ground: a photograph of a digit on paper, for instance."
            )
        return
    found = [encode(trained.model, prepared.image) for trained in pair]
    with right:
        _pictures(pair, prepared, found)
        _reading(pair, prepared)
        _unusual(pair, prepared)
    nearest_codes.show(pair, found)


def _canvas(pair: Pair) -> Prepared | None:
    canvas.show()
    return canvas.drawn(pair.vae.dataset.image_shape)


def _pictures(pair: Pair, prepared: Prepared, found: list[Encoded]) -> None:
    rows = [(prepared.image[0].numpy(), "As the models see it")]
    for (word, trained), encoded in zip(pair.named(), found, strict=True):
        rows.append((encoded.reconstruction, f"{word}: {trained.name}, squared error {encoded.error:.4f}"))
    for column, (image, caption) in zip(st.columns(3), rows, strict=True):
        with column:
            st.image(tile(image[None], 1, scale=6), caption=caption, width="stretch", alt=caption)
    side = min(pair.vae.dataset.image_shape[1:])
    st.caption(
        f"Centred as MNIST was: fitted into {FITTED * side:.0f} of {side} pixels, its centre of mass in the middle. "
        "Squared error: mean per pixel value, range 0 to 1; the VAE's image is decoded from the posterior's mean."
    )


def _reading(pair: Pair, prepared: Prepared) -> None:
    dataset = pair.vae.dataset
    found = server.judge(dataset.name)
    if found is None:
        st.markdown(f"**Read as:** nothing. {readings.missing(dataset)}")
        return
    judge, accuracy = found
    chances = probabilities(judge, features(judge, prepared.image))[0]
    best = np.argsort(-chances)[:READ]
    told = [label for label in best if chances[label] >= LEAST_TOLD or label == best[0]]
    words = ", ".join(f"{dataset.class_names[label]} ({chances[label]:.1%})" for label in told)
    st.markdown(f"**Read as {dataset.class_names[best[0]]}**: {words}")
    st.caption(f"By a classifier independent of both models, {accuracy:.1%} right on test images, with probabilities.")


def _unusual(pair: Pair, prepared: Prepared) -> None:
    lines = []
    for word, trained in pair.named():
        fits = models.test_fits(trained, DRAWS)
        value = float(fit(trained.model, prepared.image, trained.checkpoint.config, DRAWS)[0])
        number = (
            f"ELBO {value:.1f} nats".replace("-", "−")
            if trained.deviations is not None
            else f"squared error {-value:.4f}"
        )
        share = more_unusual_than(value, fits)
        lines.append(f"- {word}: more unusual than **{share:.1%}** of {len(fits):,} test images ({number})")
    st.markdown("**How unusual**\n" + "\n".join(lines))
    st.caption(
        f"Among random test images, by the VAE's ELBO, the mean of {DRAWS} draws of z an image, and by the AE's "
        "squared error per pixel value, for it has no ELBO. Two measures: do not compare one share with the other."
    )


page.begin(
    pages.DRAW,
    "Your own drawing through both models: what comes back, where it lands among the test images, how unusual it is.",
)
st.fragment(show)(page.pair())
