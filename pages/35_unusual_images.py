"""Unusual images: which test images each model does worst on, and whether its score tells other images from them."""

import streamlit as st

from vae.explore.unusual import SCORES
from vae.ui.explore import unusual
from vae.ui.frame import page, pages
from vae.ui.shared import words
from vae.ui.shared.models import Pair


def show(pair: Pair) -> None:
    """Draw the choice of a score, the worst test images of both models, and another set of images beside this one."""
    score = st.segmented_control(
        "Unusual by",
        list(SCORES),
        default="elbo",
        required=True,
        format_func=lambda name: SCORES[name].label,
        key="unusual_score",
        bind="query-params",
        help="−ELBO: reconstruction + KL. An AE has no ELBO; its reconstruction loss stands there. Squared error: of "
        "the image decoded from its code, summed over pixel values.",
    )
    if len({trained.checkpoint.config.likelihood for trained in pair}) > 1 and score != "squared error":
        st.caption(":material/balance: The two have different likelihoods: their losses are on different scales.")
    _worst(pair, score)
    _against(pair, score)


def _worst(pair: Pair, score: str) -> None:
    st.subheader("Test images, worst first")
    names = pair.vae.dataset.class_names
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.selectbox(
            pair.vae.dataset.word.capitalize(), ["all", *names], key="unusual_class", bind="query-params", width=160
        )
        rows = st.number_input("Rows", 1, 6, 1, key="unusual_rows", bind="query-params", width=140)
        most = min(unusual.MOST_IMAGES, len(pair.vae.dataset.test_images))
        rank = st.number_input(
            "From rank", 1, most, 1, unusual.COLUMNS, key="unusual_rank", bind="query-params", width=180
        )
    for word, trained in pair.named():
        unusual.worst(trained, word, score, names.index(label) if label in names else None, rows, rank)


def _against(pair: Pair, score: str) -> None:
    st.subheader("Other images against these")
    chosen = unusual.choose_other(pair.vae)
    if chosen is None:
        return
    name, key, images = chosen
    unusual.compare(pair, score, name, key, images)
    st.markdown(
        "**What to look for.** A likelihood says how many nats it takes to write an image down, not whether it "
        "belongs: images with little on them are cheap whatever they show. Choose “cut to a strip”: hardly one "
        f"is a whole {words.thing(pair.vae.dataset)} any more, but there is less to write down. Does the squared error "
        "notice more? Far larger models are fooled likewise (Nalisnick et al. 2019)."
    )


page.begin(pages.UNUSUAL_IMAGES, "What does a model do worst on, and does it notice images of another kind?")
show(page.pair())
