"""The latent map on a page: the component in the browser, the data it receives, and the state it sends back."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from vae.explore.beta_path import on_plane
from vae.explore.colouring import Categories, Scale
from vae.explore.projection import Projection
from vae.figures.style import PALETTE
from vae.measure.region import code_region, share_in_prior
from vae.models.choices import SHOWN_BETAS
from vae.storage.film import read_latents
from vae.ui.compare import colour
from vae.ui.compare.maps import View, axes, how
from vae.ui.components.component import component, rerun
from vae.ui.components.latent_map.message import PathOnMap, PlacesRead, Space, images_part, message, plane, read_places
from vae.ui.shared import every_beta, models, server, words
from vae.ui.shared.models import Pair, Trained, kept
from vae.ui.shared.readings import missing
from vae.ui.shared.selection import Selection
from vae.ui.shared.server import dataset

_component = component("latent_map")
KEY = "latent_map"
MOVED = 2_000  # images that move with β, as many as a film of the training has


def show(pair: Pair, view: View, projections: Sequence[Projection], by: str = "", *, draw: int | None = None) -> str:
    """Draw both panels. Call it inside a fragment: what the user does in the map reruns that fragment.

    Args:
        by: what colours the dots, as `colour.choose` returns it.
        draw: which press of the button Sample the map begins with, 0 for none; None leaves that to the browser.

    Returns:
        The reason why this browser cannot draw them; empty if it can.
    """
    if every_beta.has_moved(pair.vae.checkpoint):
        st.rerun()  # the whole page
    _remember()
    if reason := st.session_state.get("map_unsupported", ""):
        return reason
    _component(
        key=KEY,
        data=_message(pair, view, projections, by, draw),
        default=dict.fromkeys(_FIELDS),
        on_selection_change=rerun,
        on_background_change=rerun,
        on_unsupported_change=rerun,
        on_beta_change=_move_beta,
    )
    return ""


def _move_beta() -> None:
    """Move the sidebar's slider to where the map's was let go, in a callback."""
    beta = (st.session_state.get(KEY) or {}).get("beta")
    if isinstance(beta, int | float) and SHOWN_BETAS[0] <= beta <= SHOWN_BETAS[1]:
        st.session_state["beta"] = float(beta)


def _remember() -> None:
    """Copy what the component has sent into the session's state: a change of page clears the component's own state."""
    said = st.session_state.get(KEY) or {}
    for name, parse in _FIELDS.items():
        if said.get(name) is not None:
            st.session_state[f"map_{name}"] = parse(said[name])


def _parse_selection(sent: Any) -> Selection | None:
    if not isinstance(sent, dict) or not isinstance(sent.get("indices"), list):
        return None
    indices = [index for index in sent["indices"] if type(index) is int and index >= 0]
    return Selection(str(sent.get("of", "")), tuple(indices)) if indices else None


_FIELDS: dict[str, Callable[[Any], Any]] = {
    "selection": _parse_selection,
    "background": str,
    "unsupported": str,
}


def _message(pair: Pair, view: View, projections: Sequence[Projection], by: str, draw: int | None) -> bytes:
    reads = st.session_state.get("map_background") == "reading"
    return _pack(pair, view, projections, by, draw, reads=reads)


@kept(max_entries=6)
def _pack(
    pair: Pair, view: View, _projections: Sequence[Projection], by: str, draw: int | None, *, reads: bool
) -> bytes:
    dataset = pair.vae.dataset
    spaces = [
        _space(trained, word, view, projection)
        for (word, trained), projection in zip(pair.named(), _projections, strict=True)
    ]
    readings, judge = _readings(pair, spaces) if reads else ([], "")
    no_film = "epoch by epoch: only for models from Retrain"
    if not pair.vae.checkpoint.has_own_numbers:
        no_film = "epoch by epoch: kept at β 1 alone"
    if view.part != "test" or not all(space.linear for space in spaces):
        no_film = "epoch by epoch: only for test images, and not on t-SNE"
    coloured = colour.colouring(pair, view, _projections, by)
    classes = coloured if isinstance(coloured, Categories) else colour.colouring(pair, view, _projections, "")
    assert isinstance(classes, Categories)
    return message(
        spaces,
        classes.labels,
        classes.names,
        PALETTE,
        map_images(dataset.name, server.version(dataset.name), view.part, view.count),
        dataset.image_shape,
        of=f"{dataset.name}/{view.part}",
        noun=words.of_class(dataset, ""),
        readings=readings,
        judge=judge,
        no_film=no_film,
        colour=colour.unit(by),
        scale=coloured if isinstance(coloured, Scale) else None,
        draw=draw,
    )


def _space(trained: Trained, word: str, view: View, projection: Projection) -> Space:
    codes, deviations = models.codes(trained, view.part, view.count)
    tsne = not trained.flat and view.settings.method == "t-sne"
    pca = models.pca(trained, view.count, view.part) if tsne else None
    origin, directions = plane(projection, trained.latent_dim, pca)
    film, epochs = (
        (None, []) if tsne or view.part != "test" else _film(trained, origin, directions, projection.points[:, 1])
    )
    drawn = aggregate_posterior(codes, deviations)
    return Space(
        title=f"{trained.name}, {how(trained, view.settings, projection)}",
        word=word,
        model=trained.model,
        codes=codes,
        deviations=deviations,
        points=projection.points,
        origin=origin,
        directions=directions,
        linear=not tsne,
        axes=axes(trained, view.settings),
        how="right and up go along the two principal directions of the codes,",
        film=film,
        film_epochs=epochs,
        path=None if tsne or view.part != "test" else _path(trained, view.count, origin, directions),
        region=code_region(drawn),
        share_in_prior=share_in_prior(drawn),
    )


def _path(trained: Trained, count: int, origin: np.ndarray, directions: np.ndarray) -> PathOnMap | None:
    """Return the way of a multi-rate VAE's codes as β moves; None for another model, or on a line."""
    beta = trained.checkpoint.frozen_at
    if beta is None or trained.latent_dim == 1:
        return None
    path = models.beta_path(trained, min(count, MOVED))
    places, factors = on_plane(path, origin, directions)
    return PathOnMap(trained.checkpoint.name, beta, path.betas.tolist(), places, factors)


def aggregate_posterior(codes: np.ndarray, deviations: np.ndarray | None) -> np.ndarray:
    """Draw a latent from every image's posterior, float32 (N, D): what a VAE's decoder learns from, and not the means.

    An autoencoder's are its codes.
    """
    if deviations is None:
        return codes
    noise = np.random.default_rng(0).standard_normal(codes.shape, np.float32)
    return codes + deviations * noise


def _film(
    trained: Trained, origin: np.ndarray, directions: np.ndarray, heights: np.ndarray
) -> tuple[np.ndarray | None, list[float]]:
    """Return the codes' places on the map's plane after each epoch, and the epochs; None and [] if none were kept."""
    found = read_latents(trained.checkpoint) if trained.checkpoint.has_own_numbers else None
    if found is None:
        return None, []
    latents, epochs = found
    places = (latents.astype(np.float32) - origin) @ directions.T
    if trained.latent_dim == 1:
        places[..., 1] = heights[: places.shape[1]]  # the random heights that the map's points have
    return places, epochs


def _readings(pair: Pair, spaces: Sequence[Space]) -> tuple[list[PlacesRead | None], str]:
    found = server.judge(pair.vae.dataset.name)
    if found is None:
        return [], missing(pair.vae.dataset)
    judge, accuracy = found
    said = (
        f"The colour behind the points is the class that the judge ({accuracy:.1%} right on test images) reads in what "
        "each decoder makes of that place. It is solid where the judge is sure and pale where it cannot tell."
    )
    if not any(space.linear for space in spaces):
        return (
            [],
            "A t-SNE map has no way back from a place to a code, so the judge can read nothing between its points.",
        )
    if not pair.flat:
        said += " These are places on the plane of the two principal directions through the mean code."
    return [read_places(space, judge) for space in spaces], said


@st.cache_resource(max_entries=4, show_spinner=False)
def map_images(name: str, version: str, part: str, count: int) -> bytes:
    """Return the first `count` images of a part of a data set, packed for the latent map.

    Args:
        version: of the set, as `server.version` returns it: another set may have had its name.
    """
    return images_part(dataset(name).part(part)[0][:count])
