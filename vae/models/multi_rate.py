"""One VAE for every β: gates on its layers follow log β, and frozen at a β it is an ordinary VAE.

After 'Multi-Rate VAE: Train Once, Get the Full Rate-Distortion Curve' (Bae et al., ICLR 2023), with scale and shift
(FiLM; Perez et al. 2018) in the place of that paper's gates.
"""

import math
from collections.abc import Iterator, Sequence
from copy import deepcopy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vae.models.autoencoders import VAE, Autoencoder, Noise, Output, limited, reparameterise, widened
from vae.models.bodies import ACTIVATION_TYPES
from vae.models.choices import HIGHEST_BETA, LOWEST_BETA

UNITS, FEATURES = 32, 16  # of the network f of log β: its hidden units, and what it gives to all gates

Gate = tuple[Tensor, Tensor]  # scale and shift of a layer's outputs: (B, width) each


class MultiRateVAE(VAE):
    """A VAE that is trained for every β at once: its own layers are those of β = 1, and gates say what β changes.

    Where an ordinary layer gives y = W x + b, a gated one gives, by unit or by channel,

        y = (1 + S g(β)) ⊙ (γ ⊙ (W x + b) + δ) + H g(β),    g(β) = f(t(β)) − f(t(1)),

    in every hidden layer of encoder and decoder, before the activation, and in the layers of mean and log variance; the
    last layer of the decoder has no gate. f is one small network for all layers, and t is log β, shifted and scaled to
    mean 0 and variance 1 over the β that are drawn. S and H are 0 and γ 1 at first, so that training begins as an
    ordinary VAE's does. Without γ and δ, f would learn what is alike at every β but 1, with a dent at β = 1 that costs
    it two nats. A gate is linear in its layer's weights: `at` multiplies it into them.

    Without a β the model is the one of β = 1, where g is 0: `posterior`, `encode`, `logits` and `decode` are a VAE's.
    After `settle`, as it is stored and at the end of its training, γ is 1 and δ is 0, and so are `encoder` and
    `decoder`. The arguments are those of a VAE.
    """

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int,
        body: str = "mlp",
        hidden: Sequence[int] = (400,),
        activation: str = "silu",
    ) -> None:
        super().__init__(image_shape, latent_dim, body, hidden, activation)
        self.shape = (tuple(image_shape), latent_dim, body, tuple(hidden), activation)
        self.trunk = nn.Sequential(nn.Linear(1, UNITS), nn.SiLU(), nn.Linear(UNITS, FEATURES), nn.SiLU())  # f
        self.widths = [*hidden, latent_dim, latent_dim, *reversed(hidden)]  # of the gated layers, in their order
        # S of all layers and then H of all layers, since one product takes less time than many.
        self.gate = nn.Linear(FEATURES, 2 * sum(self.widths), bias=False)
        nn.init.zeros_(self.gate.weight)
        self.gain = nn.Parameter(torch.ones(sum(self.widths)))  # γ of all layers
        self.offset = nn.Parameter(torch.zeros(sum(self.widths)))  # and δ

    def gates(self, betas: Tensor | None = None) -> list[Gate]:
        """Compute the gates of every gated layer at β (B,), each (B, width), in float32 also under autocast.

        A gate is what a layer's outputs are multiplied by and what is added: (1 + S g) ⊙ γ and (1 + S g) ⊙ δ + H g.
        Without β they are those of β = 1, γ and δ, each (1, width).
        """
        if betas is None:
            return list(
                zip(self.gain[None].split(self.widths, 1), self.offset[None].split(self.widths, 1), strict=True)
            )
        with torch.autocast(betas.device.type, enabled=False):
            ahead = self.trunk(position(betas)) - self.trunk(position(torch.ones_like(betas[:1])))  # (B, FEATURES)
            units = sum(self.widths)
            neutral = torch.cat([ahead.new_ones(units), ahead.new_zeros(units)])  # scale 1 and shift 0
            scale, shift = F.linear(ahead, self.gate.weight, neutral).chunk(2, dim=1)
            scales = (scale * self.gain).split(self.widths, dim=1)
            shifts = torch.addcmul(shift, scale, self.offset).split(self.widths, dim=1)
        return list(zip(scales, shifts, strict=True))

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance of q(z|x) at β = 1, each (B, latent_dim), of images (B, C, H, W) in [0, 1]."""
        return self._encoded(images, iter(self.gates()))

    def logits(self, latents: Tensor) -> Tensor:
        """Decode latents (B, latent_dim) at β = 1 into what the sigmoid makes images of, (B, C, H, W)."""
        hidden = len(self.widths) // 2 - 1  # layers of the decoder that have a gate
        return _through(self.decoder, latents, iter(self.gates()[-hidden:]))

    def forward(self, images: Tensor, noise: Noise = None, betas: Tensor | None = None) -> Output:
        """Pass images (B, C, H, W) in [0, 1] through the model, each with its own β (B,), or all with β = 1.

        `noise` is ε or the generator that draws it.
        """
        gates = iter(self.gates(betas))
        mean, log_variance = self._encoded(images, gates)
        z = reparameterise(mean, log_variance, noise)
        return Output(widened(_through(self.decoder, z, gates)), mean, log_variance)

    def _encoded(self, images: Tensor, gates: Iterator[Gate]) -> tuple[Tensor, Tensor]:
        features = _through(self.encoder, images, gates)
        mean = gated(self.mean(features), next(gates))
        return mean, limited(gated(self.log_variance(features), next(gates)))

    @torch.no_grad()
    def settle(self) -> "MultiRateVAE":
        """Multiply γ and δ into the layers, which changes nothing that the model computes, and return the model."""
        for layer, (scale, shift) in zip(_gated_layers(self), self.gates(), strict=True):
            _fold(layer, scale[0], shift[0])
        self.gain.fill_(1)
        self.offset.zero_()
        return self

    @torch.no_grad()
    def at(self, beta: float) -> VAE:
        """Return the ordinary VAE that this one is at a β, of the same shape and with weights of its own.

        W' = diag((1 + S g) ⊙ γ) W and b' = (1 + S g) ⊙ (γ ⊙ b + δ) + H g. A β beyond those that were drawn
        gives the nearest of them.
        """
        with torch.device("meta"):
            model = VAE(*self.shape)
        own = self.state_dict()
        model.load_state_dict({name: own[name].clone() for name in model.state_dict()}, assign=True)
        gates = self.gates(torch.full((1,), float(beta), device=self.device))
        for layer, (scale, shift) in zip(_gated_layers(model), gates, strict=True):
            _fold(layer, scale[0], shift[0])
        return model.train(self.training).requires_grad_(self.gate.weight.requires_grad)


def settled(model: Autoencoder) -> Autoencoder:
    """Return a settled copy of a multi-rate VAE that is still in training, and any other model as it is."""
    if not isinstance(model, MultiRateVAE) or (bool((model.gain == 1).all()) and not bool(model.offset.any())):
        return model
    return deepcopy(model).settle()


def position(betas: Tensor) -> Tensor:
    """Return t (B, 1) of β (B,): log β with mean 0 and variance 1 over the log-uniform β of training, and clamped.

    Outside of the trained range the gates would be a guess, and above it a bad one.
    """
    low, high = math.log(LOWEST_BETA), math.log(HIGHEST_BETA)
    log_betas = betas.clamp(LOWEST_BETA, HIGHEST_BETA).log()
    return (math.sqrt(3) * (log_betas - (low + high) / 2) / ((high - low) / 2))[:, None]


def draw_betas(count: int, noise: torch.Generator) -> Tensor:
    """Draw one β for each of `count` images, log-uniform between `LOWEST_BETA` and `HIGHEST_BETA`: (count,)."""
    share = torch.rand(count, generator=noise, device=noise.device)
    return LOWEST_BETA * torch.exp(share * math.log(HIGHEST_BETA / LOWEST_BETA))


def gated(outputs: Tensor, gate: Gate) -> Tensor:
    """Scale and shift a layer's outputs (B, width) or (B, channels, H, W) by its gate, in float32."""
    scale, shift = gate
    if outputs.dim() == 4:
        scale, shift = scale[:, :, None, None], shift[:, :, None, None]
    return torch.addcmul(shift, scale, widened(outputs))


def _through(layers: nn.Sequential, inputs: Tensor, gates: Iterator[Gate]) -> Tensor:
    """Pass inputs through the layers of a body, and through the next gate before every activation."""
    for layer in layers:
        inputs = layer(gated(inputs, next(gates)) if isinstance(layer, ACTIVATION_TYPES) else inputs)
    return inputs


def _gated_layers(model: VAE) -> list[nn.Module]:
    encoder, decoder = (
        [layer for layer in body if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d)]
        for body in (model.encoder, model.decoder)
    )
    return [*encoder, model.mean, model.log_variance, *decoder[:-1]]


def _fold(layer: nn.Module, scale: Tensor, shift: Tensor) -> None:
    """Multiply scale and shift (width,) into a layer; a linear one may have several outputs for each channel."""
    weight, bias = layer.weight, layer.bias
    assert isinstance(weight, Tensor)
    assert isinstance(bias, Tensor)
    scale, shift = (each.repeat_interleave(len(bias) // len(each)) for each in (scale, shift))
    outputs = 1 if isinstance(layer, nn.ConvTranspose2d) else 0  # the axis of the outputs
    weight.mul_(scale.view([-1 if axis == outputs else 1 for axis in range(weight.dim())]))
    bias.mul_(scale).add_(shift)
