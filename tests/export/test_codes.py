"""Rows of codes: as `encode` and `evaluate` give them, with labels or clusters and the set's own columns."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.helpers.images import blobs
from tests.helpers.models import untrained
from vae.explore.unusual import scores
from vae.export.codes import code_rows
from vae.export.tables import new_table
from vae.measure.evaluate import losses_per_image
from vae.models.codes import encode_posteriors

KNOWN = {"file": np.array([f"{row}.png" for row in range(440)]), "ink": np.arange(440.0), "kl": np.arange(440.0)}


def joined(parts: Iterable[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    found = list(parts)
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}


@pytest.mark.parametrize("kind", ["ae", "vae", "classifier-vae", "multi-rate-vae"])
@pytest.mark.parametrize("split", ["test", "train"])
def test_rows_are_what_encode_and_evaluate_give(kind: str, split: str, tmp_path: Path) -> None:
    dataset = replace(blobs((1, 28, 28)), columns=KNOWN)
    checkpoint, model = untrained(kind)
    found = joined(code_rows(model, dataset, checkpoint.config, split))
    images, labels = dataset.part(split)
    codes, deviations = encode_posteriors(model, images)
    np.testing.assert_array_equal(found["z"], codes)
    assert found["label"].tolist() == [dataset.class_names[label] for label in labels]
    assert set(found["split"]) == {split}
    first = 0 if split == "train" else 320
    np.testing.assert_array_equal(found["index"], np.arange(len(images)))
    np.testing.assert_array_equal(found["file"], KNOWN["file"][first:][: len(images)])
    np.testing.assert_array_equal(found["ink"], KNOWN["ink"][first:][: len(images)])
    if deviations is None:
        assert not {"sigma", "minus_elbo"} & found.keys()
        np.testing.assert_array_equal(found["kl"], KNOWN["kl"][first:][: len(images)])
    else:
        np.testing.assert_array_equal(found["sigma"], deviations)
        np.testing.assert_array_equal(found["own_kl"], KNOWN["kl"][first:][: len(images)])
    if split == "test":
        losses = losses_per_image(model, dataset, checkpoint.config)
        np.testing.assert_array_equal(found["reconstruction_loss"], losses["test_reconstruction"])
        if deviations is not None:
            np.testing.assert_allclose(found["minus_elbo"], -losses["elbo"], rtol=1e-6)
    ranked = scores(model, dataset.test_images, checkpoint.config, "reconstruction" if kind == "ae" else "elbo")
    score = found.get("minus_elbo", found["reconstruction_loss"])
    np.testing.assert_allclose(found["percentile"], [100 * (ranked <= each).mean() for each in score])


def test_a_parquet_files_codes_are_those_of_encode_in_every_batch(tmp_path: Path) -> None:
    checkpoint, model = untrained("vae")
    dataset = blobs((1, 28, 28), train=4, test=4_100)  # three batches
    with new_table(tmp_path / "codes.parquet", "parquet") as write:
        for rows in code_rows(model, dataset, checkpoint.config, "test"):
            write(rows)
    table = pd.read_parquet(tmp_path / "codes.parquet")
    np.testing.assert_array_equal(
        table[["z1", "z2", "z3"]].to_numpy(), encode_posteriors(model, dataset.test_images)[0]
    )


def test_a_set_without_labels_has_clusters_and_one_that_is_trained_binarised_losses_of_binarised_images() -> None:
    checkpoint, model = untrained("vae")
    dataset = blobs((1, 28, 28), labelled=False)
    config = replace(checkpoint.config, binarised=True)
    found = joined(code_rows(model, dataset, config, "test"))
    assert "label" not in found
    assert set(found["cluster"]) == {"cluster 1", "cluster 2", "cluster 3"}
    np.testing.assert_array_equal(
        found["reconstruction_loss"], losses_per_image(model, dataset, config)["test_reconstruction"]
    )
    np.testing.assert_array_equal(found["z"], encode_posteriors(model, dataset.test_images)[0])


def test_progress_rises_to_the_end_and_what_it_raises_ends_the_work() -> None:
    checkpoint, model = untrained("ae")
    dataset, seen = blobs((1, 28, 28), train=4, test=4_100), list[float]()
    list(code_rows(model, dataset, checkpoint.config, "test", seen.append))
    assert seen == sorted(seen)
    assert seen[-1] == 1

    def stop(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(code_rows(model, dataset, checkpoint.config, "test", stop))
