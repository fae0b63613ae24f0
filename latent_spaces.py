"""Latent spaces, the first page: both models' codes side by side."""

import streamlit as st

from vae.explore.projection import Projection, ProjectionSettings
from vae.figures.maps import latent_maps
from vae.ui.compare import colour, latent_map, map_numbers, maps, selected_images
from vae.ui.compare.maps import View
from vae.ui.frame import page, pages
from vae.ui.frame.pages import TOUR
from vae.ui.shared import charts, models, selection, words
from vae.ui.shared.models import Pair
from vae.ui.shared.terms import definition, explained

COUNTS = {"test": (2_000, 5_000, 10_000), "train": (60_000,)}
MOST_VALUES = 48_000_000  # of the images of a map: 60,000 of MNIST's
DEFAULT = "10,000 test images"
_METHOD_NAMES = {"pca": "PCA", "t-sne": "t-SNE"}


def show(pair: Pair) -> None:
    """Draw the controls, both maps, the numbers under each, and more to look for."""
    view, by = _controls(pair)
    view, found = maps.shown(pair, view)
    st.fragment(_show_map)(pair, view, found, by)
    map_numbers.show(pair, found)
    if view.settings.method == "t-sne" and st.toggle(
        "Show the t-SNE maps of two more seeds",
        key="more_seeds",
        help="A t-SNE map is one of many: what differs between seeds says nothing about the codes.",
    ):
        maps.more_seeds(pair, view, found)
    with st.expander("More to look for"):
        _more_to_look_for(pair, view)
        map_numbers.explain(pair, found)


def _controls(pair: Pair) -> tuple[View, str]:
    with st.container(horizontal=True, vertical_alignment="center" if pair.flat else "bottom"):
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
                help=f"Codes of more than two dimensions need a flat map.\n\n**PCA.** {definition('PCA')}\n\n"
                f"**t-SNE.** {definition('t-SNE')}",
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
            perplexity, seed = _t_sne()
        part, count = views[images]
        by = colour.choose(pair, part)
        with st.container(key="tour_link", width="content"):
            st.page_link(TOUR.path, label="New here? Take the tour", icon=f":material/{TOUR.icon}:")
    return View(part, count, ProjectionSettings(method, float(perplexity), int(seed))), by


def _t_sne() -> tuple[int, int]:
    """Draw the settings of a t-SNE and return its perplexity and its seed."""
    perplexity = st.number_input(
        "Perplexity",
        5,
        100,
        30,
        5,
        key="perplexity",
        bind="query-params",
        width=140,
        help="The number of neighbours, roughly, that t-SNE keeps together.",
    )
    seed = st.number_input(
        "Seed of t-SNE",
        0,
        9999,
        0,
        key="map_seed",
        bind="query-params",
        width=140,
        help="Another seed gives another map of the same codes.",
    )
    return perplexity, seed


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
    if reason or st.toggle(
        "Show static charts to save",
        key="charts",
        help="Draws the same maps as charts without decoders, which can be saved as PNG files.",
    ):
        panels = [maps.panel(t, p, view, word) for (word, t), p in zip(pair.named(), found, strict=True)]
        panels, names, scale = colour.of_panels(panels, pair, view, found, by)
        figure = latent_maps(panels, names, prior=True, scale=scale)
        charts.show(figure, "latent_maps", _summary(pair, view), tools=True, zoom=True)
    chosen = selection.selection(f"{pair.vae.dataset.name}/{view.part}")
    if chosen is not None:
        selected_images.show(pair, chosen, view.part)


def _summary(pair: Pair, view: View) -> str:
    parts = [
        f"{t.name} has a kNN accuracy of {accuracy:.0%}" if (accuracy := models.number(t, "knn_accuracy")) else t.name
        for t in pair
    ]
    return (
        f"Codes of {view.count:,} images in two latent spaces, coloured by {pair.vae.dataset.word}. "
        + "; ".join(parts)
        + "."
    )


def _more_to_look_for(pair: Pair, view: View) -> None:
    thing, classes = words.thing(pair.vae.dataset), words.plural(pair.vae.dataset)
    spread = [float(trained.codes.std(0).mean()) for trained in pair]
    lines = [
        "**The samples.** The KL has drawn the VAE's codes to the place where random z fall. Most of the AE's codes "
        "lie elsewhere, so much of what the AE can decode is never drawn, and with more than two dimensions many of "
        "its samples are no image. **Zoom to the prior** shows that place.",
        "**The gaps.** Move the pointer between the clusters. No decoder was ever trained on a place where no code "
        f"lies. Does it still make a clean {thing} there? Choose **decoded images** or **what the judge reads** "
        "behind the points to see all such places at once.",
        "**The region.** Click an image. To the AE it is a point. To the VAE it is the ellipse that is enlarged beside "
        f"the map: every z drawn from it decodes to nearly the same {thing}. Such regions fill the gaps.",
        "**The scale.** Nothing tells the AE where its codes should lie. Here its codes have a standard deviation of "
        f"{spread[0]:.1f} in each dimension, and the VAE's posterior means one of {spread[1]:.1f}, since the KL pulls "
        "them towards the prior. Switch on **Same scale** to see both sizes.",
        f"**The price.** A larger β draws the {classes} together until they overlap. {_move(pair)} to see it.",
    ]
    if view.settings.method == "t-sne" and not pair.vae.flat:
        lines.append(
            "**What a t-SNE map does not show.** The size of clusters and the distances between them mean nothing; "
            "another seed gives another map."
        )
    st.markdown(explained("\n".join(f"- {line}" for line in lines)))


def _move(pair: Pair) -> str:
    """Say how another β is had: at once from a multi-rate VAE, and by training from another."""
    every = pair.vae.checkpoint.frozen_at is not None
    return "Move β in the sidebar" if every else "Retrain the VAE at another β"


page.begin(
    pages.LATENT_SPACES,
    "Every dot is an image, placed by its code. Point between dots: both decoders draw what is there.",
    "Press **Sample** to drop the same random z on both maps. Which of them become real images?",
)
show(page.pair())
