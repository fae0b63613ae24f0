"""The β translator: its identities, and every loss's gradient against this app's objective at the translated β."""

import math
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Normal

from tests.helpers.conventions import SMALL, every_convention
from vae.beta.balance import (
    GAUSSIAN,
    RECONSTRUCTIONS,
    SQUARED_ERROR,
    Balance,
    Convention,
    ConventionError,
    balance,
    batch_decides,
    gradient_scale,
    with_balance,
)
from vae.beta.code_bases import CODE_BASES, PRESETS, equivalents, torch_lines
from vae.models.autoencoders import Output
from vae.training.config import TrainConfig
from vae.training.objective import objective

Loss = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]


class Example:
    """A random batch, and what a loss makes of it: x and x_hat are in the convention's own range of pixels."""

    def __init__(self, convention: Convention) -> None:
        random = torch.Generator().manual_seed(0)
        shape = (convention.batch_size, convention.channels, convention.height, convention.width)
        codes = (convention.batch_size, convention.latent_dim)
        self.images = torch.rand(shape, generator=random, dtype=torch.float64)
        self.logits = torch.randn(shape, generator=random, dtype=torch.float64, requires_grad=True)
        self.mean = torch.randn(codes, generator=random, dtype=torch.float64, requires_grad=True)
        self.log_variance = torch.randn(codes, generator=random, dtype=torch.float64, requires_grad=True)
        self.low, self.high = (float(end) for end in convention.pixel_range.split(" to "))

    def gradient(self, loss: Loss) -> Tensor:
        x, x_hat = (self.low + (self.high - self.low) * t for t in (self.images, torch.sigmoid(self.logits)))
        return self._flat(loss(x_hat, x, self.mean, self.log_variance))

    def app_gradient(self, found: Balance, beta: float | None = None, sigma: float = 0.5) -> Tensor:
        config = TrainConfig(likelihood=found.likelihood, epochs=1)
        output = Output(self.logits, self.mean, self.log_variance)
        beta = found.app_beta if beta is None else beta
        return self._flat(objective(output, self.images, None, config, beta, sigma)[3])

    def _flat(self, loss: Tensor) -> Tensor:
        found = torch.autograd.grad(loss, (self.logits, self.mean, self.log_variance))
        return torch.cat([gradient.flatten() for gradient in found])


def kl_of_pytorch_examples(mu: Tensor, logvar: Tensor) -> Tensor:
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def this_app(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    cross_entropy = F.binary_cross_entropy(x_hat, x, reduction="none").sum((1, 2, 3))
    return (cross_entropy + 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)).mean()


def this_app_gaussian(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)
    return (-Normal(x_hat, 0.5).log_prob(x).sum((1, 2, 3)) + kl).mean()


def pytorch_examples(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    bce = F.binary_cross_entropy(x_hat, x.view(x_hat.shape), reduction="sum")
    return bce + kl_of_pytorch_examples(mu, logvar)


def keras_example(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    # keras.losses.binary_crossentropy averages over the last axis, which there holds the channels.
    last = F.binary_cross_entropy(x_hat.permute(0, 2, 3, 1), x.permute(0, 2, 3, 1), reduction="none").mean(-1)
    kl = -0.5 * (1 + logvar - mu.square() - logvar.exp())
    return last.sum((1, 2)).mean() + kl.sum(1).mean()


def pytorch_vae(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    kld = torch.mean(-0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1), dim=0)
    return F.mse_loss(x_hat, x) + 0.00025 * kld


def pythae_mse(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    error = 0.5 * F.mse_loss(x_hat.reshape(len(x), -1), x.reshape(len(x), -1), reduction="none").sum(dim=-1)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=-1)
    return (error + 1.0 * kld).mean(dim=0)


def pythae_bce(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    flat, target = x_hat.reshape(len(x), -1), x.reshape(len(x), -1)
    error = F.binary_cross_entropy(flat, target, reduction="none").sum(dim=-1)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=-1)
    return (error + 1.0 * kld).mean(dim=0)


def sums_per_image(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    return (F.mse_loss(x_hat, x, reduction="sum") + kl_of_pytorch_examples(mu, logvar)) / len(x)


def means_of_everything(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    return F.mse_loss(x_hat, x) - 0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())


def mean_error_summed_kl(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    return F.mse_loss(x_hat, x) + kl_of_pytorch_examples(mu, logvar)


LITERAL: dict[str, Loss] = {
    "This app, Bernoulli": this_app,
    "This app, Gaussian": this_app_gaussian,
    "pytorch/examples": pytorch_examples,
    "Keras' example": keras_example,
    "PyTorch-VAE": pytorch_vae,
    "pythae, mse": pythae_mse,
    "pythae, bce": pythae_bce,
    "SSE + β · KL": sums_per_image,
    "Means of everything": means_of_everything,
    "Mean error, summed KL": mean_error_summed_kl,
}


def assert_translated(convention: Convention, loss: Loss) -> None:
    """The loss's gradient is `scale` times this app's, at the β and at the σ that it was translated to."""
    example, found = Example(convention), balance(convention)
    gradient = example.gradient(loss)
    torch.testing.assert_close(
        gradient, gradient_scale(convention) * example.app_gradient(found), rtol=1e-9, atol=1e-12
    )
    if found.likelihood == "gaussian":
        at_beta_one = example.app_gradient(found, beta=1.0, sigma=found.sigma)
        along = (gradient @ at_beta_one) / (at_beta_one @ at_beta_one)
        torch.testing.assert_close(gradient, along * at_beta_one, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("sizes", [{}, SMALL], ids=["its own sizes", "other sizes"])
@pytest.mark.parametrize("name", PRESETS)
def test_the_loss_of_every_preset_has_the_gradient_of_this_apps_objective(name: str, sizes: dict[str, Any]) -> None:
    own = PRESETS[name].convention
    assert_translated(replace(own, **(sizes or {"batch_size": 5})), LITERAL[name])


def test_every_preset_has_its_literal_loss_and_no_two_are_alike() -> None:
    assert LITERAL.keys() == PRESETS.keys()
    assert len({tuple(asdict(preset.convention).values()) for preset in PRESETS.values()}) == len(PRESETS)


def run(lines: str) -> Loss:
    """The loss that lines of ours compute; x and x_hat are turned to (B, H, W, C) for Keras."""

    def last_axis(function: Callable[..., Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
        return lambda x, x_hat: function(x_hat.permute(0, 2, 3, 1), x.permute(0, 2, 3, 1), reduction="none").mean(-1)

    losses = SimpleNamespace(
        binary_crossentropy=last_axis(F.binary_cross_entropy), mean_squared_error=last_axis(F.mse_loss)
    )
    ops = SimpleNamespace(
        mean=torch.mean, square=torch.square, exp=torch.exp, sum=lambda tensor, axis: tensor.sum(axis)
    )

    def loss(x_hat: Tensor, x: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
        names: dict[str, Any] = {"F": F, "Normal": Normal, "keras": SimpleNamespace(losses=losses), "ops": ops}
        names |= {"x": x, "x_hat": x_hat, "mean": mean, "log_variance": log_variance}
        exec(lines, names)
        return names["loss"]

    return loss


def test_every_combination_of_reductions_written_as_code_has_this_apps_gradient() -> None:
    conventions = every_convention()
    assert len(conventions) == 24 * (1 + 3 * 2 + 3)
    for convention in conventions:
        assert_translated(convention, run(torch_lines(convention)))


@pytest.mark.parametrize("name", ["pytorch/examples", "PyTorch-VAE", "Mean error, summed KL"])
def test_the_lines_for_every_code_base_have_the_same_direction(name: str) -> None:
    convention = replace(PRESETS[name].convention, **SMALL)
    example, found = Example(convention), balance(convention)
    ours = example.app_gradient(found)
    for one in equivalents(convention):
        # Weights are written with six digits.
        torch.testing.assert_close(example.gradient(run(one.lines)), one.scale * ours, rtol=1e-4, atol=1e-6)


def test_summed_squared_error_and_beta_kl_is_a_gaussian_with_sigma_the_root_of_half_beta() -> None:
    for beta in (0.1, 0.5, 1.0, 8.0):
        found = balance(Convention(reconstruction=SQUARED_ERROR, kl_weight=beta))
        assert found.ratio == pytest.approx(beta)
        assert found.sigma == pytest.approx(math.sqrt(beta / 2))
        assert found.beta_at(found.sigma) == pytest.approx(1)


def test_mean_squared_error_and_w_kl_is_beta_w_times_the_values_of_an_image() -> None:
    mean = Convention(reconstruction=SQUARED_ERROR, pixels="mean", kl_weight=0.01, channels=3, height=32, width=32)
    assert balance(mean).ratio == pytest.approx(0.01 * 3 * 32 * 32)
    assert gradient_scale(mean) == pytest.approx(0.5 / (3 * 32 * 32))


def test_a_sigma_of_a_half_is_a_beta_of_a_half_in_summed_squared_error() -> None:
    decoder = Convention(reconstruction=GAUSSIAN, sigma=0.5)
    assert balance(decoder).ratio == pytest.approx(0.5)
    assert balance(decoder).app_beta == pytest.approx(1)
    assert balance(replace(decoder, sigma=0.1)).app_beta == pytest.approx(0.04)


def test_a_wider_range_of_pixels_counts_with_its_square() -> None:
    unit = Convention(reconstruction=SQUARED_ERROR)
    ratios = [balance(replace(unit, pixel_range=name)).ratio for name in ("0 to 1", "-1 to 1", "0 to 255")]
    assert ratios == pytest.approx([1, 1 / 4, 1 / 255**2])
    # The same σ in its own units is the same decoder.
    assert balance(Convention(reconstruction=GAUSSIAN, sigma=1, pixel_range="-1 to 1")).sigma == pytest.approx(0.5)


def test_the_normalised_beta_of_higgins_is_beta_times_latent_size_over_values() -> None:
    there = equivalents(Convention(kl_weight=4, latent_dim=10))[-1]
    assert there.name == "Means of everything"
    assert there.weight == pytest.approx(4 * 10 / 784)


def test_known_translations() -> None:
    found = {name: balance(preset.convention) for name, preset in PRESETS.items()}
    assert found["pytorch/examples"] == found["Keras' example"] == found["pythae, bce"] == Balance("bernoulli", 1.0)
    assert found["pythae, mse"].sigma == pytest.approx(1)
    assert found["PyTorch-VAE"].ratio == pytest.approx(0.00025 * 3 * 64 * 64)
    assert found["Mean error, summed KL"].ratio == pytest.approx(784 * 128)
    assert gradient_scale(PRESETS["pytorch/examples"].convention) == 128
    assert gradient_scale(Convention(pixels="mean")) == pytest.approx(1 / 784)


def test_only_a_mixture_of_sum_and_mean_over_the_batch_depends_on_its_size() -> None:
    for convention in every_convention():
        other = replace(convention, batch_size=70)
        assert (balance(other).ratio != pytest.approx(balance(convention).ratio)) == batch_decides(convention)


@pytest.mark.parametrize("name", PRESETS)
def test_a_balance_goes_to_every_code_base_and_back(name: str) -> None:
    convention = PRESETS[name].convention
    found = balance(convention)
    assert with_balance(replace(convention, kl_weight=0.0), found).kl_weight == pytest.approx(convention.kl_weight)
    for code_base, there in zip(CODE_BASES, equivalents(convention), strict=True):
        back = balance(replace(code_base.on(convention), kl_weight=there.weight))
        assert (back.likelihood, back.ratio) == (found.likelihood, pytest.approx(found.ratio))
        assert (there.name, there.scale) == (code_base.name, pytest.approx(gradient_scale(code_base.on(convention))))
    own = {"This app, Bernoulli": "This app", "This app, Gaussian": "This app"}.get(name, name.split(",")[0])
    same = [there.weight for there in equivalents(convention) if there.name == own and there.as_written]
    assert same in ([], [pytest.approx(convention.kl_weight)])


def test_a_loss_without_kl_is_an_autoencoder_everywhere() -> None:
    for term in RECONSTRUCTIONS:
        convention = Convention(reconstruction=term, kl_weight=0.0)
        assert balance(convention).app_beta == 0
        assert {there.weight for there in equivalents(convention)} == {0}
    assert balance(Convention(reconstruction=SQUARED_ERROR, kl_weight=0.0)).sigma == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"sigma": 0.0}, "σ must be 1e-06 to 1e+06, not 0.0"),
        ({"sigma": -1.0}, "σ must be"),
        ({"sigma": math.nan}, "σ must be"),
        ({"kl_weight": -0.1}, "KL weight must be 0 to"),
        ({"kl_weight": math.inf}, "KL weight must be"),
        ({"reconstruction_weight": 0.0}, "reconstruction weight must be"),
        ({"width": 0}, "width must be a whole number from 1 to"),
        ({"channels": 1.5}, "channels must be a whole number"),
        ({"batch_size": True}, "batch size must be a whole number"),
        ({"latent_dim": "2"}, "latent size must be a whole number"),
        ({"pixels": "median"}, "reduction over pixels must be one of sum, mean, channel mean, not 'median'"),
        ({"pixel_range": "-1 to 1"}, "a cross-entropy needs pixels from 0 to 1, not from -1 to 1"),
        ({"half": True}, "only a squared error is halved"),
    ],
)
def test_what_is_out_of_range_is_named(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ConventionError) as caught:
        Convention(**wrong)
    assert words in str(caught.value)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(ConventionError, match=r"σ must be .*; the height must be"):
        Convention(sigma=0.0, height=-1)


def test_cross_entropy_has_no_sigma_and_no_weight_makes_it_a_squared_error() -> None:
    found = balance(Convention())
    with pytest.raises(ConventionError, match="no σ"):
        _ = found.sigma
    with pytest.raises(ConventionError, match="no σ"):
        found.beta_at(0.5)
    with pytest.raises(ConventionError, match="σ must be above 0"):
        Balance("gaussian", 1.0).beta_at(0.0)
    with pytest.raises(ConventionError, match="No weight turns"):
        with_balance(Convention(reconstruction=SQUARED_ERROR), found)


def test_every_field_of_a_convention_changes_the_balance_or_is_known_not_to() -> None:
    base = Convention(reconstruction=GAUSSIAN, pixels="channel mean", latents="mean", kl_batch="sum", **SMALL)
    changes: dict[str, Any] = {
        "pixels": "mean",
        "batch": "sum",
        "sigma": 0.3,
        "reconstruction_weight": 2.0,
        "latents": "sum",
        "kl_batch": "mean",
        "kl_weight": 2.0,
        "channels": 1,
        "pixel_range": "-1 to 1",
        "latent_dim": 2,
        "batch_size": 2,
    }
    for name, value in changes.items():
        assert balance(replace(base, **{name: value})).ratio != pytest.approx(balance(base).ratio), name
    # A sum over places does not count them, and a squared error has no σ and may have a ½.
    assert {f.name for f in fields(Convention)} - changes.keys() == {"reconstruction", "half", "height", "width"}
