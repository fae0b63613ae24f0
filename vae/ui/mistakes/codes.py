"""The codes of the wrong and the right model: their maps around the prior, and the KL of every latent dimension."""

import numpy as np
import streamlit as st

from vae.figures.mistakes import Codes, differences, kl_bars, maps
from vae.measure.likelihood import likelihood_terms
from vae.ui.mistakes import numbers
from vae.ui.mistakes.lessons import Lesson
from vae.ui.shared import charts, models
from vae.ui.shared.models import Trained, drawn

POINTS = 1_000


@drawn()
def show(sides: tuple[str, str], wrong: Trained, right: Trained) -> None:
    """Draw the maps of both models beside each other and, where both have a KL, its bars.

    Args:
        sides: the names of both on the page.
    """
    places = [_codes(trained, side) for trained, side in zip((wrong, right), sides, strict=True)]
    labels = right.dataset.test_labels[:POINTS].numpy()
    figure = maps(places, labels, right.dataset.class_names)
    alt = f"Latent maps of {wrong.name} and {right.name} around the prior"
    kl = [_kl(trained) for trained in (wrong, right)]
    if kl[0] is None or kl[1] is None:
        charts.show(figure, "mistake_maps", alt)
        return
    left, beside = st.columns([5, 3])
    with left:
        charts.show(figure, "mistake_maps", alt)
    with beside:
        charts.show(kl_bars(kl[0], kl[1], sides), "mistake_kl", "KL of every latent dimension of both models")


@drawn()
def show_differences(trained: Trained) -> None:
    """Draw by how much −ELBO is too low for each test image when it is computed at the mean."""
    apart = -models.losses_per_image(trained)["elbo"] - numbers.bounds_at_mean(trained)
    charts.show(differences(apart), "mistake_differences", "Histogram of −ELBO at a drawn z minus −ELBO at the mean")


def describe(lesson: Lesson, right: Trained) -> str:
    """Say which codes the maps show, and what both models share."""
    config, size = right.checkpoint.config, right.latent_dim
    shared = f"{config.layers}, latent size {size}, {right.checkpoint.epochs_done:.3g} epochs, seed {config.seed}"
    if lesson.key == "at-mean":
        return f"The model: {shared}."
    by = "vary most" if lesson.key == "ae" else "have the largest KL"
    count = min(POINTS, len(right.codes))
    # In two of many dimensions codes and circles overlap, although no code is near a random z in all of them.
    shadow = f" They show 2 of {size} dimensions: codes that lie inside the circles here may be far away in the others."
    shadow = shadow if lesson.key == "ae" and size > 2 else ""
    return (
        f"Both models: {shared}, the same order of images. Maps: the first {count:,} test images in the two latent "
        f"dimensions that {by}, each map on a scale of its own.{shadow}"
    )


def _kl(trained: Trained) -> np.ndarray | None:
    if trained.deviations is None:
        return None
    # From the log variances, and not from σ: that of a model which goes astray may be smaller than any float.
    terms = likelihood_terms(trained.model, trained.dataset.test_images[:POINTS], trained.checkpoint.config)
    return np.asarray(terms["kl"].mean(0))


def _codes(trained: Trained, side: str) -> Codes:
    kl = _kl(trained)
    first, second = np.argsort(-(trained.codes.var(0) if kl is None else kl), kind="stable")[:2]
    return Codes(side, trained.codes[:POINTS, [first, second]], (f"z{first + 1}", f"z{second + 1}"))
