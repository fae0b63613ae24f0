"""Generated images as PNG files, with a contact sheet of the first of them."""

from pathlib import Path

import numpy as np
from PIL import Image

from vae.data.dataset import Dataset
from vae.data.to_picture import tile
from vae.export.place import new_folder
from vae.generate.draws import draw_latents
from vae.measure.intervals import random_rows
from vae.models.autoencoders import VAE, Autoencoder, ClassifierVAE
from vae.models.codes import BATCH, decode_latents, encode_images
from vae.progress import Report, part

SHEET = "contact-sheet.png"
OURS = r"contact-sheet\.png|\d{6}\.png"  # the names of the files
ON_SHEET, COLUMNS = 400, 20  # images, and images in a row
FITTED = 10_000  # random training images to whose codes a mixture is fitted


def drawn_latents(model: Autoencoder, dataset: Dataset | None, count: int, seed: int) -> np.ndarray:
    """Draw z, float32 (count, latent_dim): from a mixture of Gaussians fitted to codes, or from N(0, I) without images.

    A ClassifierVAE's end in a one-hot code for a class; the classes take turns.

    Args:
        dataset: whose training images are encoded, of which random ones are taken; None for the prior.
    """
    if dataset is None:
        latents = draw_latents("prior", np.empty((0, model.latent_dim)), count, seed)
    else:
        rows = random_rows(dataset.train_size, FITTED, seed)
        latents = draw_latents("mixture", encode_images(model, dataset.train_images[rows]), count, seed)
    if isinstance(model, ClassifierVAE):
        latents = np.hstack([latents, np.eye(model.classes, dtype=np.float32)[np.arange(count) % model.classes]])
    return latents


def needs_codes(model: Autoencoder) -> bool:
    """Tell whether a model is an AE, which has no prior, so that z are drawn from what is fitted to its codes."""
    return not isinstance(model, VAE)


def write_pictures(
    model: Autoencoder,
    latents: np.ndarray,
    folder: Path,
    *,
    overwrite: bool = False,
    on_progress: Report | None = None,
) -> None:
    """Decode latents (N, D) into a new folder: `000001.png` and so on, and a contact sheet of the first 400.

    Raises:
        PlaceError: when the folder is there already.
        ExportError: when the files cannot be written; nothing of them is left.
    """
    report = part(on_progress, 0, 1)
    with new_folder(folder, OURS, overwrite=overwrite) as inside:
        first = []
        for start in range(0, len(latents), BATCH):
            images = decode_latents(model, latents[start : start + BATCH])
            first += list(images[: max(0, ON_SHEET - start)])
            for number, image in enumerate(images, start=start + 1):
                picture = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
                Image.fromarray(picture).save(inside / f"{number:06}.png")
            report((start + len(images)) / len(latents))
        sheet = tile(np.stack(first), min(COLUMNS, len(first)), scale=2)
        Image.fromarray(sheet).save(inside / SHEET)
