"""The three models: an autoencoder, a variational autoencoder, and a VAE with a classifier beside it.

All three share their bodies and one interface, so that code which looks at a model need not know which it has:
`posterior(images)` gives (mean, log variance or None), `encode(images)` the code, `decode(...)` images in [0, 1].
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import prod
from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "silu": nn.SiLU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}
BODIES = ("mlp", "conv")
LOG_VARIANCE_LIMIT = 4.0
Noise = torch.Generator | Tensor | None


class Output(NamedTuple):
    """What one pass through a model gives."""

    logits: Tensor  # (B, C, H, W); sigmoid(logits) is the decoded image
    mean: Tensor  # (B, latent_dim)
    log_variance: Tensor | None  # (B, latent_dim); None for an autoencoder, whose code is a point
    class_logits: Tensor | None = None  # (B, classes); None but for a ClassifierVAE


class MLPEncoder(nn.Sequential):
    """Images (B, C, H, W) → features (B, hidden[-1])."""

    features: int

    def __init__(self, image_shape: Sequence[int], hidden: Sequence[int], activation: str) -> None:
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise([prod(image_shape), *hidden]):
            layers += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
        super().__init__(*layers)
        self.features = hidden[-1]


class MLPDecoder(nn.Sequential):
    """Latents (B, inputs) → logits (B, C, H, W); the encoder's layers in reverse."""

    def __init__(self, inputs: int, image_shape: Sequence[int], hidden: Sequence[int], activation: str) -> None:
        layers: list[nn.Module] = []
        for incoming, outgoing in pairwise([inputs, *reversed(hidden)]):
            layers += [nn.Linear(incoming, outgoing), ACTIVATIONS[activation]()]
        super().__init__(*layers, nn.Linear(hidden[0], prod(image_shape)), nn.Unflatten(1, tuple(image_shape)))

    @property
    def output_bias(self) -> Tensor:  # (C·H·W,)
        return cast(Tensor, self[-2].bias)


class ConvEncoder(nn.Sequential):
    """Images (B, C, H, W) → features (B, F): 3×3 convolutions of stride 2, each halving the image (rounded up)."""

    features: int

    def __init__(self, image_shape: Sequence[int], hidden: Sequence[int], activation: str) -> None:
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise([image_shape[0], *hidden]):
            layers += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), ACTIVATIONS[activation]()]
        super().__init__(*layers, nn.Flatten())
        self.features = hidden[-1] * prod(_halvings(image_shape, len(hidden))[-1])


class ConvDecoder(nn.Sequential):
    """Latents (B, inputs) → logits (B, C, H, W); the encoder's layers in reverse."""

    def __init__(self, inputs: int, image_shape: Sequence[int], hidden: Sequence[int], activation: str) -> None:
        sizes = _halvings(image_shape, len(hidden))
        channels = [image_shape[0], *hidden]
        layers: list[nn.Module] = [
            nn.Linear(inputs, hidden[-1] * prod(sizes[-1])),
            nn.Unflatten(1, (hidden[-1], *sizes[-1])),
        ]
        for level in range(len(hidden), 0, -1):
            # An even side comes from half of it, an odd one from half of it rounded up.
            height, width = sizes[level - 1]
            padding = (1 - height % 2, 1 - width % 2)
            layers += [
                ACTIVATIONS[activation](),
                nn.ConvTranspose2d(channels[level], channels[level - 1], 3, 2, padding=1, output_padding=padding),
            ]
        super().__init__(*layers)

    @property
    def output_bias(self) -> Tensor:  # (C,)
        return cast(Tensor, self[-1].bias)


def _halvings(image_shape: Sequence[int], times: int) -> list[tuple[int, int]]:
    sizes = [(image_shape[1], image_shape[2])]
    for _ in range(times):
        height, width = sizes[-1]
        sizes.append(((height + 1) // 2, (width + 1) // 2))
    return sizes


_ENCODERS: dict[str, type[MLPEncoder | ConvEncoder]] = {"mlp": MLPEncoder, "conv": ConvEncoder}
_DECODERS: dict[str, type[MLPDecoder | ConvDecoder]] = {"mlp": MLPDecoder, "conv": ConvDecoder}


class Autoencoder(nn.Module):
    """An image becomes one point of the latent space, and the point an image again (Hinton & Salakhutdinov 2006).

    Args:
        image_shape: (C, H, W), C 1 or 3, H and W from 8 to 64.
        latent_dim: 1 to 128.
        body: `mlp` or `conv`.
        hidden: layer widths (mlp) or channels (conv), in the encoder's order; the decoder mirrors them.
        activation: a key of `ACTIVATIONS`.

    Raises:
        ValueError: naming every argument that is out of range.
    """

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int,
        body: str = "mlp",
        hidden: Sequence[int] = (400,),
        activation: str = "silu",
        condition_dim: int = 0,
    ) -> None:
        super().__init__()
        problems = image_shape_problems(image_shape) + body_problems(latent_dim, body, hidden, activation)
        if problems:
            raise ValueError("; ".join(problems))
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        # The AE's layers come first, so that one seed gives the AE and the VAE the same initial weights.
        self.encoder = _ENCODERS[body](image_shape, hidden, activation)
        self.decoder = _DECODERS[body](latent_dim + condition_dim, image_shape, hidden, activation)
        self.mean = nn.Linear(self.encoder.features, latent_dim)
        # The decoder's σ: given, or learned as in σ-VAE; Bernoulli models leave it at 1.
        self.register_buffer("sigma", torch.ones(()))

    sigma: Tensor

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor | None]:
        """Images (B, C, H, W) in [0, 1] → mean (B, latent_dim), and log variance likewise or None."""
        return self.mean(self.encoder(images)), None

    def encode(self, images: Tensor) -> Tensor:
        """Images (B, C, H, W) in [0, 1] → their codes (B, latent_dim): the AE's points, the VAE's posterior means."""
        return self.posterior(images)[0]

    def decode(self, latents: Tensor) -> Tensor:
        """Latents (B, latent_dim) → images (B, C, H, W) in [0, 1]."""
        return torch.sigmoid(self.decoder(latents))

    def reconstruct(self, images: Tensor) -> Tensor:
        """Images (B, C, H, W) in [0, 1] → what the decoder makes of their codes, likewise; nothing is drawn."""
        return self.decode(self.encode(images))

    def forward(self, images: Tensor, noise: Noise = None) -> Output:
        """Images (B, C, H, W) in [0, 1] → `Output`; `noise` is or draws a VAE's ε."""
        mean, _ = self.posterior(images)
        return Output(self.decoder(mean), mean, None)

    @torch.no_grad()
    def start_from_mean_image(self, mean_image: Tensor) -> None:
        """Set the output bias to the logit of the mean training image (C, H, W), a better start than grey."""
        logit = torch.logit(mean_image.clamp(1e-3, 1 - 1e-3))
        bias = self.decoder.output_bias
        bias.copy_(logit.flatten() if bias.numel() == logit.numel() else logit.mean((1, 2)))


class VAE(Autoencoder):
    """An image becomes a Gaussian over the latent space (Kingma & Welling 2014; Rezende et al. 2014)."""

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int,
        body: str = "mlp",
        hidden: Sequence[int] = (400,),
        activation: str = "silu",
        condition_dim: int = 0,
    ) -> None:
        super().__init__(image_shape, latent_dim, body, hidden, activation, condition_dim)
        self.log_variance = nn.Linear(self.encoder.features, latent_dim)

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        features = self.encoder(images)
        # Without a limit, one image far from all others can make e^(log variance), and with it the whole run, infinite.
        # The limit is soft and far above the prior's 0, where posteriors lie, and changes nothing there.
        log_variance = LOG_VARIANCE_LIMIT - F.softplus(LOG_VARIANCE_LIMIT - self.log_variance(features))
        return self.mean(features), log_variance

    def forward(self, images: Tensor, noise: Noise = None) -> Output:
        mean, log_variance = self.posterior(images)
        return Output(self.decoder(reparameterise(mean, log_variance, noise)), mean, log_variance)


class ClassifierVAE(VAE):
    """A VAE whose decoder also reads the softmax of a classifier that looks at the image beside the encoder.

    The third model of the article 'Variational Autoencoders Explained in Detail': z is left to carry the style,
    and at sampling time a one-hot code asks for a digit.
    """

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int,
        body: str = "mlp",
        hidden: Sequence[int] = (400,),
        activation: str = "silu",
        classes: int = 10,
    ) -> None:
        super().__init__(image_shape, latent_dim, body, hidden, activation, condition_dim=classes)
        self.classes = classes
        features = _ENCODERS[body](image_shape, hidden, activation)
        self.classifier = nn.Sequential(features, nn.Linear(features.features, classes))

    def decode_classes(self, latents: Tensor, classes: Tensor) -> Tensor:
        """Latents (B, latent_dim) and digits (B,) int64 → images (B, C, H, W) in [0, 1]."""
        code = F.one_hot(classes, self.classes).to(latents.dtype)
        return torch.sigmoid(self.decoder(torch.cat([latents, code], dim=1)))

    def reconstruct(self, images: Tensor) -> Tensor:
        code = torch.cat([self.encode(images), self.classifier(images).softmax(dim=1)], dim=1)
        return torch.sigmoid(self.decoder(code))

    def forward(self, images: Tensor, noise: Noise = None) -> Output:
        mean, log_variance = self.posterior(images)
        z = reparameterise(mean, log_variance, noise)
        class_logits = self.classifier(images)
        logits = self.decoder(torch.cat([z, class_logits.softmax(dim=1)], dim=1))
        return Output(logits, mean, log_variance, class_logits)


def reparameterise(mean: Tensor, log_variance: Tensor, noise: Noise = None) -> Tensor:
    """One draw z = μ + σ·ε, ε ~ N(0, I), that gradients flow through (Kingma & Welling 2014, section 2.4).

    `noise` is ε itself, shaped like the mean, or the generator that draws it.
    """
    if not isinstance(noise, Tensor):
        noise = torch.randn(mean.shape, generator=noise, device=mean.device, dtype=mean.dtype)
    return torch.addcmul(mean, torch.exp(0.5 * log_variance), noise)


def image_shape_problems(image_shape: Sequence[int]) -> list[str]:
    """What is wrong with an image shape (C, H, W), in words; empty when nothing is."""
    if len(image_shape) != 3:
        return [f"image shape must be (channels, height, width), not {tuple(image_shape)}"]
    problems = []
    if image_shape[0] not in (1, 3):
        problems.append(f"images must have 1 or 3 channels, not {image_shape[0]}")
    if not all(8 <= side <= 64 for side in image_shape[1:]):
        problems.append(f"images must be 8 to 64 pixels high and wide, not {image_shape[1]} × {image_shape[2]}")
    return problems


def body_problems(latent_dim: int, body: str, hidden: Sequence[int], activation: str) -> list[str]:
    """What is wrong with a model's settings, in words; empty when nothing is."""
    problems = []
    if not 1 <= latent_dim <= 128:
        problems.append(f"latent size must be 1 to 128, not {latent_dim}")
    if body not in BODIES:
        problems.append(f"body must be one of {', '.join(BODIES)}, not {body!r}")
    if not 1 <= len(hidden) <= 6 or not all(1 <= width <= 4096 for width in hidden):
        problems.append(f"hidden sizes must be 1 to 6 numbers from 1 to 4096, not {list(hidden)}")
    if body == "conv" and len(hidden) > 3:
        problems.append(f"a conv body halves the image once a layer and takes at most 3, not {len(hidden)}")
    if activation not in ACTIVATIONS:
        problems.append(f"activation must be one of {', '.join(ACTIVATIONS)}, not {activation!r}")
    return problems
