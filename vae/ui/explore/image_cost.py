"""The cost of an image in nats: its loss in both models where the sliders stand, beside its loss at its own code."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from vae.explore.image_cost import ImageCost, image_cost
from vae.explore.one_image import Encoded
from vae.figures.image_cost import bars
from vae.ui.shared import charts, figure_first, models
from vae.ui.shared.models import WORDS, Pair, Trained, kept

DRAWS = 100


def rest(trained: Trained) -> np.ndarray:
    """Return a code (latent_dim,) that says nothing about an image: a VAE's prior mean 0, or an AE's mean test code."""
    return models.centre(trained, None)


def show(pair: Pair, image: Tensor, found: Sequence[Encoded], latents: Sequence[np.ndarray]) -> None:
    """Draw a table in nats and, for each model, bars of every number's KL and of the reconstruction lost without it."""
    st.subheader("What does this image cost?")
    table = st.container()
    rows = ["| nats | reconstruction loss | KL | −ELBO |", "| --- | --- | --- | --- |"]
    for column, trained, word, encoded, latent in zip(
        st.columns(2, gap="medium"), pair, WORDS, found, latents, strict=True
    ):
        own, here = (_at(trained, image, encoded, code) for code in (encoded.code, latent))
        rows += _rows(word, own, here, moved=bool((latent != encoded.code).any()))
        with column:
            _bars(trained, word, here)
    table.markdown("\n".join(rows))
    figure_first.more(*(_explain(word, trained) for word, trained in pair.named()), label="How this is measured")


def _at(trained: Trained, image: Tensor, encoded: Encoded, code: np.ndarray) -> ImageCost:
    return _image_cost(trained, image.numpy(), code, encoded)


@kept(max_entries=64)
def _image_cost(trained: Trained, pixels: np.ndarray, code: np.ndarray, _encoded: Encoded) -> ImageCost:
    image = torch.from_numpy(pixels)
    return image_cost(trained.model, image, trained.checkpoint.config, code, _encoded.deviation, rest(trained), DRAWS)


def _rows(word: str, own: ImageCost, here: ImageCost, *, moved: bool) -> list[str]:
    rows = [[f"{word}, at the image's code", *(f"{value:.1f}" for value in _terms(own))]]
    if moved:
        pairs = zip(_terms(here), _terms(own), strict=True)
        changed = [f"{now:.1f} ({now - before:+.1f})".replace("-", "−") for now, before in pairs]
        rows.append([f"{word}, where the sliders stand", *changed])
    return [f"| {' | '.join([*row, 'none', 'none'][:4])} |" for row in rows]


def _terms(costs: ImageCost) -> list[float]:
    """Return the reconstruction loss and, for a VAE, the KL and the sum of both, in nats."""
    if costs.kl is None:
        return [costs.reconstruction]
    kl = float(costs.kl.sum())
    return [costs.reconstruction, kl, costs.reconstruction + kl]


def _bars(trained: Trained, word: str, here: ImageCost) -> None:
    order = [dimension.index for dimension in models.dimensions(trained)]
    st.markdown(f"**{word}: {trained.name}**, number by number where the sliders stand")
    charts.show(
        bars(here, order),
        f"five_ledger_{word}",
        ", ".join(f"z{index + 1}: {here.lost[index]:.1f} nats more reconstruction loss without it" for index in order),
    )


def _explain(word: str, trained: Trained) -> str:
    """Explain the numbers of a model in words."""
    config = trained.checkpoint.config
    floor = (
        " With a Bernoulli likelihood it is a cross-entropy, which stays above 0 for grey pixels."
        if config.likelihood == "bernoulli"
        else ""
    )
    if trained.deviations is None:
        return (
            f"**{word}.** The reconstruction loss is −log p(x|z) at these numbers. Each bar shows how much it rises "
            "when one number is set to the mean of the test codes and the others stay. An AE has neither KL nor "
            f"prior.{floor}"
        )
    weighed = f" In training the KL was multiplied by β = {config.beta:g}; here it is not." if config.beta != 1 else ""
    if trained.checkpoint.frozen_at is not None:
        weighed = " In training every image had a β of its own, by which the KL was multiplied; here it is not."
    return (
        f"**{word}.** The reconstruction loss is the mean of −log p(x|z) over {DRAWS} draws of z from a Gaussian "
        "around these numbers, with the posterior's σ and the same noise for every row and bar. The KL is that of this "
        "Gaussian from the prior, and −ELBO is the sum. The bars show each number's KL, and how much the "
        f"reconstruction loss rises when it is set to 0 and the others stay.{weighed}{floor}"
    )
