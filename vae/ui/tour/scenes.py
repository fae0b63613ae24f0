"""The seven scenes in order: the question of each, what is to be known of it, and what draws it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from vae.ui.frame import present
from vae.ui.frame.present import Steps
from vae.ui.shared import presenting
from vae.ui.shared.terms import explained
from vae.ui.tour import between, cost, kl, landing, one_image, onwards, own_digit, steps


@dataclass(frozen=True)
class Scene:
    """One question of the tour."""

    question: str
    words: str  # a few sentences in Markdown, of which the first says where the models have another latent size
    show: Callable[[], None]  # draws one thing to do and one picture


SCENES = (
    Scene(
        "How do two numbers hold an image?",
        "The encoder of this 2-D AE turns an image of 784 pixels into two numbers, its code. The code is a place on "
        "the map, and the decoder draws the image again from that place alone.",
        one_image.show,
    ),
    Scene(
        "What lies between two images in an AE?",
        "The AE is 20-D now: a code has 20 numbers, and the map is their PCA. The line leads from the code of image A "
        f"to that of image B. The decoder was trained on codes alone, and on no place between them. {between.HOW}",
        between.show_ae,
    ),
    Scene(
        "What lies between them in a VAE?",
        "These are the same two images in the same AE and in a VAE, both 20-D. To a VAE an image is not a point but a "
        "small region, its posterior. The KL draws all regions towards the prior, so that they lie close together and "
        "leave fewer gaps.",
        between.show_both,
    ),
    Scene(
        "Where do random z land?",
        "The maps are those of the 2-D models again, on which a random z has a place. A sample is a random z ~ N(0, I),"
        " decoded. The circles on the VAE's map hold 39 % and 86 % of all such z; on the AE's both are so small that "
        "one ring marks them.",
        landing.show,
    ),
    Scene(
        "What does the KL do?",
        "The models are 10-D from here on: ten VAEs that differ in β alone. The loss of each is reconstruction loss + "
        "β · KL. Move the slider over them, and watch the samples, the reconstructions and the map.",
        kl.show,
    ),
    Scene(
        "What does the KL cost?",
        "These are the same ten 10-D VAEs. Every nat that a code keeps about its image costs β in the loss. Say what "
        "becomes of six images when β grows, and then compare them with a chart in which every point is a VAE.",
        cost.show,
    ),
    Scene(
        "What do both models make of your digit?",
        "The models are 2-D again. Draw a digit: both encode and decode it while you draw, and a star shows where its "
        "code lies.",
        own_digit.show,
    ),
)


def current() -> Scene:
    """Return the scene that the address names."""
    return SCENES[steps.number(len(SCENES)) - 1]


def presented(scene: Scene) -> Steps:
    """Return what stands in the bar above a presented scene."""
    return Steps(scene.question, explained(scene.words), partial(steps.show, len(SCENES), onwards.PAGES[0]))


def show(scene: Scene) -> None:
    """Draw a scene: the question, the way to the others and the words, unless the bar has them, and the picture."""
    if not presenting.active():
        with st.container(key="tour_steps", horizontal=True, vertical_alignment="center"):
            st.subheader(scene.question, anchor=False, width="stretch")
            steps.show(len(SCENES), onwards.PAGES[0])
            present.keys()
        st.markdown(explained(scene.words))
    with st.container(key="scene"):
        scene.show()
