"""The seven scenes in order: the question of each, what is to be known of it, and what draws it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from vae.ui.frame import present
from vae.ui.frame.present import Steps
from vae.ui.shared import presenting
from vae.ui.shared.terms import explained
from vae.ui.tour import between, cost, kl, landing, one_image, own_digit, steps


@dataclass(frozen=True)
class Scene:
    """One question of the tour."""

    question: str
    words: str  # one or two sentences in Markdown
    show: Callable[[], None]  # draws one thing to do and one picture


SCENES = (
    Scene(
        "How do two numbers hold an image?",
        "The encoder of this AE turns an image of 784 pixels into two numbers, its code. The code is a place on the "
        "map, and the decoder draws the image again from that place alone.",
        one_image.show,
    ),
    Scene(
        "What lies between two images in an AE?",
        "The line leads from the code of one image to that of another in an AE whose codes have 20 numbers; the map is "
        "their PCA. The decoder was trained on codes alone, and on no place between them.",
        between.show_ae,
    ),
    Scene(
        "What lies between them in a VAE?",
        "These are the same two images. To a VAE an image is not a point but a small region, its posterior. The KL "
        "draws all regions towards the prior, so that they lie close together and leave fewer gaps.",
        between.show_both,
    ),
    Scene(
        "Where do random z land?",
        "A sample is a random z ~ N(0, I), decoded. The circles on each map hold 39 % and 86 % of all such z.",
        landing.show,
    ),
    Scene(
        "What does the KL do?",
        "The loss of a VAE is reconstruction loss + β · KL. The slider goes over ten VAEs that differ in β alone: "
        "watch the samples, the reconstructions and the map.",
        kl.show,
    ),
    Scene(
        "What does the KL cost?",
        "Every nat that a code keeps about its image costs β in the loss. Say what becomes of six images when β grows, "
        "and then compare them with a chart in which every point is a VAE.",
        cost.show,
    ),
    Scene(
        "What do both models make of your digit?",
        "Draw a digit. Both models encode and decode it while you draw, and a star shows where its code lies.",
        own_digit.show,
    ),
)


def current() -> Scene:
    """Return the scene that the address names."""
    return SCENES[steps.number(len(SCENES)) - 1]


def presented(scene: Scene) -> Steps:
    """Return what stands in the bar above a presented scene."""
    return Steps(scene.question, explained(scene.words), partial(steps.show, len(SCENES)))


def show(scene: Scene) -> None:
    """Draw a scene: the question, the way to the others and the words, unless the bar has them, and the picture."""
    if not presenting.active():
        with st.container(key="tour_steps", horizontal=True, vertical_alignment="center"):
            st.subheader(scene.question, anchor=False, width="stretch")
            steps.show(len(SCENES))
            present.keys()
        st.markdown(explained(scene.words))
    with st.container(key="scene"):
        scene.show()
