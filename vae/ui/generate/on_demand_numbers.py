"""Measures of a ClassifierVAE: classes asked for against classes read, leakage, diversity, and a table of all runs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from vae.figures.on_demand import asked_table
from vae.generate.on_demand import asked_against_read, draw_every_class, film_rows
from vae.measure.on_demand import Diversity, diversity, leakage
from vae.models.autoencoders import ClassifierVAE
from vae.storage.film import Film, read_filmstrip
from vae.ui.frame import data_set
from vae.ui.generate.on_demand import read
from vae.ui.shared import charts
from vae.ui.shared.models import Trained, kept
from vae.ui.shared.readings import missing
from vae.ui.shared.terms import explained


@dataclass(frozen=True, eq=False)
class Numbers:
    """Measures of one model."""

    counts: np.ndarray | None  # int64 (classes, classes): rows were asked for, columns are read; None without a judge
    leakage: float
    commonest: float  # share of the commonest class among the test images: the leakage if z tells nothing
    diversity: Diversity
    styles: int

    @property
    def asked_as_read(self) -> float | None:
        """The share of draws in which the judge reads the class asked for; None without a judge."""
        return None if self.counts is None else float(np.trace(self.counts) / self.counts.sum())


def show(trained: Trained) -> None:
    """Draw the table of classes asked for and read, leakage, diversity, and a table of these measures of all runs."""
    found = numbers(trained)
    names = trained.dataset.class_names
    st.subheader("Does the judge read what was asked for?")
    left, right = st.columns([3, 2])
    with left:
        if found.counts is None:
            st.info(missing(trained.dataset))
        else:
            charts.show(asked_table(found.counts, names), "demand_table", "Classes asked for against classes read")
    with right:
        if found.counts is not None and found.asked_as_read is not None:
            st.metric(
                "Read as asked",
                f"{found.asked_as_read:.1%}",
                border=True,
                help=f"The share of the {found.counts.sum():,} images in the table in which the judge reads the class "
                f"that was asked for: {found.styles} z from the prior, each decoded with every class.",
            )
        st.metric(
            "Leakage",
            f"{found.leakage:.1%}",
            border=True,
            help=f"The share of the {len(trained.dataset.test_labels):,} test images whose class a logistic regression "
            f"can tell from z alone. {found.commonest:.1%}, the share of the commonest class, is ideal: z then says "
            "nothing about the class.",
        )
        _diversity(found)
    _why_not_all(found)
    _runs()


def _diversity(found: Numbers) -> None:
    ratio = found.diversity.ratio
    if ratio is None:
        st.caption("Diversity is not measured, because no class has two test images that differ.")
        return
    st.metric(
        "Diversity within a class",
        f"{ratio:.2f}",
        border=True,
        help=f"The mean distance of two decoded images of a class, {found.diversity.drawn.mean():.2f}, divided by that "
        f"of two test images of it, {found.diversity.real.mean():.2f} (Euclidean, pixels from 0 to 1, up to "
        f"{found.styles} images a class). 1 is as diverse as test images, and 0 is always the same image. Classes of "
        "which no two test images differ are left out.",
    )


def _why_not_all(found: Numbers) -> None:
    if found.counts is None or found.asked_as_read == 1:
        return
    draws, wrong = found.counts.sum(), found.counts.sum() - np.trace(found.counts)
    if found.leakage > 1.5 * found.commonest:
        why = (
            f"z itself still tells the class of {found.leakage:.1%} of the test images, where guessing would tell "
            f"{found.commonest:.1%}. So a random z asks for a class too, and where it asks for another one, the "
            "decoder mixes both. Longer training or a larger β leaves less of the class in z, because z pays KL for "
            "repeating what the classifier says; a larger β also leaves less of the style."
        )
    else:
        why = (
            f"z hardly tells the class ({found.leakage:.1%} of the test images, where guessing would tell "
            f"{found.commonest:.1%}), so these are mostly images in styles that are hard to read."
        )
    st.markdown(explained(f"**Why not all?** The judge reads {wrong:,} of {draws:,} images as another class. {why}"))


def _runs() -> None:
    rows = measured_runs()
    if len(rows) < 2:
        return
    share = st.column_config.NumberColumn(format="percent")
    formats = dict.fromkeys(("read as asked", "leakage", "classifier accuracy"), share)
    formats["diversity"] = st.column_config.NumberColumn(format="%.2f")
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=formats)
    st.caption(
        "These are all ClassifierVAEs of these images, measured when they were trained. The last column is the "
        "accuracy of the model's own classifier on all test images."
    )


def film(trained: Trained) -> Film | None:
    """Read the decodes of each class after epochs, uint8 (epochs, classes, C, H, W); None if missing or damaged."""
    found, checkpoint = read_filmstrip(trained.checkpoint), trained.checkpoint
    if found is None or found.frames.shape[2] != checkpoint.classes * checkpoint.image_shape[2]:
        return None
    return Film(film_rows(found.frames, checkpoint.classes), found.epochs)


@kept(max_entries=16, show_spinner="Reading the rows of every epoch…")
def read_film(trained: Trained, _film: np.ndarray) -> np.ndarray | None:
    """Return the classes that the judge reads in a model's film, int64 (epochs, classes); None without a judge."""
    return read(trained, _film)


@kept(max_entries=16, show_spinner="Asking for every class 100 times…")
def numbers(trained: Trained) -> Numbers:
    """Count what the judge reads in 100 draws of every class, and measure leakage and diversity, once a model."""
    model = trained.model
    assert isinstance(model, ClassifierVAE)
    drawn = draw_every_class(model)
    found = read(trained, drawn)
    counts = None if found is None else asked_against_read(found)
    images = trained.dataset
    commonest = float(images.test_labels.bincount().max() / len(images.test_labels))
    return Numbers(counts, leakage(model, images), commonest, diversity(drawn, images), len(drawn))


def measured_runs() -> list[dict[str, Any]]:
    """Return a row for each ClassifierVAE, with what its metrics.json says."""
    runs = [run for run in data_set.runs() if run.model == "classifier-vae"]
    return [
        {"run": run.name, "epochs": round(run.epochs_done, 1), "β": run.config.beta}
        | {
            "read as asked": run.metric("asked_as_read"),
            "leakage": run.metric("leakage"),
            "diversity": run.metric("diversity"),
            "classifier accuracy": run.metric("classifier_accuracy"),
        }
        for run in runs
    ]
