"""Find the places of another program's tensors in a model of ours, by their names and shapes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor

from vae.data.readers.listing import natural
from vae.storage.names import CheckpointError

VANILLA = (
    "PyTorch-VAE's VanillaVAE, whose leaky ReLUs become the activation that is given, and whose decoder has none after "
    "its first layer, as ours has: train it further before use"
)
EPSILON = 1e-5  # of PyTorch's batch norm
# Heads by their names as `_spelt` gives them. PyTorch-VAE's `fc_var` is a log variance; other programs' may be none.
_MEAN = re.compile(r"_(?:fc|z|q|to)?(?:mu|means?|loc)_")
_LOG_VARIANCE = re.compile(r"log_?var|_(?:fc_?)?lv_|_fc_var_")
_SPREAD = re.compile(r"log_?s|sigma|_(?:fc|z)?std(?:dev)?_|_(?:fc|z)?scale_|_(?:fc|z)?var(?:iance)?_")
_COUNTER = "num_batches_tracked"  # of batch norms, which is no weight


@dataclass(frozen=True, eq=False)
class Placed:
    """Weights by our names, and the settings of the model that they make."""

    layout: str  # as what they were read
    body: str
    hidden: tuple[int, ...]
    latent_dim: int
    weights: dict[str, Tensor]


@dataclass(frozen=True)
class _Layers:
    """The names of the layers, without `.weight` and `.bias`, in the order in which an image goes through them."""

    encoder: Sequence[str]
    mean: str
    log_variance: str  # empty for an autoencoder
    decoder: Sequence[str]


def place(tensors: Mapping[str, Tensor], image_shape: Sequence[int], *, variational: bool) -> Placed:
    """Place tensors in an autoencoder or a VAE of images (C, H, W).

    They are those of pytorch/examples' VAE (`fc1`, `fc21`, `fc22`, `fc3`, `fc4`), of PyTorch-VAE's VanillaVAE as far as
    its shapes are those of our bodies (its batch norms become part of their convolutions), or a stack of linear layers.

    Raises:
        CheckpointError: naming the tensors that have no place, or that are missing.
    """
    names = {name.rpartition(".")[0] for name in tensors if name.endswith(".weight")}
    if {"fc1", "fc21", "fc22", "fc3", "fc4"} <= names:
        layers = _Layers(["fc1"], "fc21", "fc22" if variational else "", ["fc3", "fc4"])
        found = _linear("the VAE of pytorch/examples", tensors, layers, image_shape)
    elif {"fc_mu", "decoder_input"} <= names and any(tensor.ndim == 4 for tensor in tensors.values()):
        found = _convolutional(tensors, image_shape, variational=variational)
    else:
        found = _linear("linear layers", tensors, _stack(tensors, variational=variational), image_shape)
    return found


def _linear(layout: str, tensors: Mapping[str, Tensor], layers: _Layers, image_shape: Sequence[int]) -> Placed:
    weights = _placed_heads(tensors, layers)
    weights |= _numbered(tensors, layers.encoder, "encoder", 1) | _numbered(tensors, layers.decoder, "decoder", 0)
    _refuse_left_over(tensors, layers, [])
    hidden = tuple(len(tensors[f"{name}.weight"]) for name in layers.encoder)
    latent_dim = len(tensors[f"{layers.mean}.weight"])
    _check_chain(tensors, layers, [prod(image_shape), *hidden, latent_dim])
    return Placed(layout, "mlp", hidden, latent_dim, weights)


def _stack(tensors: Mapping[str, Tensor], *, variational: bool) -> _Layers:
    """Sort linear layers into encoder, heads and decoder: by their names, or by where they are narrowest."""
    names = sorted({name.rpartition(".")[0] for name in tensors if name.endswith(".weight")}, key=natural)
    flat = [name for name in names if tensors[f"{name}.weight"].ndim == 2]
    if len(flat) < 2 or len(flat) < len(names):
        others = [f"{name}.weight" for name in names if name not in flat]
        raise CheckpointError(
            "These tensors are of no layout that is known here: they are not linear layers alone"
            + (f" ({_listed(others)})." if others else ".")
        )
    decoder = [name for name in flat if "dec" in name.lower()]
    encoder = [name for name in flat if name not in decoder]
    if not decoder:
        widths = [len(tensors[f"{name}.weight"]) for name in flat]
        middle = widths.index(min(widths)) + (2 if variational else 1)
        encoder, decoder = flat[:middle], flat[middle:]
    heads = 2 if variational else 1
    if len(encoder) < heads + 1 or not decoder:
        raise CheckpointError(
            f"Of these linear layers {len(encoder)} seem to be the encoder's and {len(decoder)} the decoder's; "
            f"{'a VAE' if variational else 'an autoencoder'} needs at least {heads + 1} and 1."
        )
    if not variational:
        last = [name for name in encoder if not _LOG_VARIANCE.search(_spelt(name))]
        return _Layers(last[:-1], last[-1], "", decoder)
    mean, log_variance = _heads(encoder)
    return _Layers([name for name in encoder if name not in (mean, log_variance)], mean, log_variance, decoder)


def _heads(encoder: Sequence[str]) -> tuple[str, str]:
    """Return the layers that give the mean and the log variance, which their names alone tell apart."""
    log_variances = [name for name in encoder if _LOG_VARIANCE.search(_spelt(name))]
    means = [name for name in encoder if _MEAN.search(_spelt(name)) and name not in log_variances]
    others = [name for name in encoder if _SPREAD.search(_spelt(name)) and name not in log_variances]
    if others:
        raise CheckpointError(
            f"{_listed(others)} seems to give a variance or a deviation, and a VAE here takes the log variance; "
            "convert it, and call it fc_logvar."
        )
    if len(means) != 1 or len(log_variances) != 1:
        raise CheckpointError(
            f"The names {_listed(encoder[-2:])} do not tell which layer gives the mean and which the log variance; "
            "call them fc_mu and fc_logvar."
        )
    return means[0], log_variances[0]


def _spelt(name: str) -> str:
    """Return the words of a name in small letters between underscores: `_enc_log_var_` of `enc.logVar2` or so."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return f"_{'_'.join(re.findall(r'[a-z]+', spaced.lower()))}_"


def _convolutional(tensors: Mapping[str, Tensor], image_shape: Sequence[int], *, variational: bool) -> Placed:
    levels = sum(bool(re.fullmatch(r"encoder\.\d+\.0\.weight", name)) for name in tensors)
    encoder = [f"encoder.{level}.0" for level in range(levels)]
    decoder = [f"decoder.{level}.0" for level in range(levels - 1)] + ["final_layer.0"]
    layers = _Layers(encoder, "fc_mu", "fc_var" if variational else "", ["decoder_input", *decoder])
    folded = [_norm_of(name) for name in [*encoder, *decoder] if f"{_norm_of(name)}.weight" in tensors]
    needed = dict(tensors)
    for name in [*encoder, *decoder]:
        _need(tensors, [name])
        if _norm_of(name) in folded:
            needed |= _folded(tensors, name, transposed=name in decoder)
    weights = _placed_heads(needed, layers) | _numbered(needed, encoder, "encoder", 0)
    weights |= _numbered(needed, ["decoder_input"], "decoder", 0) | _numbered(needed, decoder, "decoder", 3)
    _refuse_left_over(tensors, layers, folded)
    hidden = tuple(len(tensors[f"{name}.weight"]) for name in encoder)
    if (out := tensors["final_layer.0.weight"].shape[1]) != image_shape[0]:
        raise CheckpointError(f"final_layer.0 makes images of {out} channels, and the data has {image_shape[0]}.")
    return Placed(VANILLA, "conv", hidden, len(tensors["fc_mu.weight"]), weights)


def _norm_of(name: str) -> str:
    return name[:-1] + "1"


def _folded(tensors: Mapping[str, Tensor], name: str, *, transposed: bool) -> dict[str, Tensor]:
    """Return a convolution's weight and bias with its batch norm, as it is in evaluation, made part of them."""
    norm = _norm_of(name)
    try:
        scale = tensors[f"{norm}.weight"] / (tensors[f"{norm}.running_var"] + EPSILON).sqrt()
        bias = (tensors[f"{name}.bias"] - tensors[f"{norm}.running_mean"]) * scale + tensors[f"{norm}.bias"]
        weight = tensors[f"{name}.weight"] * (scale[:, None, None] if transposed else scale[:, None, None, None])
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(f"The batch norm {norm} does not fit its convolution {name} ({error}).") from error
    return {f"{name}.weight": weight, f"{name}.bias": bias}


def _placed_heads(tensors: Mapping[str, Tensor], layers: _Layers) -> dict[str, Tensor]:
    found = _numbered(tensors, [layers.mean], "mean", None)
    if layers.log_variance:
        found |= _numbered(tensors, [layers.log_variance], "log_variance", None)
    return found | {"sigma": torch.ones(())}


def _numbered(tensors: Mapping[str, Tensor], names: Sequence[str], ours: str, first: int | None) -> dict[str, Tensor]:
    """Return the weights and biases of layers by our names; between two layers of ours there is an activation."""
    _need(tensors, names)
    return {
        f"{ours}{'' if first is None else f'.{first + 2 * number}'}.{kind}": tensors[f"{name}.{kind}"]
        for number, name in enumerate(names)
        for kind in ("weight", "bias")
    }


def _need(tensors: Mapping[str, Tensor], names: Sequence[str]) -> None:
    missing = [f"{name}.{kind}" for name in names for kind in ("weight", "bias") if f"{name}.{kind}" not in tensors]
    if missing:
        raise CheckpointError(f"These tensors are missing: {_listed(missing)}.")
    for name in names:
        if tensors[f"{name}.weight"].ndim not in (2, 4) or tensors[f"{name}.bias"].ndim != 1:
            raise CheckpointError(f"{name} is neither a linear layer nor a convolution.")


def _refuse_left_over(tensors: Mapping[str, Tensor], layers: _Layers, folded: Sequence[str]) -> None:
    used = {*layers.encoder, layers.mean, layers.log_variance, *layers.decoder, *folded}
    left = [name for name in tensors if name.rpartition(".")[0] not in used and not name.endswith(_COUNTER)]
    if left:
        raise CheckpointError(f"These tensors have no place in a model of this project: {_listed(left)}.")


def _check_chain(tensors: Mapping[str, Tensor], layers: _Layers, sizes: Sequence[int]) -> None:
    """Check that each layer takes what the one before it gives, and that the decoder mirrors the encoder."""
    # The encoder's sizes there, and the decoder's back.
    down, up = [*layers.encoder, layers.mean], list(layers.decoder)
    wanted = dict(zip(down, zip(sizes[1:], sizes[:-1], strict=True), strict=True))
    if layers.log_variance:
        wanted[layers.log_variance] = sizes[-1], sizes[-2]
    if len(up) != len(down):
        raise CheckpointError(
            f"The decoder has {len(up)} linear layers and the encoder {len(down)}; here one mirrors the other."
        )
    wanted |= dict(zip(up, zip(sizes[-2::-1], sizes[:0:-1], strict=True), strict=True))
    for name, shape in wanted.items():
        if (found := tuple(tensors[f"{name}.weight"].shape)) != shape:
            raise CheckpointError(f"{name}.weight has shape {found}, and {shape} would fit these images and layers.")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:60] for name in names[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")
