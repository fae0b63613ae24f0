"""Digits on demand: a VAE whose decoder is told the class, so that any of them can be asked for in any style."""

import numpy as np
import streamlit as st

from vae import figures
from vae.checkpoints import read_filmstrip
from vae.conditional import decode_every_class, film_rows
from vae.demand_figures import asked_table, class_rows
from vae.models import ClassifierVAE
from vae.ui import on_demand, page
from vae.ui.resources import Trained

SHORT_FILM = 20  # rows
LAST_EPOCHS = 5


def show() -> None:
    """The grid of styles, the film and the losses of the run, and what was measured."""
    trained = on_demand.choose()
    if trained is None:
        return
    _styles(trained)
    _numbers(trained)
    _film(trained)
    st.subheader("Both losses")
    st.plotly_chart(
        figures.loss_curves({trained.name: trained.checkpoint.history}, height=360),
        key="demand_losses",
        config={"displaylogo": False},
        alt="Reconstruction, KL and the classifier's cross-entropy over epochs",
    )
    st.caption(
        "The VAE's loss is reconstruction + β · KL, the classifier's its cross-entropy, not yet weighted by w. Test "
        "losses over all test images, one draw of z each; training losses over the epoch's batches while the weights "
        "moved."
    )


def _styles(trained: Trained) -> None:
    st.subheader("Ten digits, many styles" if trained.checkpoint.classes == 10 else "Every class, many styles")
    sources = ["N(0, I)", "test images", "a file"]
    if on_demand.drawing(trained) is not None:
        sources.append("the drawing")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.segmented_control("Style z from", sources, default="N(0, I)", required=True, key="demand_source")
        count = st.number_input("Styles", 1, on_demand.MOST_STYLES, 6, key="demand_styles", width=140)
        styles = on_demand.styles(trained, source, count)
    if styles is None:
        return
    assert isinstance(trained.model, ClassifierVAE)
    drawn = decode_every_class(trained.model, styles.latents)
    read = on_demand.read(trained, drawn)
    st.plotly_chart(
        class_rows(list(drawn), styles.names, trained.dataset.class_names, read, styles.images),
        key="demand_rows",
        config={"displayModeBar": False},
        alt="Every class asked for in every style",
    )
    judged = "There is no judge of these images." if read is None else f"Here {_right(read)}."
    st.caption(f"Each column is one class asked for, each row one z, the style. {judged}")
    st.markdown(
        "**What to look for.** A row keeps its slant, stroke and width from digit to digit: that is what z is left to "
        "say once the decoder is told the digit."
    )


def _right(read: np.ndarray) -> str:
    right = int((read == np.arange(read.shape[1])).sum())
    return f"the judge reads {right} of {read.size} images as asked; the others are framed, with what it reads"


def _numbers(trained: Trained) -> None:
    found = on_demand.numbers(trained)
    names = trained.dataset.class_names
    st.subheader("Is what is asked for what is seen?")
    left, right = st.columns([3, 2])
    with left:
        if found.counts is None:
            st.info(
                f"There is no judge of {trained.dataset.name} to read what is decoded; "
                f"`python -m vae judge --dataset {trained.dataset.name}` trains one."
            )
        else:
            st.plotly_chart(
                asked_table(found.counts, names),
                key="demand_table",
                config={"displayModeBar": False},
                alt="Classes asked for against classes read",
            )
            st.caption(f"{found.counts.sum():,} draws: {found.styles} z ~ N(0, I), each with every class.")
    with right:
        if found.counts is not None:
            share = np.trace(found.counts) / found.counts.sum()
            st.metric("Read as asked", f"{share:.1%}", border=True, help="Share of the draws on the diagonal.")
        st.metric("Leakage", f"{found.leakage:.1%}", border=True)
        commonest = trained.dataset.test_labels.bincount().max().item() / len(trained.dataset.test_labels)
        st.caption(
            f"Of the {len(trained.dataset.test_labels):,} test images, the share whose class a logistic regression of "
            f"z alone (posterior means; fitted to training images) gives. {commonest:.1%} is ideal, the share of the "
            "commonest class: the digit is then left to the classifier, and z to the style."
        )
        st.metric("Diversity within a class", f"{found.diversity.ratio:.2f}", border=True)
        st.caption(
            f"Mean distance of two decodes of a class, {found.diversity.drawn.mean():.2f}, over that of two test "
            f"images of it, {found.diversity.real.mean():.2f}: Euclidean, all pixel values of 0 to 1, all pairs of "
            f"up to {found.styles} images a class. 1 is as diverse as test images, 0 always the same."
        )


def _film(trained: Trained) -> None:
    st.subheader("A row of every class after every epoch")
    frames, checkpoint = read_filmstrip(trained.checkpoint), trained.checkpoint
    if frames is None or len(frames) != len(checkpoint.history):
        st.warning("filmstrip.png is missing or damaged; the rest of the checkpoint is sound.")
        return
    film = film_rows(frames, checkpoint.classes)
    read = on_demand.read_film(trained, film)
    shown = np.arange(len(film))
    if len(film) > SHORT_FILM and not st.toggle(f"All {len(film)} epochs", key="demand_all"):
        shown = np.unique(np.linspace(0, len(film) - 1, SHORT_FILM).round().astype(int))
    epochs = checkpoint.history["epoch"]
    st.plotly_chart(
        class_rows(
            list(film[shown]),
            [f"epoch {epochs[i]:g}" for i in shown],
            trained.dataset.class_names,
            None if read is None else read[shown],
        ),
        key="demand_film",
        config={"displayModeBar": False},
        alt="A row of decodes of every class after every epoch",
    )
    last = "" if read is None else f" In the last {len(read[-LAST_EPOCHS:])} epochs {_right(read[-LAST_EPOCHS:])}."
    st.caption(f"The article's picture: one z ~ N(0, I), drawn anew every epoch, with each class asked for.{last}")


page.begin(
    "Digits on demand",
    "A classifier tells the decoder which digit it is, and z is left to say in which hand: now any digit can be asked "
    "for in any style.",
)
show()
