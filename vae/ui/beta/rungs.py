"""The decodes, maps and KLs of a ladder's runs, computed once for all sessions."""

import math
from dataclasses import dataclass, replace

import numpy as np

from vae.beta.ladder import Ladder, Rung, aligned
from vae.explore.projection import ProjectionSettings, project
from vae.generate.draws import prior_latents
from vae.measure.likelihood import likelihood_terms
from vae.models.dimensions import kl_by_dimension
from vae.storage.checkpoints import Checkpoint
from vae.ui.shared.models import Trained, kept, trained


@dataclass(frozen=True)
class Look:
    """The choice of z, test images and map points with which all runs of a ladder are shown."""

    seed: int  # of z
    first_image: int  # index of the first test image that is reconstructed
    samples: int  # number of z that are decoded
    images: int  # number of test images that are reconstructed
    points: int  # number of codes on the map


@kept(max_entries=8, show_spinner="Decoding with every β…")
def decoded_rungs(ladder: Ladder, look: Look) -> list[Rung]:
    """Return each run's decodes of the same z and images, its KL, and its map, turned to that of the run before.

    Raises:
        CheckpointError, DatasetError, OSError: when one of them cannot be loaded.
    """
    models = [trained(checkpoint) for checkpoint in ladder.rungs]
    maps = aligned([_flat(model, look.points) for model in models])
    return [_rung(model, points, look) for model, points in zip(models, maps, strict=True)]


def _flat(trained: Trained, points: int) -> np.ndarray:
    """Return codes of up to 2 dimensions, or their first 2 principal components, with the prior's mean at 0: (P, 2)."""
    if trained.flat:
        return project(trained.codes[:points], ProjectionSettings("direct")).points
    found = project(trained.codes[:points], ProjectionSettings("pca"), measured=False)
    assert found.centre is not None
    assert found.directions is not None
    return found.points + found.centre @ found.directions.T


def _rung(trained: Trained, points: np.ndarray, look: Look) -> Rung:
    assert trained.deviations is not None
    metrics = trained.checkpoint.metric
    kl = kl_by_dimension(trained.codes, trained.deviations)
    last = min(look.first_image + look.images, len(trained.dataset.test_images))
    return Rung(
        beta=trained.checkpoint.config.beta,
        name=trained.name,
        samples=trained.decode(prior_latents(look.samples, trained.latent_dim, look.seed)),
        reconstructions=trained.reconstruct(list(range(look.first_image, last)))[0],
        points=points,
        kl=kl,
        reconstruction=metrics("test_reconstruction") or math.nan,
        rate=metrics("test_kl") or float(kl.sum()),
    )


@kept(max_entries=64)
def cross_entropy(checkpoint: Checkpoint) -> float:
    """Compute the cross-entropy of the test images with a run's decodes, whatever its likelihood, in nats per image.

    One z is drawn for each image.

    Raises:
        CheckpointError, DatasetError, OSError: when it cannot be loaded.
    """
    found = trained(checkpoint)
    config = replace(checkpoint.config, likelihood="bernoulli")
    return float(likelihood_terms(found.model, found.dataset.test_images, config)["reconstruction"].mean())
