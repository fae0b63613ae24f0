"""A saved model for every β: loaded, halved and packed like any other, and refused where its gates do not fit."""

import io
import json
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save

from vae.data.dataset import Dataset
from vae.models.multi_rate import MultiRateVAE
from vae.storage.archive import from_zip, to_zip
from vae.storage.checkpoints import load as load_checkpoint
from vae.storage.models import load_model
from vae.storage.names import CheckpointError
from vae.storage.recording import record, shrink
from vae.training.config import TrainConfig
from vae.training.loop import train


@pytest.fixture
def every_beta(folder: Path, small: Dataset) -> MultiRateVAE:
    """The model of a run called `every-beta`."""
    config = TrainConfig(model="multi-rate-vae", hidden=(16,), epochs=3, batch_size=16, device="cpu")
    *_, report = record(train(config, small), "every-beta", config, small)
    assert isinstance(report.model, MultiRateVAE)
    return report.model


def test_a_loaded_one_is_the_same_at_every_beta(every_beta: MultiRateVAE, small: Dataset) -> None:
    loaded, pixels = load_model(load_checkpoint("every-beta")), small.test_images.float() / 255
    assert isinstance(loaded, MultiRateVAE)
    with torch.no_grad():
        for beta in (0.05, 1.0, 16.0):
            assert torch.equal(loaded.at(beta).reconstruct(pixels), every_beta.at(beta).reconstruct(pixels))
        few, many = (loaded.at(beta).encode(pixels) for beta in (16.0, 0.05))
    assert not torch.allclose(few, many)


def test_in_half_precision_it_hardly_changes(every_beta: MultiRateVAE, small: Dataset) -> None:
    shrink("every-beta")
    halved, pixels = load_model(load_checkpoint("every-beta")), small.test_images.float() / 255
    assert isinstance(halved, MultiRateVAE)
    with torch.no_grad():
        for beta in (0.05, 16.0):
            one, other = halved.at(beta).reconstruct(pixels), every_beta.at(beta).reconstruct(pixels)
            torch.testing.assert_close(one, other, rtol=0, atol=2e-3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda weights, settings: weights.pop("gate.weight"), "lacks the tensor 'gate.weight'"),
        (lambda weights, settings: weights.update({"gate.bias": torch.zeros(4)}), "does not call for, 'gate.bias'"),
        (lambda weights, settings: weights.update({"gate.weight": torch.zeros(4, 32)}), "'gate.weight' has shape"),
        (lambda weights, settings: weights["gate.weight"].fill_(float("nan")), "'gate.weight' holds values"),
        (lambda weights, settings: settings.update(model="vae"), "does not call for, 'gain'"),
        (lambda weights, settings: settings.update(beta=4.0), "learns every β at once"),
    ],
)
def test_an_upload_that_is_no_such_model_is_refused_in_a_sentence(change, said: str, every_beta: MultiRateVAE) -> None:
    with zipfile.ZipFile(io.BytesIO(to_zip("every-beta"))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    weights, config = load(files["every-beta/model.safetensors"]), json.loads(files["every-beta/config.json"])
    assert from_zip(packed(files), "as-it-was") == "as-it-was"
    change(weights, config["settings"])
    files |= {"every-beta/model.safetensors": save(weights), "every-beta/config.json": json.dumps(config).encode()}
    with pytest.raises(CheckpointError, match=said):
        from_zip(packed(files), "changed")


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_of_a_run_that_was_stopped_the_stored_layers_are_those_of_beta_1(folder: Path, small: Dataset) -> None:
    config = TrainConfig(model="multi-rate-vae", hidden=(16,), epochs=5, batch_size=16, device="cpu")
    reports = record(train(config, small), "stopped", config, small)
    report = next(reports)
    assert isinstance(report.model, MultiRateVAE)
    assert not torch.equal(report.model.gain, torch.ones_like(report.model.gain))
    checkpoint, frozen = load_checkpoint("stopped"), report.model.at(1.0).state_dict()
    reports.close()
    own = load((checkpoint.path / "model.safetensors").read_bytes())
    for name, weights in frozen.items():
        torch.testing.assert_close(own[name], weights)
