"""Codes in clusters, and settings of a t-SNE small enough for them."""

import numpy as np

from vae.explore.projection import ProjectionSettings

TSNE = ProjectionSettings("t-sne", perplexity=20)


def clusters(count: int = 300, dimensions: int = 10) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = np.arange(count) % 3
    centres = random.normal(0, 8, (3, dimensions))
    return (centres[labels] + random.normal(0, 1, (count, dimensions))).astype(np.float32), labels
