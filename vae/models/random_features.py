"""Random convolutional features: what samples are measured by where there is no judge, as without labels."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from vae.data.dataset import Dataset
from vae.data.pixels import to_unit
from vae.models.feature_network import READ_BATCH, FeatureNetwork
from vae.models.judge import fitting_judge, refusal

SEED = 0
SEEN = 2_000  # random training images that set the batch norms
LEAST_TRAIN, LEAST_TEST = 79, 40  # images: half of those to train on and those to test with are 20 groups of two each


class RandomFeatures(FeatureNetwork):
    """A judge's layers with random weights, the same for all images of a shape; only its batch norms know the images.

    Such layers see edges and textures without having learned any class (Saxe et al. 2011; Naeem et al. 2020,
    section 5.2, measure samples by them).
    """

    random = True

    def identity(self) -> Iterator[tuple[str, Tensor]]:
        """Yield the weights alone: sums over images, as in the batch norms, depend on the number of threads."""
        yield from self.named_parameters()


@torch.no_grad()
def random_features(dataset: Dataset) -> RandomFeatures:
    """Return the random features for a data set, seeded, with batch norms from one pass over 2,000 training images."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        network = RandomFeatures(dataset.image_shape)
    rows = np.sort(np.random.default_rng(SEED).permutation(dataset.train_size)[:SEEN])
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None  # the plain mean over all batches
    network.train()
    for batch in np.array_split(rows, max(1, len(rows) // READ_BATCH)):
        network.features(to_unit(dataset.train_images[torch.from_numpy(batch)]))
    return network.to(memory_format=torch.channels_last).eval().requires_grad_(False)


def enough_images(dataset: Dataset) -> bool:
    """Tell whether a data set has the images that samples of its models can be measured by, with any network."""
    return dataset.train_size >= LEAST_TRAIN and len(dataset.test_images) >= LEAST_TEST


def feature_network(dataset: Dataset) -> FeatureNetwork | None:
    """Return the network whose features samples of a data set are measured by.

    It is the judge, or random features where there is none because the images have no labels or because it was refused.
    Return None for a data set whose judge was not trained yet, and for too few images.
    """
    if not enough_images(dataset):
        return None
    if (found := fitting_judge(dataset)) is not None:
        return found[0]
    if dataset.labelled and refusal(dataset) is None:
        return None
    return random_features(dataset)
