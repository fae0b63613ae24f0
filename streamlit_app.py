"""Latent spaces, the first page and the file that `streamlit run` is given: both models' codes side by side."""

import streamlit as st

from vae import figures
from vae.figures import Panel
from vae.projection import Projection, ProjectionSettings, ProjectionTask, project
from vae.ui import numbers, page, resources
from vae.ui.numbers import NUMBERS, TRUSTWORTHINESS
from vae.ui.page import Pair
from vae.ui.resources import Trained

POINTS = [1_000, 2_000, 5_000, 10_000]
POLL_SECONDS = 0.5
_METHOD_NAMES = {"pca": "PCA", "t-sne": "t-SNE"}


def show(pair: Pair) -> None:
    """Controls, both maps, the numbers under each, and what to look for."""
    settings, points, same_scale = _controls(pair)
    projections = [_projection(trained, settings, points) for trained in pair]
    waiting = [p for p in projections if isinstance(p, ProjectionTask)]
    if waiting:
        st.fragment(_wait, run_every=POLL_SECONDS)([(t.name, p) for t, p in zip(pair, projections, strict=True)])
        return
    found = [p for p in projections if isinstance(p, Projection)]
    panels = [_panel(t, p, settings, word) for t, p, word in zip(pair, found, ("AE", "VAE"), strict=True)]
    figure = figures.latent_maps(panels, pair.vae.dataset.class_names, same_scale=same_scale, prior=pair.flat)
    if pair.flat:
        st.caption(
            "Dashed: the circles that hold 39 % (1σ) and 86 % (2σ) of the prior N(0, I), which samples come from."
        )
    st.plotly_chart(
        figure, key="latent_maps", config={"displaylogo": False, "scrollZoom": True}, alt=_summary(pair, points)
    )
    for column, trained, projection in zip(st.columns(2), pair, found, strict=True):
        with column:
            _numbers(trained, projection)
    _explanations(found)
    _what_to_look_for(pair, settings)


def _controls(pair: Pair) -> tuple[ProjectionSettings, int, bool]:
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
        points = st.selectbox(
            "Test images",
            POINTS,
            index=POINTS.index(5_000 if pair.flat else 2_000),
            key="points",
            bind="query-params",
            width=150,
        )
        if method == "t-sne":
            perplexity = st.number_input("Perplexity", 5, 100, 30, 5, key="perplexity", bind="query-params", width=140)
            seed = st.number_input("Map seed", 0, 9999, 0, key="map_seed", bind="query-params", width=130)
        same_scale = st.toggle(
            "Same scale",
            key="same_scale",
            bind="query-params",
            help="On: both maps cover the same range, so that the spread of the codes can be compared. Off: each fills "
            "its own, so that the shapes can.",
        )
    return ProjectionSettings(method, float(perplexity), int(seed)), points, same_scale


def _projection(trained: Trained, settings: ProjectionSettings, points: int) -> Projection | ProjectionTask:
    codes = trained.codes[:points]
    if trained.latent_dim <= 2:
        return project(codes, ProjectionSettings("direct"))
    if settings.method == "pca":
        return resources.pca(trained, points)
    task = resources.projector().request(codes, settings)
    return task.result or task


def _wait(named: list[tuple[str, Projection | ProjectionTask]]) -> None:
    """Progress of the maps that are being computed; the page is drawn again when all are there."""
    tasks = [(name, task) for name, task in named if isinstance(task, ProjectionTask)]
    if all(not task.running for _, task in tasks):
        failed = [f"The map of {name} failed: {task.error}" for name, task in tasks if task.error]
        if not failed:
            st.rerun()
        for message in failed:
            st.error(message)
        return
    for name, task in tasks:
        error = f", KL divergence {task.kl_divergence:.2f}" if task.kl_divergence is not None else ""
        words = "done" if not task.running else f"iteration {task.iteration} of {task.total}{error}"
        st.progress(task.iteration / task.total if task.running else 1.0, text=f"t-SNE of {name}: {words}")
    st.caption("The maps are kept on disk: a second look is instant.")


def _panel(trained: Trained, projection: Projection, settings: ProjectionSettings, word: str) -> Panel:
    labels = trained.dataset.test_labels[: len(projection.points)].numpy()
    axes, how = ("z1", "z2"), "as they are"
    if trained.latent_dim == 1:
        axes, how = ("z1", "spread at random"), "one dimension"
    elif trained.latent_dim > 2 and settings.method == "pca":
        axes, how = ("first principal component", "second"), f"PCA, {projection.explained:.0%} of variance"
    elif trained.latent_dim > 2:
        axes, how = ("t-SNE 1", "t-SNE 2"), "t-SNE"
    return Panel(f"<b>{word}</b> {trained.name}, {how}", projection.points, labels, axes)


def _numbers(trained: Trained, projection: Projection) -> None:
    shown = [(NUMBERS[key], trained.checkpoint.metric(key)) for key in ("knn_accuracy", "silhouette")]
    if projection.trustworthiness is not None:
        shown.append((TRUSTWORTHINESS, projection.trustworthiness))
    with st.container(horizontal=True):
        for number, value in shown:
            numbers.show(number, value)


def _explanations(projections: list[Projection]) -> None:
    shown = [NUMBERS["knn_accuracy"], NUMBERS["silhouette"]]
    if any(projection.trustworthiness is not None for projection in projections):
        shown.append(TRUSTWORTHINESS)
    st.caption("  \n".join(f"**{number.label}.** {number.help}" for number in shown))


def _summary(pair: Pair, points: int) -> str:
    parts = [
        f"{t.name} has a kNN accuracy of {accuracy:.0%}"
        if (accuracy := t.checkpoint.metric("knn_accuracy"))
        else t.name
        for t in pair
    ]
    return (
        f"Codes of the first {points:,} test images in two latent spaces, coloured by class. " + "; ".join(parts) + "."
    )


def _what_to_look_for(pair: Pair, settings: ProjectionSettings) -> None:
    st.subheader("What to look for")
    spread = [float(trained.codes.std(0).mean()) for trained in pair]
    st.markdown(
        "- **The scale.** Nothing tells the AE where its codes should lie. Here they spread with a standard deviation "
        f"of {spread[0]:.1f} a dimension, the VAE's posterior means with {spread[1]:.1f}: the KL pulls those towards "
        "N(0, I), which is why z ~ N(0, I) meets codes there and may miss them in the AE's. Switch on **Same scale**.\n"
        "- **The gaps.** A decoder has never been asked about a place where no code lies. Are there holes around the "
        "origin, where samples come from?\n"
        "- **The price.** Compare the kNN accuracies: a larger β draws the classes together until they overlap."
    )
    if settings.method == "t-sne" and pair.vae.latent_dim > 2:
        st.markdown(
            "- **What a t-SNE map does not show.** The size of clusters and the distances between them mean nothing; "
            "another seed gives another map."
        )


page.begin(
    "Latent spaces",
    "Every dot is a test image, placed by its code: where the autoencoder put it, and where the VAE did.",
)
show(page.pair())
