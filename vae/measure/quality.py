"""All measures of a model's quality in one pass: likelihood, latent space and samples."""

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from vae.data.dataset import Dataset
from vae.data.pixels import binarise
from vae.generate.draws import draw_latents
from vae.measure.anchors import load_reference
from vae.measure.intervals import Measure, Scale, measured, random_rows
from vae.measure.latent_quality import Labelled, class_measures, prior_measures, trustworthiness
from vae.measure.likelihood import Likelihood, likelihood
from vae.measure.sample_quality import RANDOM, sample_quality
from vae.models.autoencoders import Autoencoder, ClassifierVAE
from vae.models.codes import decode_latents, encode_images, encode_posteriors
from vae.models.dimensions import active_by_kl, active_by_variance
from vae.models.feature_network import FeatureNetwork
from vae.progress import Report, part
from vae.storage.replicates import Replicates
from vae.training.config import TrainConfig

SAMPLES = 10_000
FITTED = 10_000  # random training codes that the samplers `gaussian` and `mixture` are fitted to
BOUND_IMAGES = 2_000  # random test images
BOUND_DRAWS = 50
# Raise it when a change makes the b-th resample another than before: replicates of two methods are no pairs.
_METHOD = 1
OnProgress = Callable[[float, str], bool | None]


class MeasurementCancelled(Exception):  # noqa: N818 — it ends on request, which is no error
    """The end of a measurement that `on_progress` has stopped."""


class Measurements(NamedTuple):
    """The result of `measure`: numbers for metrics.json, and the bootstrap replicates that they come with."""

    quality: dict[str, Any]
    replicates: Replicates


def measure(
    model: Autoencoder,
    dataset: Dataset,
    network: FeatureNetwork | None,
    config: TrainConfig,
    samplers: Sequence[str] = ("prior", "mixture"),
    samples: int = SAMPLES,
    seed: int = 0,
    on_progress: OnProgress | None = None,
) -> Measurements:
    """Measure an AE or a VAE by the same numbers, with samples from the prior and from a density of its codes.

    Returns:
        `quality`, which is JSON, with a `Measure` by name in each of

        - `likelihood`: `likelihood_measures` of 2,000 test images at 50 draws; None for an AE.
        - `latents`: `class_measures`, `prior_measures` and `trustworthiness` of the codes; without labels no
          `class_measures`, whose classes would be clusters of the images themselves.
        - `samples`: `sample_quality` by sampler (`draws.draw_latents`, fitted to 10,000 training codes); None without
          a network.

        and with `active_units`, the number of active dimensions `by_variance` and `by_kl` and the mean `kl` of every
        dimension in nats (None for an AE), `seed`, and `seconds`, the time that the measurement took.

        The `replicates` are by `likelihood/NAME`, `latents/NAME` and `samples/SAMPLER/NAME`. In two runs of the same
        basis the b-th replicate is of the same rows: test images with the same draws of z for the likelihood, test
        images and draws of labels for the codes, test images and decodes of the same z for samples of the prior.
        Runs of different latent size, and samples of a mixture, which is each model's own, share the test images alone:
        their differences are valid replicates, too, of z that were drawn independently.

    Args:
        network: whose features samples are measured by: `feature_network` of the data set.
        on_progress: called with the fraction done and the name of the stage, at least every ten seconds; it returns
            True to stop the measurement.

    Raises:
        MeasurementCancelled: when `on_progress` has returned True.
        ValueError: for an unknown sampler or fewer than 40 samples; without a network neither is looked at.
    """
    began = time.monotonic()
    stages = _Stages(on_progress, 3 + 6 + (18 * len(samplers) + 3 if network is not None else 0))
    codes, deviations = encode_posteriors(model, dataset.test_images)
    found: dict[str, Any] = {"likelihood": None, "active_units": None, "samples": None}
    groups: dict[str, dict[str, Measure]] = {}
    told = stages.begin("likelihood", 3)
    if deviations is not None:
        groups["likelihood"], found["active_units"] = _likelihood(model, dataset, config, codes, seed, told)
    groups["latents"] = _latents(model, dataset, codes, deviations, seed, stages.begin("latent space", 6))
    found |= {group: _json(measures) for group, measures in groups.items()}
    if network is not None:
        reference = load_reference(dataset, network, on_progress=stages.begin("real images", 3))
        fitted = encode_images(model, dataset.train_images[random_rows(dataset.train_size, FITTED, seed)])
        found["samples"] = {}
        for sampler in samplers:
            told = stages.begin(f"samples ({sampler})", 18)
            drawn = draw_images(model, draw_latents(sampler, fitted, samples, seed), seed)
            groups[f"samples/{sampler}"] = sample_quality(drawn, dataset, network, reference, seed, told)
            found["samples"][sampler] = _json(groups[f"samples/{sampler}"])
    basis = {"method": _METHOD, "data": dataset.fingerprint, "seed": seed, "samples": samples}
    if network is not None and network.random:
        found["features"] = basis["features"] = RANDOM
    return Measurements(
        found | {"seed": seed, "seconds": round(time.monotonic() - began, 1)},
        Replicates(_replicates(groups), {key: str(value) for key, value in basis.items()}),
    )


def likelihood_measures(terms: Likelihood, images: str = "grey test images", seed: int = 0) -> dict[str, Measure]:
    """Return the means of `likelihood` over images: `reconstruction`, `kl`, `elbo`, and a `bound_k` for every k."""
    scales = {
        "reconstruction": (terms.reconstruction, Scale("nats", f"−log p(x|z) of {images}", False)),
        "kl": (terms.kl.sum(1), Scale("nats", f"KL of the posteriors of {images} from the prior", None)),
        "elbo": (terms.elbo, Scale("nats", f"−(reconstruction + KL) of {images}, at most log p(x)", True)),
    }
    for draws, bound in terms.bounds.items():
        meaning = f"importance-weighted bound on log p(x) of {images}, {draws:,} draws each"
        scales[f"bound_{draws}"] = bound, Scale("nats", meaning, True)
    return {name: measured(scale, np.mean, values, seed=seed) for name, (values, scale) in scales.items()}


def draw_images(model: Autoencoder, latents: np.ndarray, seed: int = 0) -> np.ndarray:
    """Decode latents (N, latent_dim) into images uint8 (N, C, H, W); a ClassifierVAE is asked for random classes."""
    if isinstance(model, ClassifierVAE):
        # Not the stream of `seed` itself: the latents come from that one, and classes must be independent of them.
        classes = np.random.default_rng((seed, 1)).integers(model.classes, size=len(latents))
        latents = np.hstack([latents, np.eye(model.classes, dtype=np.float32)[classes]])
    return decode_latents(model, latents)


class _Stages:
    """Stages of a measurement, each a share of the whole; progress is reported as one fraction and the stage's name."""

    def __init__(self, on_progress: OnProgress | None, whole: float) -> None:
        self.on_progress, self.whole, self.begun = on_progress, whole, 0.0

    def begin(self, what: str, share: float) -> Report:
        """Begin a stage and return the callback for its own progress from 0 to 1."""

        def report(done: float) -> None:
            if self.on_progress is not None and self.on_progress(done, what):
                raise MeasurementCancelled

        start = self.begun / self.whole
        self.begun += share
        report(start)
        return part(report, start, self.begun / self.whole)


def _likelihood(
    model: Autoencoder, dataset: Dataset, config: TrainConfig, codes: np.ndarray, seed: int, on_progress: Report
) -> tuple[dict[str, Measure], dict[str, Any]]:
    """Return the measures of likelihood and the active units."""
    images = dataset.test_images[random_rows(len(codes), BOUND_IMAGES)]
    words = "binarised" if config.binarised else "grey"
    if config.binarised:
        images = binarise(images)
    terms = likelihood(model, images, config, (BOUND_DRAWS,), seed, on_progress)
    return likelihood_measures(terms, f"{words} test images", seed), {
        "by_variance": int(active_by_variance(codes).sum()),
        "by_kl": int(active_by_kl(terms.kl).sum()),
        "kl": terms.kl.mean(0).tolist(),
    }


def _latents(
    model: Autoencoder,
    dataset: Dataset,
    codes: np.ndarray,
    deviations: np.ndarray | None,
    seed: int,
    on_progress: Report,
) -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    if dataset.labelled:
        training = Labelled(encode_images(model, dataset.train_images), dataset.train_labels.numpy())
        on_progress(0.2)
        found = class_measures(training, Labelled(codes, dataset.test_labels.numpy()), seed)
    on_progress(0.8)
    found |= prior_measures(codes, deviations, seed)
    if (mapped := trustworthiness(dataset.test_images.numpy(), codes)) is not None:
        found["trustworthiness"] = mapped
    on_progress(1.0)
    return found


def _replicates(groups: dict[str, dict[str, Measure]]) -> dict[str, np.ndarray]:
    return {
        f"{group}/{name}": each.replicates
        for group, measures in groups.items()
        for name, each in measures.items()
        if each.replicates is not None
    }


def _json(measures: dict[str, Measure]) -> dict[str, Any]:
    return {name: each.to_json() for name, each in measures.items()}
