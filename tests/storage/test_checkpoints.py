"""Checkpoints: a bit-exact round trip, and a message of its own for every way in which one can be damaged."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.helpers.images import blobs
from tests.helpers.runs import found_in
from vae.data.dataset import Dataset
from vae.models.codes import encode_images
from vae.storage import checkpoints, film, recording
from vae.storage.archive import FILES, to_zip
from vae.storage.bin import discard, rename
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.claims import claim_unused
from vae.storage.film import read_filmstrip, read_latents
from vae.storage.metrics import add_metrics
from vae.storage.models import check_data, load_model
from vae.storage.names import CheckpointError, CheckpointNameError
from vae.storage.notes import write_note
from vae.storage.recording import record, shrink
from vae.storage.replicates import Replicates
from vae.training.config import TrainConfig
from vae.training.loop import train


@pytest.mark.parametrize("model", ["ae", "vae", "classifier-vae", "multi-rate-vae"])
@pytest.mark.parametrize(("body", "hidden"), [("mlp", (16, 8)), ("conv", (4, 6))])
def test_save_and_load_are_bit_exact(
    model: str, body: str, hidden: tuple[int, ...], small: Dataset, folder: Path
) -> None:
    config = TrainConfig(
        model=model, body=body, hidden=hidden, epochs=1, likelihood="optimal-gaussian", precision="float32"
    )
    (report,) = record(train(config, small), "run", config, small)
    checkpoint = load("run")
    weights, loaded = report.model.state_dict(), load_model(checkpoint).state_dict()
    assert weights.keys() == loaded.keys()
    assert all(torch.equal(weights[name], loaded[name]) for name in weights)
    assert checkpoint.config == config
    assert checkpoint.data_fingerprint == small.fingerprint
    assert checkpoint.finished
    assert checkpoint.history["test_reconstruction"].iloc[-1] == pytest.approx(report.test.reconstruction, rel=1e-5)
    strip = read_filmstrip(checkpoint)
    assert strip is not None
    np.testing.assert_array_equal(strip.frames[0][:, :8], report.samples[0, 0])


def test_a_run_that_is_stopped_keeps_its_last_full_epoch(small: Dataset, folder: Path) -> None:
    config = TrainConfig(epochs=5, hidden=(16,))
    reports = record(train(config, small), "run", config, small)
    next(reports)
    weights = {k: v.clone() for k, v in next(reports).model.state_dict().items()}
    reports.close()
    checkpoint = load("run")
    assert (checkpoint.finished, checkpoint.epochs_done, len(checkpoint.history)) == (False, 2, 2)
    assert all(torch.equal(weights[k], v) for k, v in load_model(checkpoint).state_dict().items())


def test_metrics_are_added_and_numbers_that_are_none_stay_none(saved: Path) -> None:
    add_metrics(load("small").stored, {"mse": 0.25, "elbo": None})
    checkpoint = load("small")
    assert checkpoint.metric("mse") == 0.25
    assert checkpoint.metric("elbo") is None
    assert checkpoint.metric("never measured") is None


def _edit_config(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        content = json.loads((path / "config.json").read_text())
        change(content)
        (path / "config.json").write_text(json.dumps(content))

    return edit


def _edit_history(change: Callable[[list[str]], list[str]]) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        lines = (path / "history.csv").read_text().splitlines()
        (path / "history.csv").write_text("\n".join(change(lines)) + "\n")

    return edit


def _metrics(content: dict[str, Any]) -> Callable[[Path], Any]:
    return lambda path: (path / "metrics.json").write_text(json.dumps(content))


def _truncate(path: Path) -> None:
    weights = path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def _pickle(path: Path) -> None:
    # load_file maps the file into memory, so that it must not be written over.
    torch.save(load_file(path / "model.safetensors"), path / "pickle")
    (path / "pickle").replace(path / "model.safetensors")


def _old_pickle(path: Path) -> None:
    torch.save({"a": torch.ones(1)}, path / "model.safetensors", _use_new_zipfile_serialization=False)


DAMAGE: dict[str, tuple[Callable[[Path], Any], str]] = {
    "weights cut short": (_truncate, "model.safetensors is damaged or cut short"),
    "weights empty": (lambda p: (p / "model.safetensors").write_bytes(b""), "damaged or cut short"),
    "weights missing": (lambda p: (p / "model.safetensors").unlink(), "model.safetensors is missing"),
    "a pickle": (_pickle, "model.safetensors is a pickle .* never opened"),
    "an old pickle": (_old_pickle, "model.safetensors is a pickle .* never opened"),
    "wrong type": (
        _edit_config(lambda c: c["settings"].update(latent_dim="two")),
        "config.json: latent size must be a whole number, not 'two'",
    ),
    "out of range": (_edit_config(lambda c: c["settings"].update(latent_dim=0)), "latent size must be 1 to 128"),
    "unknown setting": (_edit_config(lambda c: c["settings"].update(colour=1)), "config.json: unknown key 'colour'"),
    "unknown key": (_edit_config(lambda c: c.update(extra=1)), "config.json: unknown key 'extra'"),
    "unknown key of the run": (_edit_config(lambda c: c["run"].update(who="me")), "unknown key 'who' in 'run'"),
    "missing key of the run": (_edit_config(lambda c: c["run"].pop("device")), "missing key 'device' in 'run'"),
    "wrong type of the run": (
        _edit_config(lambda c: c["run"].update(steps_done="9")),
        "steps_done must be a whole",
    ),
    "impossible images": (
        _edit_config(lambda c: c["run"].update(image_shape=[1, 999, 8])),
        "shape that a model takes",
    ),
    "another format": (_edit_config(lambda c: c.update(format=99)), "format 99, and this version reads 1"),
    "no settings": (_edit_config(lambda c: c.pop("settings")), "'settings' is missing"),
    "config cut short": (lambda p: (p / "config.json").write_text('{"format"'), "config.json is not JSON"),
    "config is a list": (lambda p: (p / "config.json").write_text("[]"), "config.json holds no JSON object"),
    "config missing": (lambda p: (p / "config.json").unlink(), "config.json is missing"),
    "history missing": (lambda p: (p / "history.csv").unlink(), "history.csv is missing"),
    "history of something else": (lambda p: (p / "history.csv").write_text("a,b\n1,2\n"), "history.csv lacks"),
    "history empty": (lambda p: (p / "history.csv").write_text(""), "history.csv lacks the column 'epoch'"),
    "history of words": (_edit_history(lambda lines: [*lines, "a" + "," * 12]), "is not a number"),
    "history without epochs": (_edit_history(lambda lines: lines[:1]), "history.csv has no epochs"),
    "history without an end": (_edit_history(lambda lines: [*lines, "1" + ",1e999" * 12]), "not finite"),
    "history far too long": (lambda p: (p / "history.csv").write_bytes(b"1\n" * 5_000_000), "more than 8 MB"),
    "history far too wide": (_edit_history(lambda lines: [lines[0] + ",x" * 200]), "more than 100 columns"),
    "steps beyond all bounds": (_edit_config(lambda c: c["run"].update(steps_done=10**30)), "steps_done must be"),
    "epochs beyond all bounds": (_edit_config(lambda c: c["run"].update(epochs_done=1e30)), "epochs_done must be"),
    "seconds that are no number": (
        _edit_config(lambda c: c["run"].update(seconds_taken=float("nan"))),
        "config.json is not JSON: NaN is no number",
    ),
    "a number of 400 digits": (_edit_config(lambda c: c["run"].update(epochs_done=10**400)), "no finite number"),
    "a time without a zone": (_edit_config(lambda c: c["run"].update(created="2026-11-21")), "created must be"),
    "objects within objects": (
        lambda p: (p / "config.json").write_text('{"a":' * 500 + "1" + "}" * 500),
        "more objects within each other",
    ),
    "metrics of words": (_metrics({"test_reconstruction": "x"}), "'test_reconstruction' must be a number, not 'x'"),
    "metrics with a list": (_metrics({"elbo": [1]}), r"'elbo' must be a number, not '\[1\]'"),
    "metrics that are no number": (_metrics({"elbo": float("nan")}), "metrics.json is not JSON: NaN is no number"),
    "metrics of 400 digits": (_metrics({"elbo": 10**400}), "metrics.json: 'elbo' is no finite number"),
    "metrics cut short": (lambda p: (p / "metrics.json").write_text('{"elbo": 1'), "metrics.json is not JSON"),
    "metrics far too large": (lambda p: (p / "metrics.json").write_bytes(b" " * 3_000_000), "more than 2 MB"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_listed_with_its_reason_and_hides_nothing(kind: str, saved: Path) -> None:
    shutil.copytree(saved, saved.with_name("sound"))
    damage, message = DAMAGE[kind]
    damage(saved)
    sound, damaged = list_checkpoints()
    assert [c.name for c in sound] == ["sound"]
    assert [d.name for d in damaged] == ["small"]
    assert re.search(message, damaged[0].reason), damaged[0].reason
    assert "\n" not in damaged[0].reason
    load_model(sound[0])


def test_the_reasons_differ() -> None:
    assert len({message for _, message in DAMAGE.values()}) >= len(DAMAGE) - 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w.pop("mean.bias"), "lacks the tensor 'mean.bias'"),
        (lambda w: w.update(extra=torch.ones(1)), "config.json does not call for, 'extra'"),
        (lambda w: w.update({"mean.bias": torch.ones(9)}), r"'mean.bias' has shape \(9,\)"),
        (lambda w: w["mean.bias"].fill_(float("inf")), "not finite"),
    ],
)
def test_weights_of_another_model_are_refused(change: Callable[[Any], Any], message: str, saved: Path) -> None:
    weights = {name: tensor.clone() for name, tensor in load_file(saved / "model.safetensors").items()}
    change(weights)
    save_file(weights, saved / "new")
    (saved / "new").replace(saved / "model.safetensors")
    with pytest.raises(CheckpointError, match=message):
        load_model(load("small"))


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a" * 81, "a b", "nul\0"])
def test_names_that_could_leave_the_folder_are_refused(name: str, folder: Path) -> None:
    for call in (load, discard, to_zip, lambda n: rename(n, "x"), claim_unused):
        with pytest.raises(CheckpointNameError):
            call(name)


def test_a_name_that_is_taken_is_refused_before_any_step(saved: Path, small: Dataset) -> None:
    config = TrainConfig(epochs=1, hidden=(8,))
    before = (saved / "model.safetensors").read_bytes()
    with pytest.raises(CheckpointNameError, match="already"):
        next(record(train(config, small), "small", config, small))
    assert (saved / "model.safetensors").read_bytes() == before
    assert claim_unused("small") == "small-2"


def test_overwrite_replaces_the_folder_and_leaves_nothing_beside_it(saved: Path, small: Dataset) -> None:
    config = TrainConfig(epochs=1, hidden=(8,), precision="float32")
    list(record(train(config, small), "small", config, small, overwrite=True))
    assert load("small").config == config
    assert found_in(saved.parent) == ["small"]


def test_a_write_that_fails_leaves_the_old_checkpoint_and_no_rest(
    saved: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (saved / "model.safetensors").read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vae.storage.weights.save_file", fail)
    config = TrainConfig(epochs=1, hidden=(8,))
    with pytest.raises(CheckpointError, match="could not be written: No space left on device"):
        list(record(train(config, small), "small", config, small, overwrite=True))
    assert (saved / "model.safetensors").read_bytes() == before
    assert found_in(saved.parent) == ["small"]


def test_names_are_listed_in_the_order_of_their_numbers(saved: Path) -> None:
    for name in ("vae-10d", "vae-2d", "2", "vae", "beta0.1-seed0", "beta0.05-seed0", "beta16-seed0", "beta0.5-seed0"):
        shutil.copytree(saved, saved.with_name(name))
    betas = ["beta0.05-seed0", "beta0.1-seed0", "beta0.5-seed0", "beta16-seed0"]
    assert [c.name for c in list_checkpoints()[0]] == ["2", *betas, "small", "vae", "vae-2d", "vae-10d"]


def test_a_damaged_filmstrip_costs_the_film_alone(saved: Path) -> None:
    (saved / "filmstrip.png").write_bytes(b"not a picture")
    assert read_filmstrip(load("small")) is None


def test_a_folder_that_is_not_there_lists_nothing(folder: Path) -> None:
    folder.rmdir()
    assert list_checkpoints() == ([], [])


def test_the_film_of_the_codes_is_kept_and_thinned_where_it_would_grow_large(
    saved: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read_latents(load("small"))
    assert found is not None
    latents, epochs = found
    assert latents.shape == (2, len(small.test_images), 2)
    assert epochs == [1, 2]
    codes = encode_images(load_model(load("small")), small.test_images)
    np.testing.assert_allclose(latents[-1], codes, atol=2e-3 * np.abs(codes).max())
    monkeypatch.setattr(recording, "CODE_BYTES", 4 * latents[0].nbytes)
    monkeypatch.setattr(recording, "FRAMES", 3)
    monkeypatch.setattr(film, "FRAMES", 3)
    config = TrainConfig(epochs=9, hidden=(8,))
    list(record(train(config, small), "long", config, small))
    found = read_latents(load("long"))
    assert found is not None
    assert found[1] == [1, 5, 9]
    strip = read_filmstrip(load("long"))
    assert strip is not None
    assert strip.epochs == [1, 5, 9]
    (saved / "latents.safetensors").write_bytes(b"no film")
    assert read_latents(load("small")) is None


def test_a_shrunk_checkpoint_is_half_the_size_decodes_alike_and_is_measured_anew(saved: Path, small: Dataset) -> None:
    add_metrics(load("small").stored, {"elbo": -1.0})
    before, weights = load_model(load("small")), (saved / "model.safetensors").stat().st_size
    shrink("small")
    checkpoint = load("small")
    after = load_model(checkpoint)
    assert next(after.parameters()).dtype == torch.float32
    assert (saved / "model.safetensors").stat().st_size < 0.6 * weights
    np.testing.assert_allclose(
        encode_images(after, small.test_images), encode_images(before, small.test_images), atol=2e-2
    )
    assert (checkpoint.metrics, read_latents(checkpoint)) == ({}, None)
    assert read_filmstrip(checkpoint) is not None
    assert found_in(saved.parent) == ["small"]
    with pytest.raises(CheckpointNameError, match="There is no run called 'none'"):
        shrink("none")


def test_the_module_names_every_file_of_a_checkpoint(saved: Path) -> None:
    replicates = Replicates({"latents/nmi": np.ones(2, np.float32)}, {})
    add_metrics(load("small").stored, {"elbo": -1.0, "quality": {}}, replicates)
    write_note("small", "mine")
    assert {path.name for path in saved.iterdir()} == set(FILES)
    assert all(file in (checkpoints.__doc__ or "") for file in FILES)


def test_a_run_on_imported_images_knows_them_by_their_fingerprint_and_not_by_their_name(folder: Path) -> None:
    images = blobs(name="own-blobs", labelled=False)
    config = TrainConfig(dataset="own-blobs", steps=1, hidden=(8,))
    for _ in record(train(config, images), "run", config, images):
        pass
    checkpoint = load("run")
    check_data(checkpoint, images)
    with pytest.raises(CheckpointError, match="run was trained on other images than those that are called 'own-blobs'"):
        check_data(checkpoint, replace(images, fingerprint="e" * 64))
