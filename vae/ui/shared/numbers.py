"""The numbers of a model as the pages show them: label, unit, explanation, and which direction is better."""

from dataclasses import dataclass

import streamlit as st

from vae.measure.paired import Difference
from vae.ui.shared.terms import definition


@dataclass(frozen=True)
class Number:
    """A number of a model, or of a map of its codes, as the pages show it."""

    key: str  # the metric's name in metrics.json, if it is there
    label: str
    help: str
    form: str = ".2f"  # the format specification
    better: str = "higher"  # higher, lower or neither
    negated: bool = False  # whether minus the metric is shown


NUMBERS = {
    number.key: number
    for number in (
        Number(
            "realistic",
            "Realistic, of 5,000 samples",
            "The share of 5,000 samples, with z from the prior N(0, I), that lie as near to real images as nine in ten "
            "real images do. The judge's features tell how near, or random features where there are no labels "
            "(Kynkäänniemi et al. 2019). Higher is better.",
            form=".1%",
        ),
        Number(
            "frechet",
            "Fréchet distance",
            f"{definition('Fréchet distance')}\n\nIt is taken between 5,000 samples and all test images, in 128 "
            "features. Lower is better.",
            form=".3g",
            better="lower",
        ),
        Number(
            "test_reconstruction",
            "Reconstruction loss, nats",
            f"{definition('reconstruction loss')}\n\nIt is the mean over all test images, with one draw of z each. "
            "Lower is better. With a Bernoulli likelihood it stays above 0 for grey pixels, however good the model is.",
            better="lower",
        ),
        Number(
            "test_kl",
            "KL, nats",
            f"{definition('KL')}\n\nIt is the mean over all test images. Neither a high nor a low KL is better by "
            "itself.",
            better="neither",
        ),
        Number(
            "elbo",
            "−ELBO, nats",
            f"{definition('ELBO')}\n\n−ELBO is the mean over all test images of reconstruction loss + KL, with one "
            "draw of z each and β = 1. Lower is better. An AE has none.",
            better="lower",
            negated=True,
        ),
        Number(
            "mse",
            "Squared error",
            "The mean squared difference of a pixel (from 0 to 1) between a test image and what the decoder makes of "
            "its code, which for a VAE is the posterior's mean. Lower is better.",
            form=".4f",
            better="lower",
        ),
        Number(
            "knn_accuracy",
            "kNN accuracy",
            f"{definition('kNN accuracy')} The 10 nearest codes among up to 10,000 training images vote, in the latent "
            "space itself and not on the map. Higher means cleaner clusters.",
            form=".1%",
        ),
        Number(
            "silhouette",
            "Silhouette",
            f"{definition('silhouette')}\n\nIt is the mean over the codes of up to 2,000 test images. Higher means "
            "that the classes are further apart.",
        ),
        Number(
            "active_units",
            "Active units",
            definition("active unit"),
            form=".0f",
            better="neither",
        ),
        Number(
            "classifier_accuracy",
            "Classifier accuracy",
            "The share of the test images whose class the model's own classifier reads correctly.",
            form=".1%",
        ),
    )
}
TRUSTWORTHINESS = Number(
    "trustworthiness",
    "Trustworthiness",
    f"{definition('trustworthiness')} It looks at the 12 nearest neighbours of the map's first 2,000 points (Venna & "
    "Kaski 2001). The map is a projection of the codes, and this number says how faithful it is.",
    form=".3f",
)


def show(number: Number, value: float | None, *, change: float | Difference | None = None) -> None:
    """Draw a number with its explanation and, if there is one, how much it changed.

    Args:
        value: the metric, as metrics.json has it.
        change: a paired difference is called better, worse or undecided by its interval; a bare number is called none
            of these, since nothing says whether another draw would change its sign.
    """
    if number.negated:
        value = None if value is None else -value
        change = None if change is None else _negated(change)
    text = "–" if value is None else format(value, number.form)
    if value is None or change is None:
        st.metric(number.label, text, help=number.help, border=True)
        return
    difference = change if isinstance(change, Difference) else None
    by = difference.value if difference else float(change)  # type: ignore[arg-type]
    # Streamlit takes a text for a decrease, in arrow and colour, only if it begins with an ASCII hyphen.
    shown = _signed(by, number.form).replace("−", "-", 1)
    verdict = "" if difference is None else _verdict(number, difference)
    if difference is not None:
        low, high = (_signed(end, number.form) for end in (difference.low, difference.high))
        shown += f" [{low}, {high}]" + (f" {verdict}" if verdict else "")
    colour = {"higher": "normal", "lower": "inverse"}.get(number.better, "off")
    st.metric(
        number.label,
        text,
        delta=shown,
        delta_color=colour if verdict in ("better", "worse") else "off",  # type: ignore[arg-type]
        help=number.help,
        border=True,
    )


def _negated(change: float | Difference) -> float | Difference:
    if isinstance(change, Difference):
        return Difference(-change.value, -change.high, -change.low, change.pairs)
    return -change


def _signed(value: float, form: str) -> str:
    return ("−" if value < 0 else "+") + format(abs(value), form)


def _verdict(number: Number, difference: Difference) -> str:
    """Say better, worse or undecided; an empty text for a number that should be neither high nor low."""
    if not difference.decided:
        return "undecided"
    if number.better == "neither":
        return ""
    return "better" if (difference.value > 0) == (number.better == "higher") else "worse"
