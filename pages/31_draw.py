"""Draw: the user's own drawing or picture through both models, updated while it is drawn."""

import numpy as np
import streamlit as st

from vae.data.from_picture import FITTED, Prepared
from vae.explore.one_image import Encoded, encode, fit, more_unusual_than
from vae.figures.images import image_rows
from vae.models.feature_network import features
from vae.models.judge import probabilities
from vae.ui.components.drawing import canvas
from vae.ui.explore import nearest_codes, upload
from vae.ui.frame import page, pages
from vae.ui.shared import figure_first, models, picture_rows, presenting, readings, server
from vae.ui.shared.models import Pair
from vae.ui.shared.terms import explained

DRAWS = 5
READ = 3  # classes that are named at most
LEAST_TOLD = 0.001  # probability from which a class is named; the likeliest class always is
SOURCES = ["draw", "upload a picture"]
SIDE = 104  # pixels of a picture


def show(pair: Pair) -> None:
    """Draw the canvas or the upload, and beside and below it what both models make of the image."""
    if pair.vae.dataset.image_shape[0] > 1:
        st.info("These models read images in colour, and a drawing is grey. Choose models of grey images to draw.")
        return
    left, right = st.columns([1, 2], gap="large")
    with left:
        place = st.container()
        source = st.segmented_control(
            "Image",
            SOURCES,
            default=SOURCES[0],
            required=True,
            key="draw_source",
            bind="query-params",
        )
        with place:
            prepared = _canvas(pair) if source == SOURCES[0] else upload.show(pair.vae.dataset.image_shape)
    if prepared is None:
        with right:
            st.info(
                "Draw something with the mouse, a pen or a finger, as large as you like. It is centred and scaled "
                "for you. What both models make of it appears here while you draw."
                if source == SOURCES[0]
                else "Choose a picture of one thing on a plain ground, such as a photograph of a digit on paper."
            )
        return
    found = [encode(trained.model, prepared.image) for trained in pair]
    near = nearest_codes.nearest(pair, found)
    with right:
        _pictures(pair, prepared, found)
        _reading(pair, prepared)
        nearest_codes.maps(pair, found, near)
    nearest_codes.images(pair, near)
    _unusual(pair, prepared)
    _more(pair)


def _more(pair: Pair) -> None:
    side = min(pair.vae.dataset.image_shape[1:])
    figure_first.more(
        "Draw slowly: the star moves while the image changes. In the VAE's map it moves among codes. In the AE's it "
        "may cross gaps, where the reconstruction is of nothing.",
        f"The drawing is prepared as MNIST was: it is fitted into {FITTED * side:.0f} of {side} pixels with its "
        "centre of mass in the middle. The VAE's image is decoded from the posterior's mean.",
        readings.about(pair.vae.dataset),
        label="More to look for, and how your image is prepared",
    )


def _canvas(pair: Pair) -> Prepared | None:
    canvas.show()
    return canvas.drawn(pair.vae.dataset.image_shape)


def _pictures(pair: Pair, prepared: Prepared, found: list[Encoded]) -> None:
    # On a presented page letters are large, and lines below pictures short.
    seen, error = ("your image", "error") if presenting.active() else ("what the models see", "squared error")
    images, words = [prepared.image[0].numpy()], [seen]
    for (word, _), encoded in zip(pair.named(), found, strict=True):
        images.append(encoded.reconstruction)
        words.append(f"{word} · {error} {encoded.error:.4f}")
    picture_rows.show(
        image_rows({"": np.stack(images)}, {"": words}, side=SIDE),
        "draw_pictures",
        "Your image as the models see it, and the reconstructions of the AE and the VAE",
    )


def _reading(pair: Pair, prepared: Prepared) -> None:
    dataset = pair.vae.dataset
    found = server.judge(dataset.name)
    if found is None:
        st.markdown(readings.missing(dataset))
        return
    judge, _ = found
    chances = probabilities(judge, features(judge, prepared.image))[0]
    best, *others = np.argsort(-chances)[:READ].tolist()
    told = [label for label in others if chances[label] >= LEAST_TOLD]
    # 100 % would be a certainty that no softmax has.
    names = [f"{dataset.class_names[label]} ({min(100 * chances[label], 99.9):.1f} %)" for label in (best, *told)]
    then = f", then {' or '.join(names[1:])}" if told else ""
    st.markdown(explained(f"The judge reads **{names[0]}**{then}."))


def _unusual(pair: Pair, prepared: Prepared) -> None:
    st.subheader("How unusual is it?")
    lines = []
    for word, trained in pair.named():
        fits = models.test_fits(trained, DRAWS)
        value = float(fit(trained.model, prepared.image, trained.checkpoint.config, DRAWS)[0])
        share = f"**{more_unusual_than(value, fits):.1%}** of {len(fits):,} test images"
        lines.append(
            f"- **{word}.** By −ELBO, the model explains your image worse than it does {share} (−ELBO of your image: "
            f"{-value:.1f} nats)."
            if trained.deviations is not None
            else f"- **{word}.** The model reconstructs your image worse than it does {share} (squared error of your "
            f"image: {-value:.4f} per pixel)."
        )
    st.markdown(explained("\n".join(lines)))
    st.caption("The two numbers measure different things, so do not compare one share with the other.")


page.begin(
    pages.DRAW,
    "Draw, and watch: each model encodes your image, and its decoder makes an image of the code.",
    "The star on the maps is your image's code. Do the codes around it belong to what you drew?",
)
st.fragment(show)(page.pair())
