"""A ClassifierVAE to look at: choosing or training one, where its styles come from, and what was measured of it."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from vae.checkpoints import Checkpoint, CheckpointError
from vae.conditional import (
    ARTICLE,
    OWN,
    Diversity,
    asked_against_read,
    diversity,
    draw_every_class,
    leakage,
    read_classes,
)
from vae.config import TrainConfig, differences
from vae.data import TITLES, DatasetError
from vae.drawing import PictureError, prepare_file
from vae.models import ClassifierVAE
from vae.sampling import encode_posteriors, prior_latents
from vae.ui import resources, retrain
from vae.ui.resources import Trained

# A run that ends is chosen through the name of its kind, by `retrain.adopt_finished`.
KEY = "classifier-vae"
PRESETS = {
    "article": (ARTICLE, "the article's settings", "Of 'Variational Autoencoders Explained in Detail'"),
    "own": (OWN, "our settings", "This project's own"),
}
MOST_STYLES = 12
PICTURES = ["png", "jpg", "jpeg", "webp", "bmp", "gif"]


@dataclass(frozen=True, eq=False)
class Styles:
    """Where the rows' z come from."""

    latents: np.ndarray  # (N, latent_dim)
    names: list[str]
    images: list[np.ndarray] | None  # uint8 (C, H, W) of every row; None for z of the prior


@dataclass(frozen=True, eq=False)
class Numbers:
    """What was measured of one model."""

    counts: np.ndarray | None  # (classes, classes) asked against read; None without a judge
    leakage: float
    diversity: Diversity
    styles: int


def choose() -> Trained | None:
    """The selectbox and the two buttons that train; None, with words, where there is nothing to look at."""
    runs = {run.name: run for run in resources.checkpoints()[0] if run.model == "classifier-vae"}
    if st.session_state.get(KEY) not in runs:
        st.session_state.pop(KEY, None)
    chosen = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if runs:
            names = list(runs)
            default = names.index("classifier-vae-10d") if "classifier-vae-10d" in names else 0
            name = st.selectbox("ClassifierVAE", names, index=default, key=KEY, bind="query-params", width=320)
            chosen = runs[name]
        _train_buttons(chosen.config.dataset if chosen else "mnist")
    if chosen is None:
        st.info("There is no ClassifierVAE yet: train one with either of the buttons above.")
        return None
    st.caption(_describe(chosen))
    try:
        return resources.trained(chosen)
    except (CheckpointError, DatasetError, OSError) as error:
        st.error(str(error))
        return None


def _train_buttons(dataset: str) -> None:
    own = resources.trainer().find(st.session_state["run"])
    for key, (preset, label, whose) in PRESETS.items():
        config = replace(preset, dataset=dataset)
        st.button(
            f"Train: {label}",
            key=f"train_{key}",
            icon=":material/model_training:",
            disabled=own is not None and not own.ended,
            help=f"{whose}: {_settings(config)}. The sidebar follows the run, and this page then shows it.",
            on_click=_submit,
            args=(config,),
        )


def _submit(config: TrainConfig) -> None:
    job = resources.trainer().submit([config], owner=retrain.session())
    st.session_state.update(run=job.id, before="")
    st.session_state.pop("ended", None)


def _settings(config: TrainConfig) -> str:
    """A ClassifierVAE's settings in a line."""
    sigma = f" σ = {config.sigma:g}" if config.likelihood == "gaussian" else ""
    budget = next(f"{value:g} {unit}" for unit in ("epochs", "steps", "seconds") if (value := getattr(config, unit)))
    rate = "constant" if config.schedule == "constant" else "annealed along a cosine"
    return (
        f"{TITLES[config.dataset]}, latent size {config.latent_dim}, {config.body} "
        f"{'-'.join(map(str, config.hidden))} {config.activation} in each of the three networks, "
        f"{config.likelihood}{sigma}, β {config.beta:g}, weight of the classifier w = {config.classifier_weight:g}, "
        f"{budget}, batch {config.batch_size}, Adam {config.learning_rate:g} {rate}"
    )


def _describe(checkpoint: Checkpoint) -> str:
    same = [
        label
        for preset, label, _ in PRESETS.values()
        if not differences(preset, checkpoint.config, ignoring=("seed", "device"))
    ]
    whose = f" These are {same[0]}." if same else ""
    return f"{_settings(checkpoint.config)}.{whose}"


def styles(trained: Trained, source: str, count: int) -> Styles | None:
    """The z of the rows, from what `source` says; None, with words, where that is not there yet."""
    if source == "N(0, I)":
        seed = st.number_input("Seed of z", 0, 9999, 0, key="demand_seed", bind="query-params", width=180)
        return Styles(prior_latents(count, trained.latent_dim, seed), [f"z {i}" for i in range(1, count + 1)], None)
    if source == "test images":
        last = len(trained.codes) - count
        # A link may carry a number from another data set.
        first = st.number_input("From test image", 0, last, 0, count, key="demand_image", width=180)
        chosen = slice(first, first + count)
        pictures = list(trained.dataset.test_images[chosen].numpy())
        return Styles(trained.codes[chosen], [f"image {i}" for i in range(first, first + count)], pictures)
    image = _own_image(trained) if source == "a file" else drawing(trained)
    return None if image is None else _posterior(trained, image, count)


def drawing(trained: Trained) -> Tensor | None:
    """What another page left as a drawing, uint8 (1, C, H, W), where it is an image as this model reads."""
    found = st.session_state.get("drawing")
    if found is None or tuple(np.shape(found)) != trained.dataset.image_shape:
        return None
    return torch.as_tensor(np.asarray(found, np.uint8))[None]


def _own_image(trained: Trained) -> Tensor | None:
    uploaded = st.file_uploader("A picture of one character on a plain ground", PICTURES, key="demand_file")
    if uploaded is None:
        st.info("Choose a picture file: what its style is becomes every row's z.")
        return None
    try:
        return prepare_file(uploaded.getvalue(), trained.dataset.image_shape).image
    except PictureError as error:
        st.error(str(error))
        return None


def _posterior(trained: Trained, image: Tensor, count: int) -> Styles:
    """An image's posterior mean, then draws from its posterior."""
    mean, deviation = encode_posteriors(trained.model, image)
    assert deviation is not None
    noise = prior_latents(count, trained.latent_dim)
    noise[0] = 0
    names = ["its μ", *(f"z {i} ~ q(z|x)" for i in range(1, count))]
    return Styles(mean + deviation * noise, names, [image[0].numpy()] * count)


def read(trained: Trained, drawn: np.ndarray) -> np.ndarray | None:
    """What the judge reads in images uint8 (N, classes, C, H, W); None without a judge."""
    found = resources.judge(trained.dataset.name)
    return None if found is None else read_classes(found[0], drawn)


def read_film(trained: Trained, film: np.ndarray) -> np.ndarray | None:
    """The same of a whole film, kept."""
    return _read_film(str(trained.checkpoint.path), trained.written, trained, film)


@st.cache_resource(max_entries=16, show_spinner="Reading the rows of every epoch…")
def _read_film(path: str, written: int, _trained: Trained, _film: np.ndarray) -> np.ndarray | None:
    return read(_trained, _film)


def numbers(trained: Trained) -> Numbers:
    """What was asked for and read over 1,000 draws of ten classes, leakage and diversity; measured once a model."""
    return _numbers(str(trained.checkpoint.path), trained.written, trained)


@st.cache_resource(max_entries=16, show_spinner="Asking for every class 100 times…")
def _numbers(path: str, written: int, _trained: Trained) -> Numbers:
    model = _trained.model
    assert isinstance(model, ClassifierVAE)
    drawn = draw_every_class(model)
    found = read(_trained, drawn)
    counts = None if found is None else asked_against_read(found)
    return Numbers(counts, leakage(model, _trained.dataset), diversity(drawn, _trained.dataset), len(drawn))
