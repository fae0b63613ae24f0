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
    """Which z, which test images and how many points of a map a ladder is looked at with."""

    seed: int
    first_image: int
    samples: int
    images: int
    points: int


@kept(max_entries=8, show_spinner="Decoding with every β…")
def decoded_rungs(ladder: Ladder, look: Look) -> list[Rung]:
    """What every run of a ladder makes of the same z and images, their maps turned to one another.

    Raises:
        CheckpointError, DatasetError, OSError: when one of them cannot be loaded.
    """
    models = [trained(checkpoint) for checkpoint in ladder.rungs]
    maps = aligned([_flat(model, look.points) for model in models])
    return [_rung(model, points, look) for model, points in zip(models, maps, strict=True)]


def _flat(trained: Trained, points: int) -> np.ndarray:
    """The codes or the plane of their first principal components, with the prior's mean at 0."""
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
    return Rung(
        beta=trained.checkpoint.config.beta,
        name=trained.name,
        samples=trained.decode(prior_latents(look.samples, trained.latent_dim, look.seed)),
        reconstructions=trained.reconstruct(list(range(look.first_image, look.first_image + look.images)))[0],
        points=points,
        kl=kl,
        reconstruction=metrics("test_reconstruction") or math.nan,
        rate=metrics("test_kl") or float(kl.sum()),
    )


@kept(max_entries=64)
def cross_entropy(checkpoint: Checkpoint) -> float:
    """Nats per test image of the pixels' cross-entropy with what a run of any likelihood decodes, one draw of z each.

    Raises:
        CheckpointError, DatasetError, OSError: when it cannot be loaded.
    """
    found = trained(checkpoint)
    config = replace(checkpoint.config, likelihood="bernoulli")
    return float(likelihood_terms(found.model, found.dataset.test_images, config)["reconstruction"].mean())
