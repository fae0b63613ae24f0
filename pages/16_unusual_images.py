"""Unusual images: what each model does worst on, and whether that tells other images from its own."""

import numpy as np
import streamlit as st

from vae import figures
from vae.ui import page, unusual
from vae.ui.page import Pair
from vae.ui.resources import Trained
from vae.unusual import SCORES, detection, percentiles
from vae.unusual_figures import histograms, roc_curves

COLUMNS = 8
WORDS = ("AE", "VAE")


def show(pair: Pair) -> None:
    """The score, the worst test images of both models, and another set against this one."""
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
        label = st.selectbox("Class", ["all", *names], key="unusual_class", width=160)
        rows = st.number_input("Rows", 1, 6, 2, key="unusual_rows", width=140)
        skipped = st.number_input("From rank", 1, 10_000, 1, COLUMNS, key="unusual_rank", width=180)
    for column, trained, word in zip(st.columns(2), pair, WORDS, strict=True):
        with column:
            _grid(trained, word, score, names.index(label) if label in names else None, rows, skipped - 1)


def _grid(trained: Trained, word: str, score: str, label: int | None, rows: int, skipped: int) -> None:
    values = unusual.own_scores(trained, score)
    labels = trained.dataset.test_labels[: len(values)].numpy()
    order = np.argsort(-values, kind="stable")
    chosen = [int(i) for i in order if label is None or labels[i] == label][skipped : skipped + rows * COLUMNS]
    if not chosen:
        st.info("There are not so many images of that class; choose a lower rank.")
        return
    ranks = percentiles(values[chosen], values)
    decoded = trained.reconstruct(chosen)[0]
    images = trained.dataset.test_images[chosen].numpy()
    st.markdown(f"**{word}: {trained.name}**, by {unusual.axis(trained, score)}")
    for start in range(0, len(chosen), COLUMNS):
        part = slice(start, start + COLUMNS)
        lines = [
            f"{trained.dataset.class_names[labels[i]]} · {values[i]:.0f}<br>{rank:.1f} %"
            for i, rank in zip(chosen[part], ranks[part], strict=True)
        ]
        st.plotly_chart(
            figures.image_rows({"image": images[part], "decoded": decoded[part]}, {"decoded": lines}),
            key=f"unusual_{word}_{start}",
            config={"displayModeBar": False},
            alt="Test images that the model does worst on, and what it makes of them",
        )
    st.caption(
        f"Under each its class, its {unusual.axis(trained, score)}, and its percentile among the first {len(values):,} "
        "test images. Decoded from the code; losses in nats with one draw of z."
    )


def _against(pair: Pair, score: str) -> None:
    st.subheader("Other images against these")
    chosen = unusual.choose_other(pair.vae)
    if chosen is None:
        return
    name, images = chosen
    st.image(figures.tile(images[:20].numpy(), 20), caption=f"{name}: the first 20", width="stretch")
    panels, found = {}, {}
    own_name = f"test images ({pair.vae.dataset.name})"
    for trained, word in zip(pair, WORDS, strict=True):
        own = unusual.own_scores(trained, score)
        other = unusual.other_scores(trained, score, name, images)
        panels[f"{word}: {trained.name}"] = {own_name: own, name: other}
        found[f"{word}: {trained.name}"] = detection(own, other)
    axes = {title: unusual.axis(trained, score) for title, trained in zip(panels, pair, strict=True)}
    st.plotly_chart(
        histograms(panels, axes), key="unusual_histograms", config={"displaylogo": False}, alt="Scores of both sets"
    )
    left, right = st.columns([3, 2])
    left.plotly_chart(roc_curves(found), key="unusual_roc", config={"displaylogo": False}, alt="ROC curves")
    with right:
        for title, one in found.items():
            st.metric(f"AUROC, {title}", f"{one.auroc:.3f}", border=True)
        st.caption(
            "The chance that a random image of the other set has the higher score than a random test image: 1 tells "
            "all apart, 0.5 is chance, below 0.5 the other images look *less* unusual to the model than its own. "
            f"Up to {unusual.MOST_IMAGES:,} images of each set. The histograms end at the 99.5th percentile."
        )
    st.markdown(
        "**What to look for.** A likelihood says how well an image can be written down, not whether it belongs: plain "
        "images cost few nats whatever they show, and a model may prefer them to its own (Nalisnick et al. 2019)."
    )


page.begin("Unusual images", "What does a model do worst on, and does it notice images of another kind?")
show(page.pair())
