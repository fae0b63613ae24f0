"""The loss ledger of an image: its cost in both models where the sliders stand, beside its cost at its own code."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from vae.explore.image_cost import ImageCost, image_cost
from vae.explore.one_image import Encoded
from vae.figures.image_cost import bars
from vae.ui.shared import charts, models
from vae.ui.shared.models import WORDS, Pair, Trained, kept

DRAWS = 100


def rest(trained: Trained) -> np.ndarray:
    """Return a code (latent_dim,) that says nothing about an image: a VAE's prior mean 0, or an AE's mean test code."""
    return models.centre(trained, None)


def show(pair: Pair, image: Tensor, found: Sequence[Encoded], latents: Sequence[np.ndarray]) -> None:
    """Draw a table in nats and, for each model, bars of every number's KL and of the reconstruction lost without it."""
    st.subheader("Loss ledger of this image")
    table = st.container()
    rows = ["| nats | reconstruction | KL | −ELBO |", "| --- | --- | --- | --- |"]
    for column, trained, word, encoded, latent in zip(
        st.columns(2, gap="medium"), pair, WORDS, found, latents, strict=True
    ):
        own, here = (_at(trained, image, encoded, code) for code in (encoded.code, latent))
        rows += _rows(word, own, here, moved=bool((latent != encoded.code).any()))
        with column:
            _bars(trained, word, here)
    table.markdown("\n".join(rows))
    st.caption(" ".join(_explain(trained) for trained in pair))


def _at(trained: Trained, image: Tensor, encoded: Encoded, code: np.ndarray) -> ImageCost:
    return _image_cost(trained, image.numpy(), code, encoded)


@kept(max_entries=64)
def _image_cost(trained: Trained, pixels: np.ndarray, code: np.ndarray, _encoded: Encoded) -> ImageCost:
    image = torch.from_numpy(pixels)
    return image_cost(trained.model, image, trained.checkpoint.config, code, _encoded.deviation, rest(trained), DRAWS)


def _rows(word: str, own: ImageCost, here: ImageCost, *, moved: bool) -> list[str]:
    rows = [[f"{word}, its own code", *(f"{value:.1f}" for value in _terms(own))]]
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
    st.markdown(f"**{word}**, number by number, where the sliders stand")
    charts.show(
        bars(here, order),
        f"five_ledger_{word}",
        ", ".join(f"z{index + 1}: {here.lost[index]:.1f} nats lost without it" for index in order),
    )


def _explain(trained: Trained) -> str:
    """Explain the numbers of a model's ledger in words."""
    config = trained.checkpoint.config
    if trained.deviations is None:
        return (
            "AE: −log p(x|z) at these numbers; nothing is sampled. It has no KL and no prior. Each bar shows the cost "
            "of setting one number to the mean of the test codes while the others stay."
        )
    weighed = (
        f" In training the KL was weighed with β = {config.beta:g}; here it counts once." if config.beta != 1 else ""
    )
    floor = " Of grey pixels it is a cross-entropy, whose floor is above 0." if config.likelihood == "bernoulli" else ""
    return (
        f"VAE: −log p(x|z), the mean of {DRAWS} draws z ~ N(numbers, σ²) with the posterior's σ and the same noise for "
        "every row and bar, and the KL of that Gaussian from the prior N(0, I). Bars: the KL of each number, and what "
        f"setting it to its prior mean 0 costs in reconstruction, the others as they stand.{weighed}{floor}"
    )
