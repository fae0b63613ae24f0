"""Encoder and decoder bodies: fully connected (MLP) and convolutional layers."""

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import cast

from torch import Tensor, nn

MODULES: dict[str, type[nn.Module]] = {  # of `choices.ACTIVATIONS`
    "relu": nn.ReLU,
    "silu": nn.SiLU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}
ACTIVATION_TYPES = tuple(MODULES.values())


class MLPEncoder(nn.Sequential):
    """A fully connected encoder from images (B, C, H, W) to features (B, hidden[-1])."""

    features: int

    def __init__(self, image_shape: Sequence[int], hidden: Sequence[int], activation: str) -> None:
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise([prod(image_shape), *hidden]):
            layers += [nn.Linear(inputs, outputs), MODULES[activation]()]
        super().__init__(*layers)
        self.features = hidden[-1]


class MLPDecoder(nn.Sequential):
    """A fully connected decoder from latents (B, inputs) to logits (B, C, H, W): the encoder's layers in reverse."""

    def __init__(self, inputs: int, image_shape: Sequence[int], hidden: Sequence[int], activation: str) -> None:
        layers: list[nn.Module] = []
        for incoming, outgoing in pairwise([inputs, *reversed(hidden)]):
            layers += [nn.Linear(incoming, outgoing), MODULES[activation]()]
        super().__init__(*layers, nn.Linear(hidden[0], prod(image_shape)), nn.Unflatten(1, tuple(image_shape)))

    @property
    def output_bias(self) -> Tensor:  # (C·H·W,)
        return cast(Tensor, self[-2].bias)


class ConvEncoder(nn.Sequential):
    """A convolutional encoder from images (B, C, H, W) to features (B, `features`).

    Its 3×3 convolutions have stride 2, so that each halves the image's sides (rounded up).
    """

    features: int

    def __init__(self, image_shape: Sequence[int], hidden: Sequence[int], activation: str) -> None:
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise([image_shape[0], *hidden]):
            layers += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), MODULES[activation]()]
        super().__init__(*layers, nn.Flatten())
        self.features = hidden[-1] * prod(_halvings(image_shape, len(hidden))[-1])


class ConvDecoder(nn.Sequential):
    """A convolutional decoder from latents (B, inputs) to logits (B, C, H, W): the encoder's layers in reverse."""

    def __init__(self, inputs: int, image_shape: Sequence[int], hidden: Sequence[int], activation: str) -> None:
        sizes = _halvings(image_shape, len(hidden))
        channels = [image_shape[0], *hidden]
        layers: list[nn.Module] = [
            nn.Linear(inputs, hidden[-1] * prod(sizes[-1])),
            nn.Unflatten(1, (hidden[-1], *sizes[-1])),
        ]
        for level in range(len(hidden), 0, -1):
            # Halving rounds odd sides up, so doubling falls one pixel short of an even side; padding adds that pixel.
            height, width = sizes[level - 1]
            padding = (1 - height % 2, 1 - width % 2)
            layers += [
                MODULES[activation](),
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


ENCODERS: dict[str, type[MLPEncoder | ConvEncoder]] = {"mlp": MLPEncoder, "conv": ConvEncoder}
DECODERS: dict[str, type[MLPDecoder | ConvDecoder]] = {"mlp": MLPDecoder, "conv": ConvDecoder}
