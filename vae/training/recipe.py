"""Recommended settings for a latent size and a budget; a ClassifierVAE's settings in Zeldes 2018 and our own."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, log2, prod
from typing import Any

from vae.data.imported.shelf import image_shape, train_size
from vae.training.config import KEPT_SETTINGS, MULTI_RATE, ConfigError, TrainConfig, label

RECIPE_SETTINGS = ("hidden", "activation", "batch_size", "beta_warmup", "learning_rate")  # filled by `recommended`
SHORT_SECONDS = 20.0
SHORT_STEPS = 3_000
SHORT_EPOCHS = 6
# Fraction of the budget. Without it a short run at 20 dimensions loses 2 nats to inactive dimensions.
SHORT_BETA_WARMUP = 0.5
MLP_VALUES = 1_600  # values of an image (C·H·W) up to which an MLP is ahead of a small conv net on CPUs
CHANNELS = (32, 64, 128, 256, 256)  # of a conv body's layers
LATENT_DIM, CONV_LATENT_DIM = 2, 32  # of a set's first models: a plane to look at; of large images it keeps a colour
LEAST_STEPS = 24  # of an epoch with a conv body: in larger batches, a minute of a few hundred images is too few steps
CONTINUED = {"beta_warmup": 0.0, "batch_size": 256, "learning_rate": 4e-3}  # of a run that trains on


def recommended_body(image_shape: Sequence[int]) -> str:
    """Return the body for images of a shape (C, H, W): `mlp` up to `MLP_VALUES` values an image, else `conv`."""
    return "mlp" if prod(image_shape) <= MLP_VALUES else "conv"


def conv_channels(image_shape: Sequence[int]) -> tuple[int, ...]:
    """Return the channels of a conv body whose layers halve an image until its longer side is 4 to 8 pixels."""
    levels = ceil(log2(max(image_shape[1:]) / 8))
    return CHANNELS[: max(1, levels)]


def recommended_latent_dim(image_shape: Sequence[int]) -> int:
    """Return the latent size of the first models of images of a shape (C, H, W)."""
    return LATENT_DIM if recommended_body(image_shape) == "mlp" else CONV_LATENT_DIM


def recommended_epochs(model: str) -> int:
    """Return how many epochs a run of a kind of model has where no budget is given.

    A multi-rate-vae has twice those of a VAE, a fifth of those of a ladder of ten β; `benchmarks/multi_rate.py`
    measures what it reaches with them.
    """
    return 40 if model == MULTI_RATE else 20


def recommended(
    latent_dim: int,
    body: str,
    image_shape: Sequence[int] = (1, 28, 28),
    *,
    epochs: int | None = None,
    steps: int | None = None,
    seconds: float | None = None,
    model: str = "vae",
    images: int = 60_000,
) -> dict[str, Any]:
    """Return hidden sizes, activation, batch size, peak learning rate and β warm-up for a latent size and a budget.

    `images` is the number of training images, and `recommended_for` knows it of a data set.

    This recipe was found by measurement: few latent dimensions gain from a deeper body and larger batches, and a run
    too short to anneal slowly gains from a higher peak and a β that rises slowly. `benchmarks/training.py` measures the
    losses that it reaches. A multi-rate-vae draws small β from the first step on, and takes no warm-up.
    """
    limits = ((epochs, SHORT_EPOCHS), (steps, SHORT_STEPS), (seconds, SHORT_SECONDS))
    short = any(given is not None and given <= limit for given, limit in limits)
    warmup = {"beta_warmup": SHORT_BETA_WARMUP if short and model != MULTI_RATE else 0.0}
    if body == "conv":
        batch = 2 ** max(4, min(7, int(log2(max(1, images / LEAST_STEPS)))))  # 16 to 128
        conv = {"hidden": conv_channels(image_shape), "activation": "silu", "batch_size": batch, "beta_warmup": 0.0}
        return conv | {"learning_rate": 3e-3 if short else 2e-3}
    if latent_dim <= 3:
        if short:
            few = {"hidden": (200, 200, 200), "activation": "gelu", "batch_size": 256}
            return warmup | few | {"learning_rate": 8e-3}
        few = {"hidden": (256, 256, 256), "activation": "silu", "batch_size": 192}
        return warmup | few | {"learning_rate": 3e-3}
    many = warmup | {"activation": "silu", "batch_size": 128}
    if short:
        return many | {"hidden": (256, 256), "learning_rate": 8e-3}
    return many | {"hidden": (400, 200 if latent_dim <= 8 else 400), "learning_rate": 3e-3}


def recommended_for(dataset: str, latent_dim: int, body: str, **more: Any) -> dict[str, Any]:
    """Return what `recommended` does for the images of a data set.

    Args:
        dataset: its name.
        more: the budget and the kind of model, as `recommended` takes them.
    """
    return recommended(latent_dim, body, image_shape(dataset), images=train_size(dataset), **more)


def continued(before: TrainConfig, name: str, weights: str, **changes: Any) -> TrainConfig:
    """Return the settings of a run that trains on from the run `before`, with all that its weights fit to kept.

    The optimiser starts afresh, and β moves from its old to its new value. Batch size and peak rate serve runs of
    seconds: at 2 and 10 dimensions they end at or below the objective of 20 epochs from scratch at the new β.

    Args:
        name: the checkpoint's name.
        weights: the SHA-256 of its weights.
        changes: the budget, β and whatever else shall differ.

    Raises:
        ConfigError: for a change of a setting that the weights fit to, or a value out of range.
    """
    fixed = [key for key in KEPT_SETTINGS if key in changes and changes[key] != getattr(before, key)]
    if fixed:
        names = " and ".join(map(label, fixed))
        raise ConfigError(f"The weights of {name} fit to its own {names}: train from scratch to change that.")
    fresh: dict[str, Any] = {
        "epochs": None,
        "steps": None,
        "seconds": None,
        "device": "auto",
        "precision": "auto",
        "schedule": "cosine",
        "adam_beta2": 0.99,
    }
    start = {"start": name, "start_weights": weights, "start_beta": before.beta}
    return replace(before, **fresh | start | CONTINUED | changes)


# The settings of the article 'Variational Autoencoders Explained in Detail'.
ARTICLE = TrainConfig(
    model="classifier-vae",
    latent_dim=10,
    hidden=(128,),
    activation="sigmoid",
    likelihood="gaussian",
    sigma=0.5,
    classifier_weight=10.0,
    epochs=20,
    batch_size=100,
    learning_rate=1e-3,
    schedule="constant",
    adam_beta2=0.999,
)
# The project's own settings for the same model: the recipe for ten dimensions.
OWN = TrainConfig(model="classifier-vae", latent_dim=10, epochs=20, **recommended(10, "mlp", epochs=20))
