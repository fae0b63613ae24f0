"""Files for TensorBoard's projector: a row and a thumbnail for each image, in the same order."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.helpers.images import blobs
from tests.helpers.models import untrained
from vae.export.codes import code_rows
from vae.export.projector import CONFIG, METADATA, SPRITE, VECTORS, write_projector
from vae.models.codes import encode_images


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 20, 28)])
def test_vectors_metadata_and_sprite_have_one_order(shape: tuple[int, int, int], tmp_path: Path) -> None:
    checkpoint, model = untrained("vae", shape=shape)
    names = np.array([f"a\tname\nof {row}" for row in range(440)])
    dataset = replace(blobs(shape), columns={"file": names})
    rows = code_rows(model, dataset, checkpoint.config, "test")
    assert write_projector(rows, dataset, "test", "tiny codes", tmp_path / "out") == 120
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([VECTORS, METADATA, SPRITE, CONFIG])
    vectors = np.loadtxt(tmp_path / "out" / VECTORS, delimiter="\t", dtype=np.float32)
    np.testing.assert_array_equal(vectors, encode_images(model, dataset.test_images))
    lines = (tmp_path / "out" / METADATA).read_text("utf-8").splitlines()
    header = lines[0].split("\t")
    assert header[:4] == ["index", "file", "split", "label"]
    assert len(lines) == 121
    assert lines[7].split("\t")[:3] == ["6", "a name of 326", "test"]
    assert {len(line.split("\t")) for line in lines} == {len(header)}
    with Image.open(tmp_path / "out" / SPRITE) as sprite:
        sheet = np.asarray(sprite)
    assert sheet.shape == (11 * 28, 11 * 28, 3)
    tile = sheet[28 : 28 + shape[1], 2 * 28 : 3 * 28]  # of the image 11 + 2
    np.testing.assert_array_equal(tile.transpose(2, 0, 1)[: shape[0]], dataset.test_images[13].numpy())


def test_the_settings_are_those_that_tensorboard_reads(tmp_path: Path) -> None:
    projector = pytest.importorskip("tensorboard.plugins.projector")
    text_format = pytest.importorskip("google.protobuf.text_format")
    checkpoint, model = untrained("ae")
    dataset = blobs((1, 28, 28))
    write_projector(code_rows(model, dataset, checkpoint.config, "test"), dataset, "test", "tiny", tmp_path / "out")
    config = text_format.Parse((tmp_path / "out" / CONFIG).read_text(), projector.ProjectorConfig())
    (embedding,) = config.embeddings
    assert embedding.sprite.image_path == SPRITE
    assert list(embedding.sprite.single_image_dim) == [28, 28]
    assert (embedding.tensor_path, embedding.metadata_path) == (VECTORS, METADATA)


def test_codes_of_two_dimensions_get_a_third_and_more_images_than_a_browser_shows_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.export.projector.MOST", 50)
    dataset = blobs((1, 28, 28))
    rows: list[dict[str, np.ndarray]] = [
        {"index": np.arange(at, at + 30), "z": np.ones((30, 2), np.float32)} for at in range(0, 120, 30)
    ]
    assert write_projector(rows, dataset, "test", "two", tmp_path / "out") == 50
    vectors = np.loadtxt(tmp_path / "out" / VECTORS, delimiter="\t")
    assert vectors.shape == (50, 3)
    assert not vectors[:, 2].any()
    assert len((tmp_path / "out" / METADATA).read_text().splitlines()) == 51
