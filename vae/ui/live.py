"""The run that is going, epoch by epoch: the same test images' codes, losses, KL by dimension, and samples."""

import numpy as np
import pandas as pd
import streamlit as st

from vae import figures
from vae.figures import Panel
from vae.jobs import Job
from vae.projection import ProjectionSettings, align_axes, project
from vae.ui import resources

POLL_SECONDS = 0.5


def show() -> None:
    """The panel while a run is going; nothing otherwise. The sidebar draws the page again when it ends."""
    job = resources.trainer().job
    if job is not None:
        st.fragment(_draw, run_every=POLL_SECONDS)(job)


def _draw(job: Job) -> None:
    with st.container(border=True, key="live"):
        history = job.histories[job.part]
        name = job.names[job.part]
        if not history:
            st.subheader(f"{name}: before its first epoch")
            return
        last = history[-1]
        st.subheader(f"{name}, epoch {last['epoch']:g}")
        left = job.seconds_left()
        st.caption(
            f"{last['images_per_second']:,.0f} images/s"
            + (f", {left:.0f} s left" if left is not None and job.phase == "training" else f", {job.phase}")
            + ". Everything here comes from the epoch that has just ended; the map has the first 2,000 test images."
        )
        one, other = st.columns([3, 2])
        with one:
            _map(job)
        with other:
            _bars(job)
        figure = figures.loss_curves({name: pd.DataFrame(history)}, height=320)
        st.plotly_chart(figure, key="live_losses", config={"displayModeBar": False}, alt="Losses so far")


def _map(job: Job) -> None:
    if job.latents is None:
        return
    dataset = resources.dataset(job.configs[job.part].dataset)
    labels = dataset.test_labels[: len(job.latents)].numpy()
    panel = Panel("Latent space", _places(job), labels, ("z1", "z2") if job.latents.shape[1] == 2 else ("PC 1", "PC 2"))
    figure = figures.latent_maps([panel], dataset.class_names, prior=job.latents.shape[1] <= 2)
    st.plotly_chart(figure, key="live_map", config={"displayModeBar": False}, alt="Codes of 2,000 test images")


def _places(job: Job) -> np.ndarray:
    assert job.latents is not None
    if job.latents.shape[1] <= 2:
        return project(job.latents, ProjectionSettings("direct")).points
    found = project(job.latents, ProjectionSettings("pca"), measured=False)
    # A principal direction has no sign: without a frame to follow, the map would flip from epoch to epoch.
    kept = st.session_state.get("live_places")
    if kept is not None and kept[0] == (job.id, job.part):
        found = align_axes(found, kept[1])
    st.session_state["live_places"] = ((job.id, job.part), found.points)
    return found.points


def _bars(job: Job) -> None:
    if job.kl_per_dimension is None:
        st.caption("An autoencoder has no KL: nothing asks its codes to be anywhere.")
        return
    figure = figures.kl_bars(job.kl_per_dimension)
    st.plotly_chart(figure, key="live_kl", config={"displayModeBar": False}, alt="KL of every latent dimension")
