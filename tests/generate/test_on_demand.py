"""Digits on demand: every class of every z, what is read in them, leakage, diversity, and the article's settings."""

import numpy as np
import pandas as pd
import pytest
import torch

from vae.data.dataset import Dataset
from vae.data.pixels import to_bytes
from vae.data.to_picture import filmstrip
from vae.figures.on_demand import asked_table
from vae.generate.draws import prior_latents
from vae.generate.on_demand import asked_against_read, decode_every_class, film_rows, with_vae_loss
from vae.models.autoencoders import ClassifierVAE
from vae.training.config import TrainConfig
from vae.training.loop import train


def test_a_row_holds_every_class_of_one_z_and_a_column_one_class() -> None:
    model = ClassifierVAE((3, 8, 8), 2, hidden=(8,), classes=4)
    z = prior_latents(5, 2)
    drawn = decode_every_class(model, z)
    assert drawn.shape == (5, 4, 3, 8, 8)
    for label in range(4):
        with torch.no_grad():
            alone = model.decode_classes(torch.from_numpy(z), torch.full((5,), label))
        np.testing.assert_array_equal(drawn[:, label], to_bytes(alone))


def test_the_table_counts_what_was_read_of_what_was_asked() -> None:
    counts = asked_against_read(np.array([[0, 1, 2], [0, 2, 2], [0, 2, 1]]))
    assert counts.tolist() == [[3, 0, 0], [0, 1, 2], [0, 1, 2]]
    (heatmap,) = asked_table(counts, "abc").data
    assert np.asarray(heatmap.text).tolist() == [["3", "", ""], ["", "1", "2"], ["", "1", "2"]]


def test_a_filmstrip_comes_apart_into_the_images_it_was_made_of() -> None:
    film = [np.random.default_rng(i).integers(0, 256, (4, 3, 8, 8), np.uint8) for i in range(3)]
    np.testing.assert_array_equal(film_rows(filmstrip(film).reshape(3, 8, 32, 3), 4), np.stack(film))
    grey = [images[:, :1] for images in film]
    np.testing.assert_array_equal(film_rows(filmstrip(grey).reshape(3, 8, 32), 4), np.stack(grey))


def test_the_loss_of_the_vae_alone_is_reconstruction_and_weighted_kl(small: Dataset) -> None:
    config = TrainConfig(model="classifier-vae", hidden=(8,), beta=3.0, epochs=1, classifier_weight=7.0)
    (report,) = train(config, small)
    history = with_vae_loss(pd.DataFrame([report.row()]), config.classifier_weight)
    assert history["test_vae"][0] == pytest.approx(report.test.reconstruction + 3 * report.test.kl, rel=1e-4)
    assert history["train_vae"][0] == pytest.approx(report.train.reconstruction + 3 * report.train.kl, rel=1e-4)
