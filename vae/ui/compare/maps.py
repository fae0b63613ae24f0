"""The places of codes on the map: found at once, or by a t-SNE that shows its progress and can be cancelled."""

from dataclasses import dataclass, replace

import streamlit as st

from vae.explore.alignment import align, align_axes
from vae.explore.projection import Projection, ProjectionSettings, project
from vae.explore.projector import ProjectionTask
from vae.figures.map_picture import map_picture
from vae.figures.maps import Panel, latent_maps
from vae.ui.shared import charts, models, server
from vae.ui.shared.identity import session
from vae.ui.shared.models import PRINCIPAL_AXES, Pair, Trained
from vae.ui.shared.terms import explained

POLL_SECONDS = 0.5
PICTURE_SIDE = 180
MORE_SEEDS = 2


@dataclass(frozen=True)
class View:
    """The images and the projection of a map: the first `count` images of a part of the data set."""

    part: str  # test or train
    count: int
    settings: ProjectionSettings


def shown(pair: Pair, view: View) -> tuple[View, list[Projection]]:
    """Return both models' maps and their view, which is the PCA until a t-SNE is done; draw the t-SNE's progress."""
    found = projections(pair, view)
    if found is not None:
        return view, found
    meanwhile = replace(view, settings=ProjectionSettings("pca"))
    maps = projections(pair, meanwhile)
    assert maps is not None  # A PCA takes no time.
    return meanwhile, maps


def projections(pair: Pair, view: View) -> list[Projection] | None:
    """Return both models' maps, the VAE's turned to the AE's; until t-SNE ends, draw its progress and return None."""
    found = _project(pair, view, "wait_for_map")
    if found is None or pair.flat:
        return found
    return [found[0], _turned(found[1], found[0], pair.vae, view)]


def more_seeds(pair: Pair, view: View, first: list[Projection]) -> None:
    """Draw the t-SNE maps of two more seeds, turned to those of the `first` seed, with their trustworthiness."""
    for number in range(1, MORE_SEEDS + 1):
        settings = replace(view.settings, seed=view.settings.seed + number)
        other = replace(view, settings=settings)
        found = _project(pair, other, f"wait_for_seed_{number}")
        if found is None:
            return
        turned = [_turned(new, old, trained, other) for new, old, trained in zip(found, first, pair, strict=True)]
        panels = [panel(t, p, other, word) for (word, t), p in zip(pair.named(), turned, strict=True)]
        for index, projection in enumerate(turned):
            title = f"{panels[index].title}, seed {settings.seed}, trustworthiness {projection.trustworthiness:.3f}"
            panels[index] = replace(panels[index], title=title)
        figure = latent_maps(panels, pair.vae.dataset.class_names)
        figure.update_layout(height=400)
        words = f"The t-SNE maps of both models from seed {settings.seed}"
        charts.show(figure, f"seed_{number}", words, tools=True)


def panel(trained: Trained, projection: Projection, view: View, word: str) -> Panel:
    """Return a map as a panel of a Plotly figure."""
    labels = trained.dataset.part(view.part)[1][: len(projection.points)].numpy()
    title = f"<b>{word}</b> {trained.name}, {how(trained, view.settings, projection)}"
    return Panel(title, projection.points, labels, axes(trained, view.settings), _origin(trained, projection))


def _origin(trained: Trained, projection: Projection) -> tuple[float, float] | None:
    """Return the place of z = 0 on a map; None on a t-SNE map, which has none."""
    if trained.flat:
        return 0.0, 0.0
    if projection.centre is None or projection.directions is None:
        return None
    x, y = -projection.directions @ projection.centre
    return float(x), float(y)


def _turned(projection: Projection, onto: Projection, trained: Trained, view: View) -> Projection:
    """Return a PCA or t-SNE map, whose orientation is arbitrary, turned or mirrored to match another map."""
    if trained.flat:
        return projection
    if view.settings.method == "pca":
        return align_axes(projection, onto.points, models.pca(models.at_beta_1(trained), view.count, view.part).points)
    return replace(projection, points=align(projection.points, onto.points))


def _project(pair: Pair, view: View, key: str) -> list[Projection] | None:
    found = [_request(trained, view) for trained in pair]
    done = [p for p in found if isinstance(p, Projection)]
    if len(done) == len(found):
        return done
    with st.container(key=key):
        st.fragment(_wait, run_every=POLL_SECONDS)(pair, view, key)
    return None


def _request(trained: Trained, view: View) -> Projection | ProjectionTask:
    codes, _ = models.codes(trained, view.part, view.count)
    if trained.flat:
        return project(codes, ProjectionSettings("direct"))
    if view.settings.method == "pca":
        return models.pca(trained, view.count, view.part)
    task = server.projector().request(codes, view.settings, session())
    return task.result or task


def _wait(pair: Pair, view: View, key: str) -> None:
    """Draw the maps that are being computed, and their progress; rerun the page when all are done."""
    found = [_request(trained, view) for trained in pair]
    tasks = [(trained, one) for trained, one in zip(pair, found, strict=True) if isinstance(one, ProjectionTask)]
    for trained, task in tasks:
        if task.error:
            st.error(f"The t-SNE of {trained.name} failed: {task.error}")
    if any(task.cancelled_by(session()) for _, task in tasks):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Begin the t-SNE again", key=f"{key}_again", on_click=_begin_again, args=(pair, view))
            st.markdown(explained("The t-SNE was cancelled. The map shows the PCA."))
        return
    if not any(task.running for _, task in tasks):
        if not any(task.error for _, task in tasks):
            st.rerun()
        return
    for column, trained, one in zip(st.columns(len(found)), pair, found, strict=True):
        with column, st.container(horizontal=True, vertical_alignment="center"):
            _progress(trained, view, one)
    with st.container(horizontal=True, vertical_alignment="center"):
        running = [task for _, task in tasks]
        st.button("Cancel the t-SNE", key=f"{key}_cancel", icon=":material/close:", on_click=_cancel, args=(running,))
        st.caption(
            explained("The map shows the PCA until the t-SNE is done. It is kept on disk and opens at once next time.")
        )


def _progress(trained: Trained, view: View, found: Projection | ProjectionTask) -> None:
    """Draw a map as it is by now, which begins as the PCA, beside how far its t-SNE is."""
    points = found.points  # read once: the t-SNE may end meanwhile
    if points is None:
        points = models.pca(trained, view.count, view.part).points
    labels = trained.dataset.part(view.part)[1][: len(points)].numpy()
    st.image(
        map_picture(points, labels, 2 * PICTURE_SIDE), width=PICTURE_SIDE, alt=f"Latent map of {trained.name} by now"
    )
    share, words = 1.0, "done"
    if isinstance(found, ProjectionTask) and found.running:
        share = min(found.iteration / found.total, 1.0)
        error = f", KL divergence {found.kl_divergence:.2f}" if found.kl_divergence is not None else ""
        words = f"iteration {found.iteration} of {found.total}{error}" if found.iteration else "looking for neighbours"
    st.progress(share, text=f"t-SNE of {trained.name}: {words}")


def _cancel(tasks: list[ProjectionTask]) -> None:
    for task in tasks:
        task.cancel(session())


def _begin_again(pair: Pair, view: View) -> None:
    for trained in pair:
        found = _request(trained, view)
        if isinstance(found, ProjectionTask) and found.cancelled_by(session()):
            server.projector().restart(models.codes(trained, view.part, view.count)[0], view.settings, session())


def how(trained: Trained, settings: ProjectionSettings, projection: Projection) -> str:
    """Describe in a few words how codes became places on the map."""
    if trained.latent_dim == 2:
        return "2-D codes, not projected"
    if trained.latent_dim == 1:
        return "1-D codes, not projected"
    if settings.method != "pca":
        return "t-SNE"
    axes = "PCA" if trained.checkpoint.has_own_numbers else "axes of the PCA at β 1"
    return f"{axes}, {projection.explained:.0%} of the variance"


def axes(trained: Trained, settings: ProjectionSettings) -> tuple[str, str]:
    """Return the names of the map's two axes."""
    if trained.flat:
        return ("z1", "z2") if trained.latent_dim == 2 else ("z1", "height at random")
    return PRINCIPAL_AXES if settings.method == "pca" else ("t-SNE 1", "t-SNE 2")
