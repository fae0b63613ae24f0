"""A set of one's own, with an AE and a VAE that are trained on it."""

import pytest

from tests.helpers.collections import squares
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.data.imported.importing import import_images
from vae.data.preparation.settings import Preparation, Split
from vae.storage.recording import record
from vae.training.config import TrainConfig
from vae.training.loop import train


@pytest.fixture
def own(folder: object) -> Dataset:
    """The imported set `few` of 200 images, 30 of them for tests, on which runs `few-ae` and `few-vae` are trained."""
    import_images(squares(200), Preparation(8, 8, invert=True), Split(), "few", "Few")
    dataset = load_dataset("few")
    for model in ("ae", "vae"):
        config = TrainConfig(model=model, dataset="few", steps=20, hidden=(16,), latent_dim=3, device="cpu")
        for _ in record(train(config, dataset), f"few-{model}", config, dataset):
            pass
    return dataset
