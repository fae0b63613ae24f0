"""Quality of drawn images beside real ones: realism, distances, precision and recall, what the judge reads, and copies.

All but the copies are measured in what the judge sees: realism in its pooled maps and the rest in its 128 features.
Where there is no judge, as without labels, random features take its place and nothing is read.
"""

import warnings
from dataclasses import dataclass, replace
from math import log

import numpy as np
import torch
from torch import nn

from vae.data.dataset import Dataset
from vae.measure.intervals import GROUPS, Measure, Scale, in_groups, measured
from vae.measure.neighbours import manifold_scores, nearest_distances
from vae.models.feature_network import FeatureNetwork, features_of, pooled
from vae.models.judge import Judge, probabilities
from vae.models.realism import Realism
from vae.progress import Report, part

ANCHORS = {"good": "training images", "bad": "pixels without structure"}  # what is scored in the place of samples
COPY_IMAGES = 1_000  # images of a set whose nearest training images are searched for
KERNEL_SUBSET = 1_000
FRECHET_DRAWS = 100  # bootstrap resamples, 30 ms each
FEATURES_NOTE = (
    "Fréchet and kernel distances here use the 128 features of this project's own judge of these images. "
    "They compare its models with each other and are not the Inception FID and KID of papers."
)
RANDOM = "random features"
RANDOM_NOTE = (
    "Fréchet and kernel distances, precision, recall and realism use 128 random features here: convolutions with "
    "seeded random weights, which no labels have trained. They compare models of these images with each other, and are "
    "not the Inception FID and KID of papers. What a judge reads needs labels."
)
SCALES = {
    "frechet": Scale(
        "distance", "Fréchet distance of Gaussians fitted to the judge's features, not an Inception FID", False
    ),
    "kernel": Scale(
        "squared MMD", "kernel distance in the judge's features, cubic kernel, not an Inception KID", False
    ),
    "realistic": Scale(
        "share",
        "drawn images that lie among real ones in what the judge sees, in a test that nine in ten real images pass",
        True,
    ),
    "precision": Scale("share", "drawn images among the real ones, within reach of their 5th nearest neighbours", True),
    "recall": Scale("share", "real images among the drawn ones, within reach of their 5th nearest neighbours", True),
    "density": Scale("ratio", "real images within whose reach a drawn one lies, over 5; may exceed 1", True),
    "coverage": Scale("share", "real images with a drawn one within reach of their 5th nearest neighbour", True),
    "confidence": Scale("probability", "that the judge gives to the class it reads in a drawn image", True),
    "entropy": Scale(
        "nats", "of the classes that the judge reads; log of their number where all are as frequent", True
    ),
    "memorisation": Scale(
        "ratio",
        "median distance to the nearest training image, in pixels, over the same of test images: 0 for copies, about 1 "
        "for new images as sharp as real ones, below it for blurred ones, which lie nearer to all others",
        None,
    ),
}


@dataclass(frozen=True, eq=False)
class Reference:
    """Test images that samples are compared with, and the scores of a good and a bad set in the samples' place."""

    features: np.ndarray  # (N, 128) of test images
    nearest: np.ndarray  # (M,) distances of test images to their nearest training images
    realism: Realism  # the test that tells which images are realistic
    good: dict[str, float]  # scores of training images in the samples' place
    bad: dict[str, float]  # scores of images without structure in the samples' place


def sample_quality(
    images: np.ndarray,
    dataset: Dataset,
    network: FeatureNetwork,
    reference: Reference,
    seed: int = 0,
    on_progress: Report | None = None,
) -> dict[str, Measure]:
    """Measure drawn images uint8 (N, C, H, W) against a data set's test images, by the names of `SCALES`.

    Fréchet distance (Heusel et al. 2017, equation 6) and kernel distance (Bińkowski et al. 2018) are computed by
    torchmetrics, with the judge's features in the place of Inception's; precision, recall, density and coverage by
    `neighbours.manifold_scores`; the share of realistic images by `Realism`. Fewer images give a higher Fréchet
    distance: compare only sets of the same size.

    Args:
        on_progress: called now and then with the fraction done; an exception that it raises ends the measurement.

    Raises:
        ValueError: for fewer than 40 images, two for each of the kernel distance's groups.
    """
    if len(images) < 2 * GROUPS:
        raise ValueError(f"At least {2 * GROUPS} drawn images are needed, not {len(images)}.")
    report = part(on_progress, 0, 1)
    drawn = torch.from_numpy(images)
    maps = pooled(network, drawn, part(report, 0, 0.5))
    seen = features_of(network, maps)
    found = distance_measures(reference.features, seen, seed, random=network.random)
    report(0.8)
    scores = manifold_scores(reference.features, seen)
    realistic = reference.realism.scores_of(maps) >= 1
    values = scores._asdict() | {"realistic": realistic}
    if isinstance(network, Judge):
        read = probabilities(network, seen)
        values["confidence"] = read.max(1)
        found["entropy"] = measured(
            SCALES["entropy"], lambda rows: class_entropy(rows, network.classes), read.argmax(1), seed=seed
        )
    report(0.9)
    found |= {
        name: measured(scale(name, random=network.random), np.mean, each, seed=seed, images=len(images))
        for name, each in values.items()
    }
    nearest = nearest_distances(drawn[:COPY_IMAGES], dataset.train_images, part(report, 0.9, 1))
    found["memorisation"] = measured(SCALES["memorisation"], _ratio, reference.nearest, nearest, seed=seed)
    return {name: replace(m, good=reference.good.get(name), bad=reference.bad.get(name)) for name, m in found.items()}


def scale(name: str, *, random: bool) -> Scale:
    """Return the scale of a measure by its name in `SCALES`, in words for the judge or for random features."""
    found = SCALES[name]
    if not random:
        return found
    return found._replace(
        meaning=found.meaning.replace("the judge's features", RANDOM).replace("what the judge sees", RANDOM)
    )


def features_note(meaning: str) -> str:
    """Return what is to be said of the features that a measure with this meaning was measured in."""
    return RANDOM_NOTE if RANDOM in meaning else FEATURES_NOTE


def distance_measures(
    real: np.ndarray, drawn: np.ndarray, seed: int = 0, *, random: bool = False
) -> dict[str, Measure]:
    """Measure the Fréchet and the kernel distance of features float32 (N, D) and (M, D), with their intervals."""
    kernel = kernel_distance(real, drawn, seed)
    groups = in_groups(kernel_distance, real, drawn, seed)
    return {
        "frechet": measured(
            scale("frechet", random=random), frechet_distance, real, drawn, seed=seed, draws=FRECHET_DRAWS
        ),
        "kernel": measured(scale("kernel", random=random), np.mean, groups, seed=seed, value=kernel, images=len(drawn)),
    }


class _PrecomputedFeatures(nn.Identity):
    """Feature extractor for torchmetrics that returns its input: features are computed once for all metrics."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.num_features = num_features


def frechet_distance(real: np.ndarray, drawn: np.ndarray) -> float:
    """Compute |m − m'|² + tr(S + S' − 2 (S S')^½) of features (N, D) and (M, D) in float64 (Heusel et al. 2017)."""
    # torchmetrics computes the same, and takes seconds and 170 MB to import, which the training worker need not have.
    (mean, covariance), (other_mean, other) = (
        (x.mean(0), np.cov(x, rowvar=False)) for x in (real.astype(np.float64), drawn.astype(np.float64))
    )
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(values.clip(0))
    # R' S' R has the eigenvalues of S S' for S = R R', and is symmetric.
    shared = np.sqrt(np.linalg.eigvalsh(root.T @ other @ root).clip(0)).sum()
    return max(0.0, float(np.square(mean - other_mean).sum() + np.trace(covariance) + np.trace(other) - 2 * shared))


def kernel_distance(real: np.ndarray, drawn: np.ndarray, seed: int = 0) -> float:
    """Estimate the squared MMD of features (N, D) and (M, D) without bias; a value below 0 is due to chance.

    The kernel is (x·y / D + 1)³. As in published work, the distance is the mean over 100 random subsets of 1,000, or of
    the size of the smaller set if that is less. Two sets of one size of at most 1,000 are compared whole, once.
    """
    from torchmetrics.image.kid import KernelInceptionDistance

    size = min(len(real), len(drawn), KERNEL_SUBSET)
    subsets = 1 if size == len(real) == len(drawn) else 100
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Metric `Kernel Inception Distance` will save all")
        metric = KernelInceptionDistance(_PrecomputedFeatures(real.shape[1]), subsets=subsets, subset_size=size)
    # The metric draws its subsets from torch's global random stream, which belongs to the caller.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        metric.update(torch.from_numpy(real), real=True)
        metric.update(torch.from_numpy(drawn), real=False)
        return float(metric.compute()[0])


def class_entropy(read: np.ndarray, classes: int) -> float:
    """Compute the entropy of the classes read, int64 (N,), in nats: 0 for one class, log(classes) for equal shares."""
    shares = np.bincount(read, minlength=classes) / len(read)
    return float(-sum(share * log(share) for share in shares if share > 0))


def _ratio(test: np.ndarray, drawn: np.ndarray) -> float:
    return float(np.median(drawn) / np.median(test))
