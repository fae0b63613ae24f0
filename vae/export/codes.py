"""The codes and losses of a data set's images as the rows of a table."""

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from vae.data.dataset import Dataset
from vae.data.imported.columns import FILE
from vae.data.pixels import binarise
from vae.explore.unusual import scores, usual_score
from vae.export.tables import flat
from vae.measure.likelihood import terms_by_batch
from vae.models.autoencoders import Autoencoder
from vae.models.codes import encode_posteriors
from vae.progress import Report, part
from vae.training.config import TrainConfig

RANKED = 0.3  # of the time, in which the test images are scored


def code_rows(
    model: Autoencoder, dataset: Dataset, config: TrainConfig, split: str, on_progress: Report | None = None
) -> Iterator[dict[str, np.ndarray]]:
    """Yield the rows of all images of a part, some at a time, in their order: columns by name.

    They are

    - `index`, the image's number in its part, from 0; `file`, where images have names; `split`;
    - `label`, the name of its class, or `cluster` for a set without labels;
    - `z` (n, latent_dim), an AE's code or a VAE's posterior mean, as `encode_images` gives it, and a VAE's `sigma`;
    - `reconstruction_loss` and a VAE's `kl` and `minus_elbo`, in nats, as `evaluate` measures them on test images;
    - `percentile`: how many per cent of the test images have no larger −ELBO (an AE's: reconstruction loss);
    - whatever else the set knows of its images, under `own_…` where the name is one of these.

    Args:
        split: `train` or `test`.
        on_progress: called with the fraction done; an exception that it raises ends the work.
    """
    images, labels = dataset.part(split)
    ranked = np.sort(scores(model, dataset.test_images, config, usual_score(model)))
    report, names = part(on_progress, RANKED, 1), np.array(dataset.class_names)
    report(0)
    drawn = binarise(images) if config.binarised else images
    first, done = dataset.rows(split).start, 0
    for reconstruction, kl in terms_by_batch(model, drawn, config):
        here = slice(done, done + len(reconstruction))
        rows: dict[str, np.ndarray] = {"index": np.arange(here.start, here.stop)}
        own = {name: np.asarray(column[first:][here]) for name, column in dataset.columns.items()}
        if FILE in own:
            rows[FILE] = own.pop(FILE)
        rows["split"] = np.full(len(reconstruction), split)
        rows["label" if dataset.labelled else "cluster"] = names[labels[here].numpy()]
        rows |= coded(model, images[here])
        rows["reconstruction_loss"] = score = reconstruction.cpu().numpy()
        if kl is not None:
            rows["kl"] = kl.cpu().numpy().sum(1)
            rows["minus_elbo"] = score = score + rows["kl"]
        rows["percentile"] = 100 * np.searchsorted(ranked, score, side="right") / len(ranked)
        yield rows | {(f"own_{name}" if name in flat(rows) else name): values for name, values in own.items()}
        done = here.stop
        report(done / len(images))


def coded(model: Autoencoder, images: Tensor) -> dict[str, np.ndarray]:
    """Return the columns `z` and, for a VAE, `sigma` of images uint8 (n, C, H, W): float32 (n, latent_dim) each."""
    codes, deviations = encode_posteriors(model, images)
    return {"z": codes} if deviations is None else {"z": codes, "sigma": deviations}
