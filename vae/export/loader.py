"""Python code that loads the weights of a run, for programs that have torch and safetensors and nothing of ours."""

import re
import textwrap
from collections.abc import Callable
from typing import Any

from torch import nn

from vae.models.autoencoders import LOG_VARIANCE_LIMIT, VAE, Autoencoder, ClassifierVAE
from vae.storage.checkpoints import Checkpoint
from vae.storage.header import WEIGHTS

WIDTH = 118  # characters of a line
TIE = "\N{NO-BREAK SPACE}"  # where no line is broken


def loader_code(checkpoint: Checkpoint, model: Autoencoder) -> str:
    """Return Python code of at most twenty lines that loads a run's model and has functions to encode and decode.

    A multi-rate VAE is loaded as the VAE that it is at β 1, and a ClassifierVAE without its classifier.
    """
    size = ", ".join(map(str, model.image_shape))
    variational = isinstance(model, VAE)
    parts: dict[str, nn.Module] = {"encoder": model.encoder, "mean": model.mean, "decoder": model.decoder}
    if isinstance(model, VAE):
        parts["log_variance"] = model.log_variance
    lines = [
        "import torch",
        "from safetensors.torch import load_file",
        "from torch import nn",
        f'weights = load_file("{WEIGHTS}")  # of {checkpoint.name}, in the folder {str(checkpoint.path)!r}',
        *_wrapped(f"model = nn.ModuleDict(dict({', '.join(f'{name}={_code(part)}' for name, part in parts.items())}))"),
        "model.load_state_dict({name: weights[name].float() for name in model.state_dict()})",
        f"def encode(images):  # (N, {size}) in [0, 1] -> {'mean and log variance' if variational else 'code'}",
        '    features = model["encoder"](images)',
    ]
    limit = f"{LOG_VARIANCE_LIMIT:g}"
    log_variance = f', {limit} - nn.functional.softplus({limit} - model["log_variance"](features))'
    lines.append(f'    return model["mean"](features){log_variance if variational else ""}')
    z = f"(N, {model.latent_dim})"
    if isinstance(model, ClassifierVAE):
        lines += [
            f"def decode(z, classes):  # {z}, and whole numbers below {model.classes}, (N,)",
            f"    code = nn.functional.one_hot(classes, {model.classes}).float()",
            '    return torch.sigmoid(model["decoder"](torch.cat([z, code], dim=1)))',
        ]
    else:
        lines += [f"def decode(z):  # {z}", '    return torch.sigmoid(model["decoder"](z))']
    return "\n".join(lines)


def _wrapped(line: str) -> list[str]:
    """Break a line between layers, and never within the arguments of one."""
    tied = re.sub(r", (?!nn\.|\w+=)", f",{TIE}", line)
    parts = textwrap.wrap(tied, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return [part.replace(TIE, " ") for part in parts]


def _code(layer: nn.Module) -> str:
    """Return the expression that makes a layer anew."""
    return next(write(layer) for kind, write in _WRITERS.items() if isinstance(layer, kind))


def _convolution(layer: Any) -> str:
    ends = f"{layer.in_channels}, {layer.out_channels}, {layer.kernel_size[0]}, {layer.stride[0]}, {layer.padding[0]}"
    more = f", {layer.output_padding}" if isinstance(layer, nn.ConvTranspose2d) else ""
    return f"nn.{type(layer).__name__}({ends}{more})"


def _plain(layer: nn.Module) -> str:
    return f"nn.{type(layer).__name__}()"


_WRITERS: dict[type, Callable[[Any], str]] = {
    nn.Sequential: lambda layers: f"nn.Sequential({', '.join(map(_code, layers))})",
    nn.Linear: lambda layer: f"nn.Linear({layer.in_features}, {layer.out_features})",
    nn.Unflatten: lambda layer: f"nn.Unflatten(1, {layer.unflattened_size})",
    nn.Conv2d: _convolution,
    nn.ConvTranspose2d: _convolution,
    nn.Module: _plain,  # activations, and what makes vectors of images
}
