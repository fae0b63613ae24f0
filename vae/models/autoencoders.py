"""Three models: an autoencoder, a variational autoencoder, and a VAE with a classifier beside it.

They share their bodies and one interface, also with the VAE for every β (`models/multi_rate.py`), so that code which
uses a model need not know which of them it has: `posterior(images)` returns (mean, log variance or None),
`encode(images)` the code, `decode(...)` images in [0, 1].
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vae.models.bodies import DECODERS, ENCODERS
from vae.models.choices import body_problems, image_shape_problems

LOG_VARIANCE_LIMIT = 4.0
Noise = torch.Generator | Tensor | None


class Output(NamedTuple):
    """The results of one pass through a model, float32 also where layers compute in bfloat16 (`training.precision`)."""

    logits: Tensor  # (B, C, H, W); sigmoid(logits) is the decoded image
    mean: Tensor  # (B, latent_dim)
    log_variance: Tensor | None  # (B, latent_dim); None for an autoencoder, whose code is a point
    class_logits: Tensor | None = None  # (B, classes); None except from a ClassifierVAE


class Autoencoder(nn.Module):
    """An autoencoder: it encodes an image as one latent point and decodes that point (Hinton & Salakhutdinov 2006).

    Args:
        image_shape: (C, H, W), C 1 or 3, H and W from 8 to 128.
        latent_dim: 1 to 128.
        body: `mlp` or `conv`.
        hidden: layer widths (mlp) or channels (conv), in the encoder's order; the decoder mirrors them.
        activation: one of `choices.ACTIVATIONS`.
        condition_dim: how many numbers the decoder reads beside z; a `ClassifierVAE` sets it to its classes.

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
        self.encoder = ENCODERS[body](image_shape, hidden, activation)
        self.decoder = DECODERS[body](latent_dim + condition_dim, image_shape, hidden, activation)
        self.mean = nn.Linear(self.encoder.features, latent_dim)
        # The decoder's σ: given, or found in training as in σ-VAE; Bernoulli models leave it at 1.
        self.register_buffer("sigma", torch.ones(()))

    sigma: Tensor

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return self.mean.weight.device

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor | None]:
        """Encode images (B, C, H, W) in [0, 1] into mean and log variance, each (B, latent_dim).

        For an autoencoder the mean is the code and the log variance is None.
        """
        return widened(self.mean(self.encoder(images))), None

    def encode(self, images: Tensor) -> Tensor:
        """Encode images (B, C, H, W) in [0, 1] into codes (B, latent_dim): an AE's points, a VAE's posterior means."""
        return self.posterior(images)[0]

    def logits(self, latents: Tensor) -> Tensor:
        """Decode latents (B, latent_dim) into what the sigmoid makes images of, (B, C, H, W).

        The decoder of a `ClassifierVAE` reads (B, latent_dim + classes): its latents end in a code for the class.
        """
        return self.decoder(latents)

    def decode(self, latents: Tensor) -> Tensor:
        """Decode latents, as `logits` takes them, into images (B, C, H, W) in [0, 1]."""
        return torch.sigmoid(self.logits(latents))

    def reconstruct(self, images: Tensor) -> Tensor:
        """Encode and decode images (B, C, H, W) in [0, 1]; a VAE decodes the posterior mean, so nothing is sampled."""
        return self.decode(self.encode(images))

    def forward(self, images: Tensor, noise: Noise = None) -> Output:
        """Pass images (B, C, H, W) in [0, 1] through the model; `noise` is a VAE's ε or the generator that draws it."""
        mean, _ = self.posterior(images)
        return Output(widened(self.logits(mean)), mean, None)

    @torch.no_grad()
    def start_from_mean_image(self, mean_image: Tensor) -> None:
        """Set the output bias to the logit of the mean training image (C, H, W), a better start than grey."""
        logit = torch.logit(mean_image.clamp(1e-3, 1 - 1e-3))
        bias = self.decoder.output_bias
        bias.copy_(logit.flatten() if bias.numel() == logit.numel() else logit.mean((1, 2)))


class VAE(Autoencoder):
    """A VAE: it encodes an image as a Gaussian over the latent space (Kingma & Welling 2014; Rezende et al. 2014)."""

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
        """Return mean and log variance of q(z|x), each (B, latent_dim), of images (B, C, H, W) in [0, 1]."""
        features = self.encoder(images)
        log_variance = limited(widened(self.log_variance(features)))
        return widened(self.mean(features)), log_variance

    def forward(self, images: Tensor, noise: Noise = None) -> Output:
        """Pass images (B, C, H, W) in [0, 1] through the model; `noise` is ε or the generator that draws it."""
        mean, log_variance = self.posterior(images)
        z = reparameterise(mean, log_variance, noise)
        return Output(widened(self.logits(z)), mean, log_variance)


class ClassifierVAE(VAE):
    """A VAE whose decoder also reads class probabilities, from a classifier that sees the image as the encoder does.

    This is the third model of the article 'Variational Autoencoders Explained in Detail': z is left to carry the style,
    and when sampling, a one-hot code chooses the digit.
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
        features = ENCODERS[body](image_shape, hidden, activation)
        self.classifier = nn.Sequential(features, nn.Linear(features.features, classes))

    def decode_classes(self, latents: Tensor, classes: Tensor) -> Tensor:
        """Decode latents (B, latent_dim) with classes (B,) int64 into images (B, C, H, W) in [0, 1]."""
        code = F.one_hot(classes, self.classes).to(latents.dtype)
        return torch.sigmoid(self.decoder(torch.cat([latents, code], dim=1)))

    def reconstruct(self, images: Tensor) -> Tensor:
        """Decode the posterior means and class probabilities of images (B, C, H, W) in [0, 1]; nothing is sampled."""
        code = torch.cat([self.encode(images), self.classifier(images).softmax(dim=1)], dim=1)
        return torch.sigmoid(self.decoder(code))

    def forward(self, images: Tensor, noise: Noise = None) -> Output:
        """Pass images (B, C, H, W) in [0, 1] through VAE and classifier; `noise` is ε or its generator."""
        mean, log_variance = self.posterior(images)
        z = reparameterise(mean, log_variance, noise)
        class_logits = widened(self.classifier(images))
        logits = widened(self.logits(torch.cat([z, class_logits.softmax(dim=1)], dim=1)))
        return Output(logits, mean, log_variance, class_logits)


def widened(outputs: Tensor) -> Tensor:
    """Return a layer's outputs, which autocast may have made bfloat16, in the precision of everything beside layers."""
    return outputs.float() if outputs.dtype == torch.bfloat16 else outputs


def limited(log_variance: Tensor) -> Tensor:
    """Return a layer's log variance below a soft limit L: L − softplus(L − v).

    Without a limit, one image far from all others can make e^(log variance), and with it the whole run, infinite. The
    limit is far above the prior's 0, where posteriors lie, and changes nothing there.
    """
    return LOG_VARIANCE_LIMIT - F.softplus(LOG_VARIANCE_LIMIT - log_variance)


def reparameterise(mean: Tensor, log_variance: Tensor, noise: Noise = None) -> Tensor:
    """Draw z = μ + σ·ε, ε ~ N(0, I), so that gradients flow through it (Kingma & Welling 2014, section 2.4).

    `noise` is ε itself, shaped like the mean, or the generator that draws it.
    """
    if not isinstance(noise, Tensor):
        noise = torch.randn(mean.shape, generator=noise, device=mean.device, dtype=mean.dtype)
    return torch.addcmul(mean, torch.exp(0.5 * log_variance), noise)
