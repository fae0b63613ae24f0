"""The folded settings of the Retrain form: every setting of a run but β, the latent size and the budget.

An empty field follows the recipe, whose value it shows in grey, and what stands in a field is the user's: so the recipe
follows latent size, body and budget without anybody having to tell its values from the user's.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from math import isfinite
from typing import Any

import streamlit as st

from vae.models.choices import ACTIVATIONS, BODIES, body_problems
from vae.training.build import available_devices
from vae.training.config import CHOICES, KEPT_SETTINGS, MACHINE_SETTINGS, MULTI_RATE, RANGES, ConfigError, TrainConfig
from vae.training.recipe import RECIPE_SETTINGS, recommended_for
from vae.ui.frame import model_choice, seeds
from vae.ui.frame.beta_scale import LIKELIHOOD_NAMES
from vae.ui.shared import server
from vae.ui.shared.terms import definition

BUDGETS = {"seconds": 10, "epochs": 5, "steps": 2_000}
# The keys of the folded fields are the names of the settings; that of the data set is drawn above all else.
KEYS = (
    *("model", "classifier_weight", "dataset", "body", "hidden", "activation", "likelihood", "sigma", "binarised"),
    *("input_noise", "beta_warmup", "batch_size", "learning_rate", "schedule", "adam_beta2", "seed"),
    *MACHINE_SETTINGS,
)
DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(TrainConfig)} | BUDGETS
LONGEST = 200  # characters of a value in the address; no widget holds longer ones
# What is chosen by a name that anybody may give, such as “inf”: data sets, runs, classes and groups of images.
NAMED = (
    "dataset",
    "colour_by",
    "ae",
    "vae",
    "before",
    "classifier-vae",
    "term",
    "kind_class",
    "unusual_class",
    "sum_a",
    "sum_b",
)
TEXTS = ("hidden", "path_images")  # fields that take any text and say themselves what is wrong with it
_KINDS: dict[str, Any] = {field.name: field.type for field in fields(TrainConfig)}
_LIKELIHOOD_NAMES = LIKELIHOOD_NAMES | {"gaussian": "Gaussian, σ below"}
_BODY_NAMES = {"mlp": "MLP", "conv": "Convolutional"}
_SCHEDULE_NAMES = {"cosine": "Cosine", "constant": "Constant"}
_PRECISION_NAMES = {"auto": "The faster one here", "float32": "float32", "bfloat16": "bfloat16"}
_OF_DEVICES = "CUDA and MPS are graphics processors; the fastest one is CUDA, then MPS, then the CPU."
_DEVICE_NAMES = {"auto": "The fastest one", "cuda": "CUDA", "mps": "MPS", "cpu": "CPU"}


def show(compared: TrainConfig, recipe: Callable[[], dict[str, Any]], owner: Callable[[], str]) -> None:
    """Draw the fields: model, body, objective, optimiser, seed.

    Args:
        compared: the settings whose body and likelihood stand in the form at first.
        recipe: returns the values of empty fields, once model and body are drawn.
        owner: returns whose hidden sizes and activation these are.
    """
    _model()
    st.selectbox(
        _label("body", "Network"),
        BODIES,
        BODIES.index(compared.body),
        key="body",
        format_func=_BODY_NAMES.__getitem__,
        help="The layers of the encoder; those of the decoder mirror them. An MLP has fully connected layers.",
        bind="query-params",
    )
    values, whose = recipe(), owner()
    _hidden_sizes(values, whose)
    _choice("activation", "Activation function", ACTIVATIONS, values, whose)
    _objective(values, compared)
    _number("batch_size", "Batch size", 16, values, about="The number of images in one training step.")
    _number("learning_rate", "Peak learning rate", 1e-3, values, about=definition("learning rate"))
    st.selectbox(
        _label("schedule", "Learning rate schedule"),
        CHOICES["schedule"],
        key="schedule",
        format_func=_SCHEDULE_NAMES.__getitem__,
        help="With the cosine, the learning rate rises to its peak in the first tenth of the run and then falls.",
        bind="query-params",
    )
    _number("adam_beta2", "Adam's β₂", 0.001, about="The nearer to 1, the longer Adam remembers past gradients.")
    _number("seed", "Seed", 1, marked=False, about=definition("seed"))
    seeds.choose()
    devices = _devices()
    if len(devices) > 1:
        st.selectbox(
            "Device",
            devices,
            key="device",
            format_func=_DEVICE_NAMES.__getitem__,
            help=_OF_DEVICES,
            bind="query-params",
        )
    _precision(values["hidden"])


def chosen(recipe: dict[str, Any]) -> dict[str, Any]:
    """Return the folded fields, and the recipe's values for the empty ones, as settings of `TrainConfig`.

    A setting whose field is not shown, such as σ with another likelihood than the Gaussian, has its default.

    Raises:
        ConfigError: if the hidden sizes are no numbers.
    """
    state = st.session_state
    found = {key: state.get(key) for key in KEYS if _is_shown(key)}
    found["hidden"] = hidden_sizes(state.get("hidden"))
    return recipe | {key: value for key, value in found.items() if value is not None}


def values_of(config: TrainConfig) -> dict[str, Any]:
    """Return the values of the folded fields for a run; those that are the recipe's are left to it."""
    values = {}
    for key in KEYS:
        value = getattr(config, key)
        values[key] = float(value) if _KINDS[key] is float else value  # a whole number may stand for a float in JSON
    values["hidden"] = "-".join(map(str, config.hidden))
    budget = budget_of(config)
    recipe = recommended_for(config.dataset, config.latent_dim, config.body, model=config.model, **budget)
    values |= {key: None for key in RECIPE_SETTINGS if getattr(config, key) == recipe[key]}
    return values if config.device in _devices() else values | {"device": TrainConfig.device}


def follow(config: TrainConfig) -> None:
    """Put the settings of a run that its weights fit to into the folded fields, so that a run can train on from it."""
    values = {key: getattr(config, key) for key in KEPT_SETTINGS if key in KEYS}
    st.session_state.update(values | {key: None for key in RECIPE_SETTINGS if key in KEPT_SETTINGS})


def follow_recipe() -> None:
    """Give every folded field back to the recipe; model, data, seed and what decides the speed stay."""
    kept = ("model", "dataset", "body", "seed", *MACHINE_SETTINGS)
    values = {key: None if key in RECIPE_SETTINGS else DEFAULTS[key] for key in KEYS if key not in kept}
    st.session_state.update(values)


def budget_of(config: TrainConfig) -> dict[str, Any]:
    """Return the one budget that a run has, by the name of its field."""
    return {kind: value for kind in BUDGETS if (value := getattr(config, kind)) is not None}


def hidden_sizes(text: str | None) -> tuple[int, ...] | None:
    """Read hidden sizes such as `256-256-256`; None for an empty text.

    Raises:
        ConfigError: if it is anything else than numbers with hyphens, commas or spaces between them.
    """
    if not text or not text.strip():
        return None
    sizes = re.split(r"[-,\s]+", text.strip())
    if not all(re.fullmatch("[0-9]{1,9}", size) for size in sizes):
        raise ConfigError(f"hidden sizes are numbers such as 256-256-256, not {text!r}.")
    return tuple(map(int, sizes))


def is_usable(key: str, text: str) -> bool:
    """Tell whether a widget, of whatever page, can be filled from the address with a text without an error of its own.

    Streamlit refuses most of what a widget cannot hold. But it takes any text for a text field, stops at an infinite
    number, and takes an empty text for the wish to clear a list that has to hold something.
    """
    if not 0 < len(text) <= LONGEST or not text.isprintable():
        return False
    if key == "hidden":
        try:
            return not body_problems(1, "mlp", hidden_sizes(text) or (1,), TrainConfig.activation)
        except ConfigError:
            return False
    if key in NAMED:
        return True
    try:
        return isfinite(float(text))
    except ValueError:
        return True


def _is_shown(key: str) -> bool:
    """Tell whether the form shows a field, which depends on other fields."""
    state = st.session_state
    depends = {
        "classifier_weight": state.get("model") == "classifier-vae",
        "beta_warmup": state.get("model") != MULTI_RATE,
        "sigma": state.get("likelihood") == "gaussian",
        "binarised": state.get("likelihood") == "bernoulli",
        "device": len(_devices()) > 1,
    }
    return depends.get(key, True)


def _devices() -> list[str]:
    """Return the devices that this machine has, after `auto`; only `auto` if it has no more than one."""
    found = available_devices()
    return ["auto", *found] if len(found) > 1 else ["auto"]


def _precision(hidden: tuple[int, ...]) -> None:
    """Draw the choice of a precision and, for “auto”, say what that is for the model of the form.

    Args:
        hidden: the sizes that an empty field stands for.
    """
    st.selectbox(
        _label("precision", "Precision of matrix products"),
        CHOICES["precision"],
        key="precision",
        format_func=_PRECISION_NAMES.__getitem__,
        help="Losses, codes and weights are float32 in any case, and both precisions reach the same test loss. "
        "Training in bfloat16 takes 0.6 to 0.75 of the time where the machine has instructions for it, and ten times "
        "as long on a CPU without them. MPS trains in float32 alone.",
        bind="query-params",
    )
    state = st.session_state
    with suppress(ConfigError):  # for hidden sizes that no model has, of which the form says so below
        asked = {key: state.get(key, DEFAULTS[key]) for key in ("body", *MACHINE_SETTINGS)}
        config = TrainConfig(epochs=1, hidden=hidden_sizes(state["hidden"]) or hidden, **asked)
        if config.precision == "auto" and (known := server.trainer().precision_of(config)):
            st.caption(f"On this machine, this model trains in {known}.")


def _model() -> None:
    model_choice.draw()
    if _is_shown("classifier_weight"):
        _number("classifier_weight", "Weight w of the classifier's cross-entropy", 1.0)


def _objective(recipe: dict[str, Any], compared: TrainConfig) -> None:
    st.selectbox(
        _label("likelihood", "Likelihood"),
        CHOICES["likelihood"],
        CHOICES["likelihood"].index(compared.likelihood),
        key="likelihood",
        format_func=_LIKELIHOOD_NAMES.__getitem__,
        help=f"The reconstruction loss depends on it. **Bernoulli:** {definition('Bernoulli')}\n\n**Gaussian:** "
        f"{definition('Gaussian likelihood')}",
        bind="query-params",
    )
    if _is_shown("sigma"):
        about = "The standard deviation of a pixel around its reconstruction. Pixels range from 0 to 1."
        _number("sigma", "σ of the Gaussian likelihood", 0.1, about=about, at_first=compared.sigma)
    if _is_shown("binarised"):
        st.toggle(
            _label("binarised", "Binarise the pixels"),
            compared.binarised,
            key="binarised",
            help="In every epoch, every pixel is made black or white at random, with its grey as the probability of "
            "white. Papers that print likelihoods do the same.",
            bind="query-params",
        )
    _number(
        "input_noise",
        "σ of the noise on the input",
        0.1,
        about="Above 0, the model learns to remove noise (Vincent et al. 2008): Gaussian noise of this σ is added to "
        "the images that the encoder sees, and the loss compares the reconstruction with the clean image. Pixels "
        "range from 0 to 1.",
    )
    if _is_shown("beta_warmup"):
        about = f"{definition('warm-up')} At 0.5, β reaches its value in the middle of the run."
        _number("beta_warmup", "β warm-up, as a share of the run", 0.1, recipe, about=about)


def _hidden_sizes(recipe: dict[str, Any], whose: str) -> None:
    layers = "Channels of the layers" if st.session_state["body"] == "conv" else "Sizes of the hidden layers"
    st.text_input(
        _label("hidden", layers),
        None,
        60,
        key="hidden",
        placeholder=f"{'-'.join(map(str, recipe['hidden']))} ({whose})",
        help="One number for each layer, such as 256-256-256. An empty field takes the value that it shows in grey.",
        bind="query-params",
    )


def _choice(key: str, label: str, options: tuple[str, ...], recipe: dict[str, Any], whose: str) -> None:
    st.selectbox(
        _label(key, label),
        options,
        None,
        key=key,
        placeholder=f"{recipe[key]} ({whose})",
        bind="query-params",
    )


def _number(
    key: str,
    label: str,
    step: float,
    recipe: dict[str, Any] | None = None,
    *,
    about: str | None = None,
    marked: bool = True,
    at_first: float | None = None,
) -> None:
    """Draw the field of a number with the range that `TrainConfig` allows; with a recipe, an empty field follows it."""
    kind: Any = int if _KINDS[key] is int else float
    low, high = RANGES[key]
    st.number_input(
        _label(key, label) if marked else label,
        kind(low),
        kind(high),
        None if recipe else kind(DEFAULTS[key] if at_first is None else at_first),
        kind(step),
        "%d" if kind is int else "%g",
        key=key,
        help=about,
        placeholder=f"{recipe[key]:g} (recommended)" if recipe else None,
        bind="query-params",
    )


def _label(key: str, label: str) -> str:
    """Mark the label of a field that the user has changed."""
    usual = None if key in RECIPE_SETTINGS else DEFAULTS[key]
    value = st.session_state.get(key, usual)
    return label if value in (usual, "") else f"{label} · *changed*"
