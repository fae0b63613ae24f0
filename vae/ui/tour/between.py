"""The places between two images: decoded in the AE, and then in both models, with the least realistic one marked."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
import torch

from vae.data.to_picture import tile
from vae.explore.projection import ProjectionSettings, place
from vae.figures import tour as tour_figures
from vae.figures.maps import add_path, latent_maps
from vae.figures.paths import Walk
from vae.generate.paths import chain
from vae.ui.compare import maps
from vae.ui.compare.maps import View
from vae.ui.generate import paths
from vae.ui.shared import charts, server
from vae.ui.shared.models import Pair, Trained, drawn, kept
from vae.ui.tour import chosen, shipped
from vae.ui.tour.shares import percent

SIZE = 20  # latent dimensions: with two, both models have about as many gaps
VIEW = View("test", 1_000, ProjectionSettings("pca"))
STEPS = 12  # so that every step is one of a strip's images
PATHS = 50  # random pairs of images
AXES = "first principal component", "second component"
HOW = (
    "A bar has the colour of the class that the judge reads in the image above it, and the height of the probability "
    "that it gives this class. The orange frame holds the least realistic image: of the images on this way, it lies "
    "furthest from real ones in what the judge sees of it."
)


@dataclass(frozen=True, eq=False)
class Way:
    """A model's path from one image to another: where it leads, what it decodes to, and how realistic that is."""

    trained: Trained
    walk: Walk
    codes: np.ndarray  # float32 (steps + 1, latent_dim)
    scores: np.ndarray  # realism (steps + 1,): at 1 and above a decode is realistic

    @property
    def least_realistic(self) -> int:
        """The number of the least realistic place."""
        return int(self.scores.argmin())


def show_ae() -> None:
    """Draw the button that takes other images, and the path on the AE's map beside what it decodes to."""
    pair = shipped.pair(SIZE)
    shipped.realism(pair)
    chosen.offer("Choose other images")
    _ae(pair, *chosen.images())


def show_both() -> None:
    """Draw the button that takes other images, and the path through both models with what each decodes to."""
    pair = shipped.pair(SIZE)
    shipped.realism(pair)
    chosen.offer("Choose other images")
    _both(pair, *chosen.images())


@drawn()
def _ae(pair: Pair, one: int, other: int) -> None:
    way = _ways(pair, one, other)[0]
    left, right = st.columns([2, 3], gap="medium", vertical_alignment="center")
    with left:
        _map(pair, way, 0, 420, "tall")
    with right:
        _strip(pair, way, (one, other))
        images = way.walk.images[[0, way.least_realistic, STEPS]]
        words = "A, decoded", "The least realistic image", "B, decoded"
        for column, image, said in zip(st.columns(3), images, words, strict=True):
            column.image(tile(image[None], 1, scale=8), caption=said, width="stretch", alt=said)


@drawn()
def _both(pair: Pair, one: int, other: int) -> None:
    for number, (column, way) in enumerate(zip(st.columns(2), _ways(pair, one, other), strict=True)):
        with column:
            _strip(pair, way, (one, other))
            _map(pair, way, number, 280, "rest")
            count = int((way.scores >= 1).sum())
            st.markdown(
                f"**{way.walk.word}:** {count} of these {STEPS + 1} places decode to a realistic image. Of "
                f"{PATHS * (STEPS + 1)} places between {PATHS} random pairs of images, "
                f"**{percent(_share(way.trained))}** do."
            )


def _strip(pair: Pair, way: Way, images: tuple[int, int]) -> None:
    figure = paths.strip(way.walk, images, pair).update_xaxes(title_text=None)
    figure.update_layout(height=220, title_text=f"{way.walk.word}, {way.trained.latent_dim}-D codes: from A to B")
    tour_figures.mark_on_strip(figure, way.least_realistic, STEPS)
    words = f"What the {way.walk.word} decodes on the way, and what the judge reads; the least realistic is framed"
    charts.show(figure, f"tour_strip_{way.trained.name}", words, fill="strip")


def _map(pair: Pair, way: Way, number: int, height: int, fill: charts.Fill) -> None:
    found = maps.projections(pair, VIEW)
    assert found is not None  # no t-SNE is asked for
    word, trained = ("AE", "VAE")[number], way.trained
    title = f"<b>{word}</b> {trained.name}, {trained.latent_dim}-D codes, PCA"
    panel = replace(maps.panel(trained, found[number], VIEW, word), title=title, axes=AXES)
    figure = latent_maps([panel], pair.vae.dataset.class_names)
    places = place(way.codes, way.trained.codes[: VIEW.count], found[number], VIEW.settings)
    add_path(figure, places, paths.names((0, 1)), 1)
    tour_figures.mark_on_map(figure, places[way.least_realistic], 1)
    words = f"The latent map of {way.walk.word} with the way between the two images and its least realistic place"
    charts.show(
        figure.update_layout(showlegend=False, height=height, margin_b=charts.BELOW),
        f"tour_map_{way.trained.name}",
        words,
        fill=fill,
    )


@kept(max_entries=32)
def _ways(pair: Pair, one: int, other: int) -> list[Way]:
    walks = paths.both(pair, (one, other), STEPS, "linear")
    return [
        Way(trained, walk, codes := _codes(trained, one, other), _scores(trained, trained.decode(codes)))
        for trained, walk in zip(pair, walks, strict=True)
    ]


def _codes(trained: Trained, one: int, other: int) -> np.ndarray:
    return chain(trained.codes[[one, other]], STEPS, "linear")


def _scores(trained: Trained, images: np.ndarray) -> np.ndarray:
    realism = server.realism(trained.dataset.name)
    assert realism is not None  # or the scene would not be drawn
    return realism.scores(torch.from_numpy(images))


@kept(max_entries=8, show_spinner="Following other paths…")
def _share(trained: Trained) -> float:
    """Return the share of places on the paths between random pairs of images that decode to a realistic image."""
    rows = np.random.default_rng(0).choice(len(trained.codes), (PATHS, 2), replace=False)
    latents = np.concatenate([_codes(trained, int(one), int(other)) for one, other in rows])
    return float((_scores(trained, trained.decode(latents)) >= 1).mean())
