"""The current job's runs, epoch by epoch: codes of always the same test images, losses, and KL by dimension."""

import numpy as np
import pandas as pd
import streamlit as st

from vae.explore.alignment import align_axes
from vae.explore.projection import ProjectionSettings, project
from vae.figures.losses import kl_bars, loss_curves
from vae.figures.maps import Panel, latent_maps
from vae.jobs.job import Job, Run
from vae.ui.compare.course import explain_multi_rate
from vae.ui.shared import charts, server
from vae.ui.shared.identity import session
from vae.ui.shared.terms import explained

POLL_SECONDS = 0.5


def show() -> None:
    """Draw the panel while a job is running; draw nothing otherwise. The sidebar reruns the page when the job ends."""
    job = server.trainer().job
    if job is not None:
        st.fragment(_draw, run_every=POLL_SECONDS)(job)


def _draw(job: Job) -> None:
    with st.container(border=True, key="live"):
        # The AE is on the left, as on every page.
        reported = sorted((run for run in job.runs if run.history), key=lambda run: run.config.model)
        if not reported:
            st.subheader(f"{' and '.join(job.names)}: the first epoch is not done yet")
            return
        st.subheader("; ".join(f"{run.name}, epoch {run.history[-1]['epoch']:g}" for run in reported))
        coded = [run.latents for run in reported if run.latents is not None]
        shown = f" The map shows the first {len(coded[0]):,} test images." if coded else ""
        st.caption(f"{'; '.join(map(_pace, reported))}. All of this comes from the epoch that has just ended.{shown}")
        # The page's top shows this session's own codes as they move.
        if job.owner == session():
            _bars(reported)
        else:
            one, other = st.columns([3, 2])
            with one if len(reported) == 1 else st.container():
                _map(job, reported)
            with other if len(reported) == 1 else st.container():
                _bars(reported)
        histories = {run.name: pd.DataFrame(run.history) for run in reported}
        figure = loss_curves(histories, height=320)
        charts.show(figure, "live_losses", "Losses after each epoch so far")
        explain_multi_rate({run.name: run.config.model for run in reported})


def _pace(run: Run) -> str:
    left = run.seconds_left()
    then = f"now: {run.phase}" if left is None else f"{left:.0f} s are left"
    return f"{run.name} trains on {run.history[-1]['images_per_second']:,.0f} images a second, {then}"


def _map(job: Job, runs: list[Run]) -> None:
    dataset = server.dataset(runs[0].config.dataset)
    panels, flat = [], True
    for run in runs:
        assert run.latents is not None
        planar = run.latents.shape[1] <= 2
        labels = dataset.test_labels[: len(run.latents)].numpy()
        title = run.name if planar else f"{run.name}, PCA"
        panels.append(Panel(title, _places(job, run), labels, ("z1", "z2") if planar else ("PC 1", "PC 2")))
        flat = flat and planar
    figure = latent_maps(panels, dataset.class_names, prior=flat)
    charts.show(figure, "live_map", f"Codes of {len(panels[0].points):,} test images")


def _places(job: Job, run: Run) -> np.ndarray:
    assert run.latents is not None
    if run.latents.shape[1] <= 2:
        return project(run.latents, ProjectionSettings("direct")).points
    found = project(run.latents, ProjectionSettings("pca"), measured=False)
    # The sign of a principal direction is arbitrary: unless it follows the last map, the map flips between epochs.
    kept = st.session_state.setdefault("live_places", {})
    key = (job.id, run.name)
    if key in kept:
        found = align_axes(found, kept[key])
    st.session_state["live_places"] = {k: v for k, v in kept.items() if k[0] == job.id} | {key: found.points}
    return found.points


def _bars(runs: list[Run]) -> None:
    measured = [run for run in runs if run.kl_per_dimension is not None]
    for run in measured:
        assert run.kl_per_dimension is not None
        figure = kl_bars(run.kl_per_dimension)
        charts.show(figure, "live_kl", "KL of every latent dimension")
    if len(measured) < len(runs):
        st.caption(explained("An autoencoder has no KL, since nothing tells its codes where to lie."))
