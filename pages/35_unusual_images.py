"""Unusual images: which test images each model does worst on, and whether its score tells other images from them."""

import streamlit as st

from vae.explore.unusual import SCORES
from vae.ui.explore import unusual
from vae.ui.frame import page, pages
from vae.ui.shared import figure_first, words
from vae.ui.shared.models import Pair
from vae.ui.shared.terms import definition


def show(pair: Pair) -> None:
    """Draw the worst test images of both models, the controls, and another set of images beside this one."""
    figure, controls = figure_first.places("worst")
    with controls:
        score, label, rows, rank = _controls(pair)
    with figure:
        for word, trained in pair.named():
            unusual.worst(trained, word, score, label, rows, rank)
        st.caption(f"Below each image stand its {pair.vae.dataset.word} and its score.")
    if len({trained.checkpoint.config.likelihood for trained in pair}) > 1 and score != "squared error":
        st.caption(
            ":material/balance: The two models have different likelihoods, so their losses are on different scales."
        )
    _against(pair, score)
    thing = words.thing(pair.vae.dataset)
    figure_first.more(
        "A likelihood says how many nats it takes to write an image down, not whether the image belongs to the others. "
        "Images with little on them are cheap, whatever they show. Compare with images cut to a strip: hardly one "
        f"is a whole {thing} any more, but there is less to write down. Does the squared error notice more of them?",
        "Far larger models are fooled in the same way (Nalisnick et al. 2019).",
    )


def _controls(pair: Pair) -> tuple[str, int | None, int, int]:
    names = pair.vae.dataset.class_names
    with st.container(horizontal=True, vertical_alignment="bottom"):
        score = st.segmented_control(
            "Rank the images by",
            list(SCORES),
            default="elbo",
            required=True,
            format_func=lambda name: SCORES[name].label,
            key="unusual_score",
            bind="query-params",
            help=f"{definition('ELBO')}\n\nAn AE has none, so its images are then ranked by the reconstruction loss. "
            "The squared error is that of the image decoded from the code.",
        )
        label = st.selectbox(
            pair.vae.dataset.word.capitalize(), ["all", *names], key="unusual_class", bind="query-params", width=140
        )
        rows = st.number_input("Rows of images", 1, 6, 1, key="unusual_rows", bind="query-params", width=140)
        most = min(unusual.MOST_IMAGES, len(pair.vae.dataset.test_images))
        rank = st.number_input(
            "First rank", 1, most, 1, unusual.COLUMNS, key="unusual_rank", bind="query-params", width=140
        )
    return score, names.index(label) if label in names else None, rows, rank


def _against(pair: Pair, score: str) -> None:
    st.subheader("Does the model notice other images?")
    chosen = unusual.choose_other(pair.vae)
    if chosen is None:
        return
    name, key, images = chosen
    unusual.compare(pair, score, name, key, images)


page.begin(
    pages.UNUSUAL_IMAGES,
    "These are the test images that each model does worst on, each above what its decoder makes of it.",
    "Are they odd to you too? Below, look whether a model finds images of another kind more unusual than its own.",
)
show(page.pair())
