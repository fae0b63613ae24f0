"""Numbers that describe a trained model, with the number of images and of draws that they are taken over."""

from typing import Any

import numpy as np
import torch

from vae.data.dataset import Dataset
from vae.data.pixels import at_once, binarise, to_unit
from vae.measure.latent_quality import Labelled, has_classes, knn_hits, silhouettes
from vae.measure.likelihood import likelihood_terms
from vae.measure.on_demand import measure_on_demand
from vae.models.autoencoders import Autoencoder, ClassifierVAE
from vae.models.codes import BATCH, encode_images, squared_errors
from vae.models.dimensions import active_by_variance
from vae.models.judge import fitting_judge
from vae.training.config import TrainConfig

KNN_NEIGHBOURS = 10
REFERENCE_IMAGES = 10_000
LOSSES = ("test_reconstruction", "test_kl", "elbo")  # measured in a moment, unlike what needs training codes
PER_IMAGE = (*LOSSES, "mse", "knn_accuracy", "silhouette")


def evaluate(model: Autoencoder, dataset: Dataset, config: TrainConfig, seed: int = 0) -> dict[str, Any]:
    """Measure a model on all test images, which are binarised for its losses if it was trained on binarised images.

    Returns:
        - `test_reconstruction`: −log p(x|z), nats per image, with one draw z ~ q(z|x) (an AE's code is a point).
        - `test_kl`: KL(q(z|x) ‖ p(z)), nats per image; `elbo`: minus their sum, a lower bound on log p(x) if the
          likelihood is a proper one. Both are None for an AE.
        - `mse`: squared error per value of the image decoded from its code (the posterior mean), pixel range [0, 1].
        - `knn_accuracy`: share of test images whose label the vote of the 10 nearest of 10,000 training codes gives.
        - `silhouette`: mean over the codes of the first 2,000 test images, for their classes, −1 to 1 (Rousseeuw 1987).
          `knn_accuracy` is None for images of one class or without labels, and `silhouette` also where every image is
          alone in its class.
        - `active_units`: number of dimensions with Var(E[z|x]) > 0.01 (Burda et al. 2016); None for an AE, whose codes
          have no scale to compare with.
        - `classifier_accuracy`: share of test images that a ClassifierVAE's classifier reads right; None without one.
        - `sigma`: the decoder's σ; None for a Bernoulli likelihood.
        - `images`, `draws`, `seed`: how many test images and draws of z, and the seed of the draws.

        For a ClassifierVAE also the numbers of `measure_on_demand`, read by this data set's judge if there is one.
    """
    found = per_image(model, dataset, config, seed)
    means = {key: float(found[key].mean()) if key in found else None for key in PER_IMAGE}
    variational = "test_kl" in found
    codes = encode_images(model, dataset.test_images)
    return means | {
        "active_units": int(active_by_variance(codes).sum()) if variational else None,
        "classifier_accuracy": classifier_accuracy(model, dataset),
        **(_on_demand(model, dataset, seed) if isinstance(model, ClassifierVAE) else {}),
        "sigma": float(model.sigma) if config.likelihood != "bernoulli" else None,
        "images": len(dataset.test_images),
        "draws": 1,
        "seed": seed,
    }


def per_image(model: Autoencoder, dataset: Dataset, config: TrainConfig, seed: int = 0) -> dict[str, np.ndarray]:
    """Return the numbers of `evaluate` that are means, by their keys, for every single test image (N,).

    `silhouette` has the first 2,000 alone. An AE has neither `test_kl` nor `elbo`, and a number that does not apply, as
    those of classes where there is one class alone, is left out. Two models with the same data
    and seed see the same images and the same ε, so that their rows are pairs.
    """
    return losses_per_image(model, dataset, config, seed) | codes_per_image(model, dataset)


def losses_per_image(model: Autoencoder, dataset: Dataset, config: TrainConfig, seed: int = 0) -> dict[str, np.ndarray]:
    """Return `test_reconstruction` and, for a VAE, `test_kl` and `elbo` of `per_image`."""
    images = binarise(dataset.test_images) if config.binarised else dataset.test_images
    losses = likelihood_terms(model, images, config, seed)
    found = {"test_reconstruction": losses["reconstruction"]}
    if "kl" in losses:
        kl = losses["kl"].sum(1)
        found |= {"test_kl": kl, "elbo": -(losses["reconstruction"] + kl)}
    return found


def codes_per_image(model: Autoencoder, dataset: Dataset) -> dict[str, np.ndarray]:
    """Return the numbers of `per_image` that need no draw of z: `mse`, `knn_accuracy` and `silhouette`.

    They take several times as long as the losses.
    """
    codes = encode_images(model, dataset.test_images)
    reference = encode_images(model, dataset.train_images[:REFERENCE_IMAGES])
    training = Labelled(reference, dataset.train_labels[:REFERENCE_IMAGES].numpy())
    test = Labelled(codes, dataset.test_labels.numpy())
    found = {"mse": squared_errors(model, dataset.test_images)}
    if dataset.labelled and has_classes(training.labels):
        found["knn_accuracy"] = knn_hits(training, test, KNN_NEIGHBOURS).astype(np.float64)
    if dataset.labelled and (apart := silhouettes(*test)) is not None:
        found["silhouette"] = apart
    return found


def _on_demand(model: ClassifierVAE, dataset: Dataset, seed: int) -> dict[str, Any]:
    fitting = fitting_judge(dataset)
    judge = fitting[0].to(model.device) if fitting else None
    return measure_on_demand(model, dataset, judge, seed)


@torch.no_grad()
def classifier_accuracy(model: Autoencoder, dataset: Dataset) -> float | None:
    """Return the share of test images that a ClassifierVAE's classifier reads right; None without a classifier."""
    if not isinstance(model, ClassifierVAE):
        return None
    images = dataset.test_images
    read = [
        model.classifier(to_unit(batch.to(model.device))).argmax(1).cpu()
        for batch in images.split(at_once(images, BATCH))
    ]
    return float((torch.cat(read) == dataset.test_labels).float().mean())
