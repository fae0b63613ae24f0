"""The numbers of a model as the pages show them: label, unit, explanation, and which direction is better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from vae.measure.paired import Difference
from vae.storage.checkpoints import Checkpoint


@dataclass(frozen=True)
class Number:
    """A number of a model, or of a map of its codes, as the pages show it."""

    key: str  # the metric's name in metrics.json, if it is there
    label: str
    help: str
    form: str = ".2f"  # the format specification
    better: str = "higher"  # higher, lower or neither


NUMBERS = {
    number.key: number
    for number in (
        Number(
            "realistic",
            "Realistic samples",
            "Share of 5,000 decodes of z ~ N(0, I) that lie as near to real images as real images do, in the features "
            "of an independent classifier or, without labels, in random features (Kynkäänniemi et al. 2019). Higher is "
            "better.",
            form=".1%",
        ),
        Number(
            "frechet",
            "Fréchet distance",
            "Of the same 5,000 samples from all test images, in the same network's 128 features, and so no "
            "Inception FID. Lower is better.",
            form=".3g",
            better="lower",
        ),
        Number(
            "test_reconstruction",
            "Reconstruction, nats",
            "−log p(x|z) in nats per image, over all test images, one draw of z each. Lower is better. "
            "For grey pixels under a Bernoulli likelihood this is a cross-entropy whose floor is above 0.",
            better="lower",
        ),
        Number(
            "test_kl",
            "KL, nats",
            "KL(q(z|x) ‖ N(0, I)) in nats per image, over all test images: how much the code says about its image. "
            "Neither high nor low is better by itself; an AE has none.",
            better="neither",
        ),
        Number(
            "elbo",
            "ELBO, nats",
            "−(reconstruction + KL) at β = 1 with one draw of z an image, not at the posterior's mean, over all test "
            "images. Higher is better; an AE has none.",
        ),
        Number(
            "mse",
            "Squared error",
            "Mean squared error per pixel value (range 0 to 1) of test images decoded from their codes, the "
            "posterior's mean for a VAE. Lower is better.",
            form=".4f",
            better="lower",
        ),
        Number(
            "knn_accuracy",
            "kNN accuracy",
            "Share of the test images whose class is that of most of the 10 nearest codes among up to 10,000 training "
            "images, in the latent space itself and not on the map. Higher means cleaner clusters.",
            form=".1%",
        ),
        Number(
            "silhouette",
            "Silhouette",
            "Of the classes among the codes of up to 2,000 test images, −1 to 1: how much nearer a code is to its own "
            "class than to the next one. Higher means further apart.",
        ),
        Number(
            "active_units",
            "Active units",
            "Latent dimensions that the encoder uses: those whose posterior mean varies by more than 0.01 over the "
            "test images (Burda et al. 2016).",
            form=".0f",
            better="neither",
        ),
        Number(
            "classifier_accuracy",
            "Classifier accuracy",
            "Share of the test images that the model's own classifier reads right.",
            form=".1%",
        ),
    )
}
TRUSTWORTHINESS = Number(
    "trustworthiness",
    "Trustworthiness",
    "How far the 12 nearest neighbours on this map are neighbours in the latent space, 0 to 1, over its first 2,000 "
    "points (Venna & Kaski 2001). The map is a projection of the codes. This number says how faithful it is.",
    form=".3f",
)


def show(number: Number, value: float | None, *, change: float | Difference | None = None) -> None:
    """Draw a number with its explanation and, if there is one, how much it changed.

    Args:
        change: a paired difference is called better, worse or undecided by its interval; a bare number is called none
            of these, since nothing says whether another draw would change its sign.
    """
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


def _signed(value: float, form: str) -> str:
    return ("−" if value < 0 else "+") + format(abs(value), form)


def _verdict(number: Number, difference: Difference) -> str:
    """Say better, worse or undecided; an empty text for a number that should be neither high nor low."""
    if not difference.decided:
        return "undecided"
    if number.better == "neither":
        return ""
    return "better" if (difference.value > 0) == (number.better == "higher") else "worse"


def show_row(checkpoint: Checkpoint, keys: Sequence[str], changes: Mapping[str, float | Difference]) -> None:
    """Draw several numbers of a checkpoint side by side, with their changes by key."""
    with st.container(horizontal=True):
        for key in keys:
            show(NUMBERS[key], checkpoint.metric(key), change=changes.get(key))
