"""The losses of well-known code bases as conventions, and the KL weight and lines that give any balance in each.

Every convention here was read in the file that it names; tests compute that file's loss and compare gradients.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from vae.beta.balance import (
    CROSS_ENTROPY,
    GAUSSIAN,
    SQUARED_ERROR,
    Balance,
    Convention,
    balance,
    gradient_scale,
    with_balance,
)
from vae.training.config import RANGES

SIZES = ("channels", "height", "width", "pixel_range", "latent_dim", "batch_size")


@dataclass(frozen=True)
class Preset:
    """A convention to start from, and the file it was read in or a description."""

    convention: Convention
    source: str


@dataclass(frozen=True)
class CodeBase:
    """A well-known way to write the loss, with its default values."""

    name: str
    source: str  # the file it was read in, or a description
    convention: Convention
    lines: Callable[[Convention], str]
    error: str = SQUARED_ERROR  # its reconstruction term where the likelihood is Gaussian
    half: bool = False  # whether a ½ stands before that error
    both: bool = False  # whether the code itself offers cross-entropy and squared error

    @property
    def preset(self) -> Preset:
        """Its convention and source as a preset."""
        return Preset(self.convention, self.source)

    def on(self, other: Convention) -> Convention:
        """Return its convention on another loss's sizes, with its reconstruction term for that loss's likelihood."""
        sizes = {name: getattr(other, name) for name in SIZES}
        if other.likelihood == "bernoulli":
            return replace(self.convention, reconstruction=CROSS_ENTROPY, half=False, **sizes)
        if self.error == GAUSSIAN:  # this app reads pixels in [0, 1], whatever the other code does
            sizes["pixel_range"] = "0 to 1"
        return replace(self.convention, reconstruction=self.error, half=self.half, **sizes)


@dataclass(frozen=True)
class Equivalent:
    """The KL weight and the lines that give a balance in one code base."""

    name: str
    source: str
    as_written: bool  # False where its own reconstruction term is replaced by that of the balance's likelihood
    weight: float  # the weight of the KL
    scale: float  # how many times larger the loss and its gradient are than this app's
    lines: str


def torch_lines(convention: Convention) -> str:
    """Write the loss as lines of PyTorch, on x and x_hat (B, C, H, W), mean and log_variance (B, L)."""
    prefix = "0.5 * " if convention.half else ""
    if convention.reconstruction_weight != 1:
        prefix = f"{convention.reconstruction_weight:.6g} * {prefix}"
    per_value = {
        CROSS_ENTROPY: "F.binary_cross_entropy(x_hat, x",
        SQUARED_ERROR: "F.mse_loss(x_hat, x",
        GAUSSIAN: f"-Normal(x_hat, {convention.sigma:.6g}).log_prob(x",
    }[convention.reconstruction]
    if convention.reconstruction != GAUSSIAN and (convention.pixels, convention.batch) in (("sum",) * 2, ("mean",) * 2):
        reconstruction = f'{per_value}, reduction="{convention.batch}")'
    else:
        none = "" if convention.reconstruction == GAUSSIAN else ', reduction="none"'
        over_pixels = {
            "sum": ".flatten(1).sum(1)",
            "mean": ".flatten(1).mean(1)",
            "channel mean": ".mean(1).sum((1, 2))",
        }
        reconstruction = f"{per_value}{none}){over_pixels[convention.pixels]}.{convention.batch}()"
    alike = convention.latents == convention.kl_batch
    over_kl = convention.latents if alike else f"{convention.latents}(1).{convention.kl_batch}"
    return "\n".join(
        (
            f"reconstruction = {prefix}{reconstruction}",
            "kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance)",
            f"loss = reconstruction + {convention.kl_weight:.6g} * kl.{over_kl}()",
        )
    )


def _keras_lines(convention: Convention) -> str:
    name = "binary_crossentropy" if convention.reconstruction == CROSS_ENTROPY else "mean_squared_error"
    return "\n".join(
        (
            f"per_place = keras.losses.{name}(x, x_hat)  # averages over the last axis, the channels",
            "reconstruction = ops.mean(ops.sum(per_place, axis=(1, 2)))",
            "kl = 0.5 * (ops.square(mean) + ops.exp(log_variance) - 1 - log_variance)",
            f"loss = reconstruction + {convention.kl_weight:.6g} * ops.mean(ops.sum(kl, axis=1))",
        )
    )


def _pythae_lines(convention: Convention) -> str:
    kind = "bce" if convention.reconstruction == CROSS_ENTROPY else "mse"
    setting = f'# BetaVAEConfig(reconstruction_loss="{kind}", beta={convention.kl_weight:.6g})'
    return f"{setting}\n{torch_lines(convention)}"


def _pytorch_vae_lines(convention: Convention) -> str:
    return f"# configs/vae.yaml, exp_params: kld_weight: {convention.kl_weight:.6g}\n{torch_lines(convention)}"


def _app_lines(convention: Convention) -> str:
    if convention.kl_weight > RANGES["beta"][1]:
        return torch_lines(convention)
    command = f"# python -m vae train --likelihood {convention.likelihood} --beta {convention.kl_weight:.6g}"
    return f"{command}\n{torch_lines(convention)}"


_APP = Convention()
CODE_BASES = (
    CodeBase("This app", "vae/models/objectives.py", _APP, _app_lines, error=GAUSSIAN, both=True),
    CodeBase(
        "pytorch/examples",
        "pytorch/examples, vae/main.py",
        Convention(batch="sum", kl_batch="sum", latent_dim=20),
        torch_lines,
    ),
    CodeBase(
        "Keras' example",
        "keras-team/keras-io, examples/generative/vae.py",
        Convention(pixels="channel mean"),
        _keras_lines,
    ),
    CodeBase(
        "PyTorch-VAE",
        "AntixK/PyTorch-VAE, models/vanilla_vae.py with configs/vae.yaml",
        Convention(
            reconstruction=SQUARED_ERROR,
            pixels="mean",
            kl_weight=0.00025,
            channels=3,
            height=64,
            width=64,
            latent_dim=128,
            batch_size=64,
        ),
        _pytorch_vae_lines,
    ),
    CodeBase(
        "pythae",
        "clementchadebec/benchmark_VAE, src/pythae/models/beta_vae/beta_vae_model.py",
        Convention(reconstruction=SQUARED_ERROR, half=True, latent_dim=10, batch_size=64),
        _pythae_lines,
        half=True,
        both=True,
    ),
    CodeBase(
        "Sums per image",
        "error + β · KL, no ½: the β of SSE + β · KL",
        Convention(reconstruction=SQUARED_ERROR),
        torch_lines,
        both=True,
    ),
    CodeBase(
        "Means of everything",
        "the normalised β of Higgins et al. 2017, β·L/D",
        Convention(reconstruction=SQUARED_ERROR, pixels="mean", latents="mean"),
        torch_lines,
        both=True,
    ),
)
_BY_NAME = {code_base.name: code_base for code_base in CODE_BASES}
PRESETS = {
    "This app, Bernoulli": Preset(_APP, _BY_NAME["This app"].source),
    "This app, Gaussian": Preset(Convention(reconstruction=GAUSSIAN), _BY_NAME["This app"].source),
    "pytorch/examples": _BY_NAME["pytorch/examples"].preset,
    "Keras' example": _BY_NAME["Keras' example"].preset,
    "PyTorch-VAE": _BY_NAME["PyTorch-VAE"].preset,
    "pythae, mse": _BY_NAME["pythae"].preset,
    "pythae, bce": Preset(Convention(latent_dim=10, batch_size=64), _BY_NAME["pythae"].source),
    "SSE + β · KL": _BY_NAME["Sums per image"].preset,
    "Means of everything": _BY_NAME["Means of everything"].preset,
    "Mean error, summed KL": Preset(
        Convention(reconstruction=SQUARED_ERROR, pixels="mean", kl_batch="sum", latent_dim=20),
        "F.mse_loss as it comes, and the KL of pytorch/examples: a mixture that is often met",
    ),
}


def equivalents(convention: Convention) -> list[Equivalent]:
    """Return the weight and lines that give this loss's balance in every code base, on the same sizes.

    Raises:
        ConventionError: if a KL weight is above its range.
    """
    wanted = balance(convention)
    return [_equivalent(code_base, convention, wanted) for code_base in CODE_BASES]


def _equivalent(code_base: CodeBase, convention: Convention, wanted: Balance) -> Equivalent:
    there = with_balance(code_base.on(convention), wanted)
    as_written = code_base.both or code_base.convention.likelihood == wanted.likelihood
    return Equivalent(
        code_base.name, code_base.source, as_written, there.kl_weight, gradient_scale(there), code_base.lines(there)
    )
