"""A small convolutional network that turns images into features: the judge's own, or one with random weights."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from vae.data.pixels import to_unit
from vae.models.batches import by_batches
from vae.progress import Report

READ_BATCH = 64  # small enough for the processor's cache and for sharing among its cores
POOLED = -2  # the layers of `FeatureNetwork.features` from which on they are a linear layer
MAPS = 512  # numbers that these layers take: means of the last maps over the quarters of an image
FEATURES = 128
LARGEST = 64  # pixels of the longer side that the convolutions see at most
STRIDED = 32  # pixels of the longer side above which the first convolution takes every second place


class FeatureNetwork(nn.Module):
    """Convolutions from images (B, C, H, W) in [0, 1] to features (B, 128).

    Images of more than 64 pixels a side are averaged down to at most 64 first, in proportion.
    """

    random = False  # whether its weights were drawn, rather than trained on images

    def __init__(self, image_shape: Sequence[int]) -> None:
        super().__init__()
        channels, height, width = image_shape
        self.image_shape = channels, height, width
        longer = max(height, width)
        smaller: list[nn.Module] = []
        if longer > LARGEST:
            sides = (max(1, round(side * LARGEST / longer)) for side in (height, width))
            smaller = [nn.AdaptiveAvgPool2d(tuple(sides))]
        self.features = nn.Sequential(
            *smaller,
            *_convolution(channels, 32, 2 if longer > STRIDED else 1),
            *_convolution(32, 32),
            nn.MaxPool2d(2, ceil_mode=longer > STRIDED),
            *_convolution(32, 64),
            *_convolution(64, 64),
            nn.MaxPool2d(2, ceil_mode=longer > STRIDED),
            *_convolution(64, 128),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(MAPS, FEATURES),
            nn.ReLU(),
        )  # (B, 128)

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return next(self.parameters()).device

    def identity(self) -> Iterator[tuple[str, Tensor]]:
        """Yield tensors by name that, with the data set, tell this network's features from any other's."""
        yield from self.state_dict().items()


def _convolution(inputs: int, outputs: int, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]


def features(network: FeatureNetwork, images: Tensor, on_progress: Report | None = None) -> np.ndarray:
    """Compute a network's features, float32 (N, 128), all ≥ 0, of images uint8 (N, C, H, W).

    The judge classifies by them. `on_progress` is called with the fraction done after every batch; an exception that it
    raises ends the computation.
    """
    return features_of(network, pooled(network, images, on_progress))


def pooled(network: FeatureNetwork, images: Tensor, on_progress: Report | None = None) -> np.ndarray:
    """Compute the means of the last 128 convolution maps over each quarter of an image, float32 (N, 512).

    The features are a linear layer further on. All are ≥ 0; images and `on_progress` are those of `features`.
    """
    # Its memory is taken at once: parts of it between the layers' large outputs would keep these from being used again.
    found = np.empty((len(images), MAPS), np.float32)

    def read_rows(rows: slice) -> None:
        found[rows] = network.features[:POOLED](to_unit(images[rows].to(network.device))).cpu()

    by_batches(read_rows, len(images), READ_BATCH, network.device, on_progress)
    return found


@torch.no_grad()
def features_of(network: FeatureNetwork, seen: np.ndarray) -> np.ndarray:
    """Compute the `features`, float32 (N, 128), of images whose `pooled` maps (N, 512) are known."""
    return network.features[POOLED:](torch.from_numpy(seen).to(network.device)).cpu().numpy()
