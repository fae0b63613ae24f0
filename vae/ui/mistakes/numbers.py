"""The symptoms of a mistake in numbers, measured on the same images or the same z, and a sentence of them."""

from collections.abc import Mapping

import numpy as np

from vae.measure import mistakes
from vae.measure.mistakes import Compared, compared
from vae.models.dimensions import active_by_variance
from vae.ui.mistakes.lessons import Lesson
from vae.ui.shared import models
from vae.ui.shared.models import Trained, kept

# What is compared, in the order of the table, with its unit and its format.
ROWS = {
    "kl": ("KL", "nats per image", ",.2f"),
    "reconstruction": ("Reconstruction loss", "nats per image", ",.2f"),
    "negative_elbo": ("−ELBO", "nats per image", ",.2f"),
    "deviation": ("σ of the posteriors", "mean over dimensions", ".3f"),
    "distance": ("Distance of codes from 0", "σ of the prior", ",.2f"),
    "active": ("Active units", "latent dimensions", ".0f"),
    "realistic": ("Realistic, of 10,000 samples", "share", ".1%"),
    "frechet": ("Fréchet distance", "no unit", ".1f"),
}
HUGE = 1e7
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOSSES = ("kl", "reconstruction", "negative_elbo")


def measure(lesson: Lesson, wrong: Trained, right: Trained) -> dict[str, Compared]:
    """Compare all numbers that apply to a mistake, by the keys of `ROWS`."""
    if lesson.key == "ae":
        found = {
            name: mistakes.recorded_samples(wrong.checkpoint, right.checkpoint, name)
            for name in ("realistic", "frechet")
        }
        return {name: each for name, each in found.items() if each is not None}
    return at_mean(right) if lesson.key == "at-mean" else _of_training(wrong, right)


@kept(max_entries=16, show_spinner="Measuring both models on the same images…")
def _of_training(wrong: Trained, right: Trained) -> dict[str, Compared]:
    one, other = (mistakes.losses(models.losses_per_image(trained)) for trained in (wrong, right))
    found = {key: compared(one[key], other[key]) for key in _LOSSES}
    assert wrong.deviations is not None
    assert right.deviations is not None
    found["deviation"] = compared(wrong.deviations.mean(1), right.deviations.mean(1))
    found["distance"] = compared(_lengths(wrong), _lengths(right))
    one_active, other_active = (float(active_by_variance(each.codes).sum()) for each in (wrong, right))
    return found | {"active": Compared(one_active, other_active, None)}


def _lengths(trained: Trained) -> np.ndarray:
    return np.linalg.norm(trained.codes.astype(np.float64), axis=1)


@kept(max_entries=4, show_spinner="Measuring the model at the mean and at a drawn z…")
def at_mean(trained: Trained) -> dict[str, Compared]:
    """Compare the losses of one model at the posterior's mean with those at a drawn z."""
    right = mistakes.losses(models.losses_per_image(trained))
    reconstruction = bounds_at_mean(trained) - right["kl"]
    return {
        "kl": Compared(float(right["kl"].mean()), float(right["kl"].mean()), None),
        "reconstruction": compared(reconstruction, right["reconstruction"]),
        "negative_elbo": compared(bounds_at_mean(trained), right["negative_elbo"]),
    }


@kept(max_entries=4)
def bounds_at_mean(trained: Trained) -> np.ndarray:
    """Compute what is taken for −ELBO at the posterior's mean, in nats, of every test image (N,)."""
    kl = models.losses_per_image(trained)["test_kl"]
    return mistakes.reconstruction_at_mean(trained.model, trained.dataset, trained.checkpoint.config) + kl


def table(found: Mapping[str, Compared], sides: tuple[str, str]) -> list[dict[str, str]]:
    """Return the rows of the table: each number of both sides, and their difference with its 95 % interval."""
    return [
        {
            "number": ROWS[key][0],
            sides[0]: shown(key, found[key].wrong),
            sides[1]: shown(key, found[key].right),
            "difference [95 % interval]": difference(key, found[key]) or "–",
            "unit": ROWS[key][1],
        }
        for key in ROWS
        if key in found
    ]


def difference(key: str, number: Compared) -> str:
    """Return a difference with its interval, such as `−3.10 [−3.20, −3.00]`; "" where nothing is a pair."""
    if number.difference is None:
        return ""
    value, low, high, _ = number.difference
    return "{} [{}, {}]".format(*(_signed(key, each) for each in (value, low, high)))


def shown(key: str, value: float) -> str:
    """Return a number in its row's format, or as a power of ten where it would be a long row of digits."""
    if abs(value) < HUGE:
        return format(value, ROWS[key][2])
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_RAISED)}"


def _signed(key: str, value: float) -> str:
    return ("−" if value < 0 else "+") + shown(key, abs(value))


def symptom(lesson: Lesson, found: Mapping[str, Compared]) -> str:
    """Say in a sentence what the mistake does, with the number that tells; "" where that was not measured."""
    key, words = _SYMPTOMS[lesson.key]
    if key not in found:
        return ""
    texts = {}
    for name, each in found.items():
        texts[f"{name}_wrong"], texts[f"{name}_right"] = shown(name, each.wrong), shown(name, each.right)
        texts[f"{name}_difference"] = difference(name, each)
    return words.format(**texts)


# The number that tells, and the sentence.
_SYMPTOMS = {
    "mean": (
        "kl",
        "**All samples and all reconstructions are the same image.** The KL is {kl_wrong} nats per image instead of "
        "{kl_right} (difference {kl_difference}).",
    ),
    "no-noise": (
        "negative_elbo",
        "**The mean decodes to a sharp image, but a random z near it does not.** Nothing keeps σ small: its mean is "
        "{deviation_wrong} instead of {deviation_right}. With a random z, −ELBO is {negative_elbo_wrong} nats per "
        "image instead of {negative_elbo_right} (difference {negative_elbo_difference}).",
    ),
    "at-mean": (
        "negative_elbo",
        "**The number is too low.** −ELBO seems to be {negative_elbo_wrong} nats per image, but it is "
        "{negative_elbo_right} (difference {negative_elbo_difference}).",
    ),
    "no-half": (
        "negative_elbo",
        "**Codes say less than they should.** The KL is {kl_wrong} nats per image instead of {kl_right}, and −ELBO is "
        "{negative_elbo_wrong} instead of {negative_elbo_right} (difference {negative_elbo_difference}).",
    ),
    "kl-sign": (
        "kl",
        "**The loss falls below 0 and does not stop falling.** Codes move away from the prior: they lie "
        "{distance_wrong} from 0 instead of {distance_right}. The KL is {kl_wrong} nats per image instead of "
        "{kl_right} (difference {kl_difference}).",
    ),
    "beta": (
        "reconstruction",
        "**Images are blurred, and most latent dimensions say nothing.** Active units: {active_wrong} instead of "
        "{active_right}. The reconstruction loss is {reconstruction_wrong} nats per image instead of "
        "{reconstruction_right} (difference {reconstruction_difference}).",
    ),
    "ae": (
        "realistic",
        "**Samples are not digits.** Of 10,000 samples of the AE {realistic_wrong} are realistic; of the VAE's, from "
        "the same z, {realistic_right} (difference {realistic_difference}).",
    ),
}
