"""ONNX files: onnxruntime gives what PyTorch gives, for every model, body, number of channels and size."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers.models import CLASSES, untrained
from vae.export.onnx_files import DECODER, ENCODER, write_onnx
from vae.export.place import ExportError, PlaceError
from vae.models.autoencoders import VAE, ClassifierVAE
from vae.models.choices import ACTIVATIONS
from vae.models.multi_rate import MultiRateVAE
from vae.training.config import MODEL_KINDS

onnxruntime = pytest.importorskip("onnxruntime")
NAMES = ("a", "β", "c")


def opened(path: Path):
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 64, 64), (3, 9, 14)])
@pytest.mark.parametrize("body", ["mlp", "conv"])
@pytest.mark.parametrize("kind", MODEL_KINDS)
def test_files_give_what_the_model_gives(kind: str, body: str, shape: tuple[int, int, int], tmp_path: Path) -> None:
    checkpoint, model = untrained(kind, body, shape)
    beta = 0.5 if isinstance(model, MultiRateVAE) else None
    model = model.at(beta) if beta is not None and isinstance(model, MultiRateVAE) else model
    difference = write_onnx(model, checkpoint, NAMES, tmp_path / "out", beta=beta)
    assert difference <= 1e-4
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [DECODER, ENCODER]
    encoder, decoder = opened(tmp_path / "out" / ENCODER), opened(tmp_path / "out" / DECODER)
    images = torch.rand(7, *shape, generator=torch.Generator().manual_seed(3))
    mean, log_variance = model.posterior(images)
    expected = {"code": mean} if log_variance is None else {"mean": mean, "log_variance": log_variance}
    inputs = {"z": mean.numpy()}
    decoded = model.decode(mean) if not isinstance(model, ClassifierVAE) else None
    if isinstance(model, ClassifierVAE):
        expected["class_probabilities"] = model.classifier(images).softmax(1)
        inputs["class_probabilities"] = np.eye(CLASSES, dtype=np.float32)[[0, 1, 2, 0, 1, 2, 0]]
        decoded = model.decode_classes(mean, torch.tensor([0, 1, 2, 0, 1, 2, 0]))
    names = [each.name for each in encoder.get_outputs()]
    found = dict(zip(names, encoder.run(names, {"image": images.numpy()}), strict=True))
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values.numpy(), atol=1e-4, rtol=1e-4)
    assert decoded is not None
    np.testing.assert_allclose(decoder.run(["image"], inputs)[0], decoded.numpy(), atol=1e-4)
    about = encoder.get_modelmeta().custom_metadata_map
    assert json.loads(about["class_names"]) == list(NAMES)
    assert json.loads(about["image_shape"]) == list(shape)
    assert (about["kind"], about["latent_size"], about["data_fingerprint"]) == (kind, "3", "f" * 64)
    assert about.get("beta") == {"ae": None, "multi-rate-vae": "0.5"}.get(kind, "1")
    assert "divided by 255" in about["pixel_scaling"]
    assert isinstance(model, VAE) == ("beta" in about)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_the_same_there(activation: str, tmp_path: Path) -> None:
    checkpoint, model = untrained("vae", activation=activation)
    assert write_onnx(model, checkpoint, (), tmp_path / "out") <= 1e-5


def test_files_that_differ_from_the_model_are_not_handed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint, model = untrained("vae")
    wrong = untrained("vae", activation="tanh")[1]
    monkeypatch.setattr(model, "posterior", wrong.posterior)
    with pytest.raises(ExportError, match=r"differ from PyTorch's by .*, so that no file is written"):
        write_onnx(model, checkpoint, (), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_replaced_only_where_that_is_asked_for(tmp_path: Path) -> None:
    checkpoint, model = untrained("ae")
    write_onnx(model, checkpoint, (), tmp_path / "out")
    with pytest.raises(PlaceError, match="exists already"):
        write_onnx(model, checkpoint, (), tmp_path / "out")
    write_onnx(model, checkpoint, (), tmp_path / "out", overwrite=True)


def test_without_onnx_a_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    checkpoint, model = untrained("ae")
    with pytest.raises(ExportError, match=r"pip install -r requirements-export\.txt"):
        write_onnx(model, checkpoint, (), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
