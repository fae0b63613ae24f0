"""Latent spaces, the first page: both models' codes side by side."""

import streamlit as st

from vae.data.dataset import Dataset
from vae.explore.projection import Projection, ProjectionSettings
from vae.figures.maps import latent_maps
from vae.ui.compare import colour, latent_map, maps, selected_images
from vae.ui.compare.maps import View
from vae.ui.frame import page, pages
from vae.ui.shared import charts, models, numbers, selection, words
from vae.ui.shared.models import Pair
from vae.ui.shared.numbers import NUMBERS, TRUSTWORTHINESS

OF_CLASSES = ("knn_accuracy", "silhouette")  # numbers that compare codes with labels
COUNTS = {"test": (2_000, 5_000, 10_000), "train": (60_000,)}
MOST_VALUES = 48_000_000  # of the images of a map: 60,000 of MNIST's
DEFAULT = "10,000 test images"
_METHOD_NAMES = {"pca": "PCA", "t-sne": "t-SNE"}


def show(pair: Pair) -> None:
    """Draw the controls, both maps, the numbers under each, and what to look for."""
    view, by = _controls(pair)
    view, found = maps.shown(pair, view)
    st.fragment(_show_map)(pair, view, found, by)
    for column, (word, trained), projection in zip(st.columns(2), pair.named(), found, strict=True):
        with column, st.container(border=True):
            st.markdown(f"**{word}** {trained.name}")
            _numbers(trained, projection)
    _explanations(pair.vae.dataset, found)
    if view.settings.method == "t-sne" and st.toggle(
        "The same maps from two more seeds",
        key="more_seeds",
        help="A t-SNE map is one of many: what differs between seeds says nothing about the codes.",
    ):
        maps.more_seeds(pair, view, found)
    _what_to_look_for(pair, view)


def _controls(pair: Pair) -> tuple[View, str]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method, perplexity, seed = "pca", 30, 0
        if not pair.flat:
            method = st.segmented_control(
                "Projection",
                list(_METHOD_NAMES),
                default="pca",
                required=True,
                format_func=_METHOD_NAMES.__getitem__,
                key="projection",
                bind="query-params",
                help="Codes of more than two dimensions need a map. PCA keeps the directions in which the codes vary "
                "most; t-SNE keeps neighbours together and says nothing about distances between clusters.",
            )
        views = _images(pair)
        images = st.selectbox(
            "Images",
            list(views),
            index=list(views).index(DEFAULT) if DEFAULT in views else 0,
            key="images",
            bind="query-params",
            label_visibility="collapsed",
            width=220,
        )
        if method == "t-sne":
            perplexity = st.number_input("Perplexity", 5, 100, 30, 5, key="perplexity", bind="query-params", width=140)
            seed = st.number_input("Map seed", 0, 9999, 0, key="map_seed", bind="query-params", width=130)
        part, count = views[images]
        by = colour.choose(pair, part)
    return View(part, count, ProjectionSettings(method, float(perplexity), int(seed))), by


def _images(pair: Pair) -> dict[str, tuple[str, int]]:
    """Return the choices of images by name, which the address holds too, each as a part and a count."""
    found = {}
    for part, counts in COUNTS.items():
        images = pair.vae.dataset.part(part)[0]
        available = min(len(images), MOST_VALUES // images[0].numel())  # the browser gets all of them
        for count in sorted({min(count, available) for count in counts}):
            found[f"{count:,} {'training' if part == 'train' else 'test'} images"] = (part, count)
    return found


def _show_map(pair: Pair, view: View, found: list[Projection], by: str) -> None:
    """Draw the map and the images selected in it. It runs as a fragment, so that a lasso redraws this part alone."""
    reason = latent_map.show(pair, view, found, by)
    if reason:
        st.caption(f"The live map cannot be drawn here: {reason}. These charts show the same points.")
    if reason or st.toggle("Charts to export", key="charts", help="The same maps as Plotly charts, to save as PNG."):
        panels = [maps.panel(t, p, view, word) for (word, t), p in zip(pair.named(), found, strict=True)]
        panels, names, scale = colour.of_panels(panels, pair, view, found, by)
        figure = latent_maps(panels, names, prior=True, scale=scale)
        charts.show(figure, "latent_maps", _summary(pair, view), tools=True, zoom=True)
    chosen = selection.selection(f"{pair.vae.dataset.name}/{view.part}")
    if chosen is not None:
        selected_images.show(pair, chosen, view.part)


def _numbers(trained: models.Trained, projection: Projection) -> None:
    keys = OF_CLASSES if trained.dataset.labelled else ()
    shown = [(NUMBERS[key], trained.checkpoint.metric(key)) for key in keys]
    if projection.trustworthiness is not None:
        shown.append((TRUSTWORTHINESS, projection.trustworthiness))
    with st.container(horizontal=True):
        for number, value in shown:
            numbers.show(number, value)


def _explanations(dataset: Dataset, projections: list[Projection]) -> None:
    shown = [NUMBERS[key] for key in OF_CLASSES if dataset.labelled]
    if any(projection.trustworthiness is not None for projection in projections):
        shown.append(TRUSTWORTHINESS)
    lines = [f"**{number.label}.** {number.help}" for number in shown]
    if not dataset.labelled:
        left_out = " and ".join(NUMBERS[key].label for key in OF_CLASSES)
        lines.append(
            f"The colours are clusters of the images' own pixels. {left_out} are left out: each {words.NEEDS_LABELS}."
        )
    st.caption("  \n".join(lines))


def _summary(pair: Pair, view: View) -> str:
    parts = [
        f"{t.name} has a kNN accuracy of {accuracy:.0%}"
        if (accuracy := t.checkpoint.metric("knn_accuracy"))
        else t.name
        for t in pair
    ]
    return (
        f"Codes of {view.count:,} images in two latent spaces, coloured by {pair.vae.dataset.word}. "
        + "; ".join(parts)
        + "."
    )


def _what_to_look_for(pair: Pair, view: View) -> None:
    st.subheader("What to look for")
    dataset = pair.vae.dataset
    thing, price = words.thing(dataset), "Compare the kNN accuracies:" if dataset.labelled else "Train at another β:"
    spread = [float(trained.codes.std(0).mean()) for trained in pair]
    st.markdown(
        "- **The samples.** Press **Sample**. The same z ~ N(0, I) fall on both maps. The KL has made the VAE's codes "
        "fill the place where they fall. Most of the AE's codes lie elsewhere, so that much of what it can decode is "
        "never drawn, and above two dimensions many draws are no image. **Zoom to the prior** shows that place.\n"
        "- **The gaps.** Move the pointer between the clusters. A decoder has never been asked about a place where no "
        f"code lies: does it still make a clean {thing}? Put **decoded images** or **what a classifier "
        "reads** behind the points to see all such places at once.\n"
        "- **The region.** Click an image. To the AE it is a point, to the VAE the ellipse, which the inset beside the "
        f"map enlarges. All that is drawn from it decodes to nearly the same {thing}. That is what fills the gaps.\n"
        "- **The scale.** Nothing tells the AE where its codes should lie. Here they spread with a standard deviation "
        f"of {spread[0]:.1f} a dimension, the VAE's posterior means with {spread[1]:.1f}: the KL pulls those towards "
        "N(0, I), which is why z ~ N(0, I) meets codes there and may miss them in the AE's. Switch on **Same scale**.\n"
        f"- **The price.** {price} a larger β draws the {words.plural(dataset)} together until they overlap."
    )
    if view.settings.method == "t-sne" and not pair.vae.flat:
        st.markdown(
            "- **What a t-SNE map does not show.** The size of clusters and the distances between them mean nothing; "
            "another seed gives another map."
        )


page.begin(
    pages.LATENT_SPACES,
    "Every dot is an image, placed by its code. Press **Sample** to see where random z ~ N(0, I) land, and what they "
    "decode to.",
)
show(page.pair())
