"""The ClassifierVAE to look at: choosing or training one, and what the judge reads in its decodes."""

from dataclasses import replace

import numpy as np
import streamlit as st

from vae.data.imported.shelf import title
from vae.generate.on_demand import read_classes
from vae.storage.checkpoints import Checkpoint
from vae.training.config import MACHINE_SETTINGS, TrainConfig, differences
from vae.training.recipe import ARTICLE, OWN
from vae.ui.frame import data_set, retrain
from vae.ui.frame.start import Plan
from vae.ui.shared import models, server
from vae.ui.shared.models import LOAD_ERRORS, Trained
from vae.ui.shared.words import NEEDS_LABELS

# This key is the name of the model kind, because `run_status.adopt_finished` writes a finished run's name to it.
KEY = "classifier-vae"
PRESETS = {
    "article": (ARTICLE, "the article's settings", "These are from 'Variational Autoencoders Explained in Detail'"),
    "own": (OWN, "our settings", "These are this project's own"),
}


def choose() -> Trained | None:
    """Draw the list and the two buttons that train, and return the chosen model, or None after a message."""
    runs = {run.name: run for run in data_set.runs() if run.model == "classifier-vae"}
    if st.session_state.get(KEY) not in runs:
        st.session_state.pop(KEY, None)
    chosen = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if runs:
            names = list(runs)
            default = names.index("classifier-vae-10d") if "classifier-vae-10d" in names else 0
            name = st.selectbox("ClassifierVAE to show", names, index=default, key=KEY, bind="query-params", width=320)
            chosen = runs[name]
        labelled = data_set.is_labelled(data_set.current())
        _train_buttons(data_set.current(), possible=labelled)
    if chosen is None:
        how = (
            "One of the two buttons trains one. So does **Retrain** in the sidebar, where **All settings** has it as a "
            "model."
            if labelled
            else f"A ClassifierVAE {NEEDS_LABELS}. Choose other images in the sidebar."
        )
        st.info(f"There is no ClassifierVAE of these images yet. {how}")
        return None
    try:
        return models.trained(chosen)
    except LOAD_ERRORS as error:
        st.error(str(error))
        return None


def _train_buttons(dataset: str, *, possible: bool) -> None:
    trains = retrain.trains()
    for key, (preset, label, whose) in PRESETS.items():
        config = replace(preset, dataset=dataset)
        st.button(
            f"Train one with {label}",
            key=f"train_{key}",
            icon=":material/model_training:",
            disabled=trains or not possible,
            help=f"{whose}: {_settings(config)}. The sidebar shows how the training goes on, and then this page shows "
            "the model.",
            on_click=retrain.submit,
            args=(Plan([config]),),
        )


def _settings(config: TrainConfig) -> str:
    """Describe a ClassifierVAE's settings in one line."""
    sigma = f" σ = {config.sigma:g}" if config.likelihood == "gaussian" else ""
    budget = next(f"{value:g} {unit}" for unit in ("epochs", "steps", "seconds") if (value := getattr(config, unit)))
    rate = "constant" if config.schedule == "constant" else "annealed along a cosine"
    return (
        f"{title(config.dataset)}, latent size {config.latent_dim}, "
        f"{config.layers} {config.activation} in each of the three networks, "
        f"{config.likelihood}{sigma}, β {config.beta:g}, weight of the classifier w = {config.classifier_weight:g}, "
        f"{budget}, batch {config.batch_size}, Adam {config.learning_rate:g} {rate}"
    )


def described(checkpoint: Checkpoint) -> str:
    """Say with which settings a ClassifierVAE was trained."""
    same = [
        label
        for preset, label, _ in PRESETS.values()
        if not differences(preset, checkpoint.config, ignoring=("seed", *MACHINE_SETTINGS))
    ]
    whose = f", which are {same[0]}" if same else ""
    return f"{checkpoint.name} was trained with these settings{whose}: {_settings(checkpoint.config)}."


def read(trained: Trained, drawn: np.ndarray) -> np.ndarray | None:
    """Read images uint8 (N, classes, C, H, W) with the judge: int64 (N, classes); None without a judge."""
    found = server.judge(trained.dataset.name)
    return None if found is None else read_classes(found[0], drawn)


def right(read: np.ndarray) -> str:
    """Say how many images the judge reads as asked; `read` holds the classes it reads, int64 (N, classes)."""
    count = int((read == np.arange(read.shape[1])).sum())
    return f"the judge reads {count} of {read.size} images as they were asked for"
