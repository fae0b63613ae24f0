"""Unusual images: which test images each model does worst on, and whether its score tells other images from them."""

import streamlit as st

from vae.data.names import TITLES
from vae.data.to_picture import tile
from vae.explore.unusual import SCORES, detection, percentiles
from vae.figures.images import image_rows
from vae.figures.unusual import histograms, roc_curves
from vae.ui.explore import unusual
from vae.ui.frame import page, pages
from vae.ui.shared import charts
from vae.ui.shared.models import Pair, Trained

COLUMNS = 12
SIDE = 66  # pixels


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
        label = st.selectbox("Class", ["all", *names], key="unusual_class", bind="query-params", width=160)
        rows = st.number_input("Rows", 1, 6, 1, key="unusual_rows", bind="query-params", width=140)
        most = min(unusual.MOST_IMAGES, len(pair.vae.dataset.test_images))
        rank = st.number_input("From rank", 1, most, 1, COLUMNS, key="unusual_rank", bind="query-params", width=180)
    for word, trained in pair.named():
        _grid(trained, word, score, names.index(label) if label in names else None, rows, rank)


def _grid(trained: Trained, word: str, score: str, label: int | None, rows: int, rank: int) -> None:
    values = unusual.own_scores(trained, score)
    labels = trained.dataset.test_labels[: len(values)].numpy()
    ranked = unusual.worst_first(values, labels, label)
    chosen = ranked[rank - 1 : rank - 1 + rows * COLUMNS].tolist()
    st.markdown(f"**{word}: {trained.name}**, by {unusual.axis(trained, score)}")
    if not chosen:
        st.info(f"There are {len(ranked):,} test images of that class; choose a lower rank.")
        return
    decoded = trained.reconstruct(chosen)[0]
    images = trained.dataset.test_images[chosen].numpy()
    names = trained.dataset.class_names
    pictures, captions = {}, {}
    for start in range(0, len(chosen), COLUMNS):
        part = slice(start, start + COLUMNS)
        ranks = f"{rank + start} to {rank + start + len(chosen[part]) - 1}"
        pictures[f"rank<br>{ranks}"], pictures[f"decoded<br>{ranks}"] = images[part], decoded[part]
        captions[f"decoded<br>{ranks}"] = [f"{names[labels[i]]} · {values[i]:.0f}" for i in chosen[part]]
    charts.show(
        image_rows(pictures, captions, columns=COLUMNS, side=SIDE),
        f"unusual_{word}",
        "Test images that the model does worst on, and what it makes of them",
    )
    (lowest,) = percentiles(values[chosen[-1:]], values)
    of = "" if label is None else f" of {names[label]}"
    drawn = "" if trained.deviations is None else ", the posterior mean; losses with one draw of z"
    st.caption(
        f"Ranks {rank:,} to {rank + len(chosen) - 1:,} of {len(ranked):,} test images{of}; under each its class and "
        f"its {unusual.axis(trained, score)}. All are at or above the {lowest:.1f}th percentile of the {len(values):,} "
        f"test images. Decoded from the code{drawn}."
    )


def _against(pair: Pair, score: str) -> None:
    st.subheader("Other images against these")
    chosen = unusual.choose_other(pair.vae)
    if chosen is None:
        return
    name, images = chosen
    st.image(tile(images[:20].numpy(), 20), caption=f"{name}: the first 20", width="stretch")
    panels, found = {}, {}
    own_name = f"{TITLES[pair.vae.dataset.name]} test images"
    for word, trained in pair.named():
        own = unusual.own_scores(trained, score)
        other = unusual.other_scores(trained, score, name, images)
        panels[f"{word}: {trained.name}"] = {own_name: own, name: other}
        found[f"{word}: {trained.name}"] = detection(own, other)
    axes = {title: unusual.axis(trained, score) for title, trained in zip(panels, pair, strict=True)}
    charts.show(histograms(panels, axes), "unusual_histograms", "Scores of both sets", tools=True)
    left, right = st.columns([3, 2])
    with left:
        charts.show(roc_curves(found), "unusual_roc", "ROC curves", tools=True)
    with right:
        for title, one in found.items():
            st.metric(f"AUROC, {title}", f"{one.auroc:.3f}", border=True)
        st.caption(
            "AUROC: the chance that a random image of the other set has the higher score than a random test image. 1 "
            "tells all apart, 0.5 is chance, below 0.5 the other images look *less* unusual to the model than its own. "
            f"{len(own):,} test images, {len(other):,} others. The histograms leave out the outermost 0.2 % on "
            "either side."
        )
    st.markdown(
        "**What to look for.** A likelihood says how many nats it takes to write an image down, not whether it "
        "belongs: images with little on them are cheap whatever they show. Choose “cut to a strip”: hardly one is a "
        "digit any more, but there is less to write down. Does the squared error notice more? Far larger models are "
        "fooled likewise (Nalisnick et al. 2019)."
    )


page.begin(pages.UNUSUAL_IMAGES, "What does a model do worst on, and does it notice images of another kind?")
show(page.pair())
