"""Corruption, restoring and training with noise: hand computations, and a model that learns to denoise."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torchmetrics.functional.image import structural_similarity_index_measure

from tests.helpers.images import blobs
from vae.data.dataset import Dataset
from vae.explore.corruption import KINDS, corrupt, fidelity, restore
from vae.models.objectives import reconstruction_loss
from vae.storage.checkpoints import load
from vae.storage.models import load_model
from vae.training import loop
from vae.training.config import ConfigError, TrainConfig, config_from_json, differences
from vae.training.stacked import stackable

CONFIG = TrainConfig(model="ae", epochs=2, hidden=(16,), batch_size=320, device="cpu")


@pytest.mark.parametrize("channels", [1, 3])
def test_a_strength_of_0_changes_nothing_and_more_changes_more(channels: int) -> None:
    images = blobs((channels, 12, 12)).test_images
    for kind in KINDS:
        assert torch.equal(corrupt(images, kind, 0).images, images), kind
        errors = [
            float((corrupt(images, kind, s).images.float() - images.float()).square().mean()) for s in (0.3, 0.6, 1)
        ]
        assert 0 < errors[0] < errors[1] < errors[2], kind
        assert torch.equal(corrupt(images, kind, 0.5).images, corrupt(images, kind, 0.5).images), kind
    with pytest.raises(ValueError, match="0 to 1, not 2"):
        corrupt(images, "lower part", 2)
    with pytest.raises(ValueError, match="no corruption 'rain'"):
        corrupt(images, "rain", 0.5)


def test_corruptions_are_as_strong_as_they_say() -> None:
    grey = torch.full((20, 3, 20, 20), 128, dtype=torch.uint8)
    noise = corrupt(grey, "Gaussian noise", 0.1).images.float() / 255
    assert noise.std().item() == pytest.approx(0.1, abs=0.005)
    spoilt = corrupt(grey, "salt and pepper", 0.3).images
    assert (spoilt != 128).float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert (spoilt == 0).float().mean().item() == pytest.approx(0.15, abs=0.02)
    assert torch.equal(spoilt[:, 0], spoilt[:, 1])  # a pixel, not one of its values
    for kind, hidden in (("square", 0.25), ("lower part", 0.5)):
        found = corrupt(grey, kind, 0.5)
        assert found.known is not None
        assert (~found.known).float().mean().item() == hidden
        assert (found.images[:, :, ~found.known] == 0).all()
        assert (found.images[:, :, found.known] == 128).all()


def test_fidelity_is_that_of_the_formulas() -> None:
    originals = torch.full((3, 1, 16, 16), 100, dtype=torch.uint8)
    same = fidelity(originals.numpy(), originals)
    assert (same.psnr, same.ssim) == (np.inf, pytest.approx(1, abs=1e-3))
    one_off = originals.numpy().copy()
    one_off[0] += 51  # a fifth of the range, in one of three images
    found = fidelity(one_off, originals)
    assert found.psnr == pytest.approx(-10 * np.log10(0.2**2 / 3), abs=1e-3)
    assert found.ssim < 1
    tiny = blobs((3, 8, 8)).test_images
    assert fidelity(tiny.numpy(), tiny).ssim == pytest.approx(1, abs=1e-3)


def test_structural_similarity_is_that_of_torchmetrics(mnist: Dataset) -> None:
    originals = mnist.test_images[:20]
    spoilt = corrupt(originals, "Gaussian noise", 0.3).images
    theirs = structural_similarity_index_measure(spoilt / 255, originals / 255, data_range=1.0)
    assert isinstance(theirs, torch.Tensor)
    assert fidelity(spoilt.numpy(), originals).ssim == pytest.approx(float(theirs), abs=1e-5)


def test_inpainting_keeps_what_is_known_and_comes_nearer_to_what_is_not(mnist: Dataset) -> None:
    originals = mnist.test_images[:100]
    spoilt = corrupt(originals, "square", 0.5)
    assert spoilt.known is not None
    model = load_model(load("vae-20d"))
    once, often = (restore(model, spoilt, steps) for steps in (1, 20))
    for images in (once, often):
        np.testing.assert_array_equal(images[:, :, spoilt.known.numpy()], originals.numpy()[:, :, spoilt.known.numpy()])
    before, first, last = (fidelity(images, originals) for images in (spoilt.images.numpy(), once, often))
    assert before.psnr < first.psnr < last.psnr
    assert before.ssim < first.ssim < last.ssim
    with pytest.raises(ValueError, match="masked"):
        restore(model, corrupt(originals, "Gaussian noise", 0.5), 2)


def test_noise_is_on_the_input_alone_as_the_page_makes_it_and_other_noise_in_every_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small, asked, shown = blobs(), [], []

    def watched(logits: torch.Tensor, images: torch.Tensor, *rest: object) -> torch.Tensor:
        if len(images) == small.train_size:
            asked.append(images.clone())
        return reconstruction_loss(logits, images, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("vae.training.objective.reconstruction_loss", watched)
    run = loop.RunState(replace(CONFIG, input_noise=0.5), small)
    run.model.register_forward_pre_hook(lambda _, given: shown.append(given[0].clone()))
    for _ in range(2):
        run.epoch(None)
    clean = torch.sort(small.train_images.flatten(1).float().sum(1) / 255).values
    on_the_page = corrupt(small.train_images, "Gaussian noise", 0.5).images / 255
    for target, seen in zip(asked, shown, strict=True):
        torch.testing.assert_close(target.flatten(1).sum(1).sort().values, clean)
        assert seen.aminmax() == (0, 1)
        for statistic in (torch.mean, torch.std):
            assert statistic(seen).item() == pytest.approx(statistic(on_the_page).item(), abs=0.01)
    assert not torch.equal(shown[0] - asked[0], shown[1] - asked[1])


def test_without_noise_a_run_is_what_it_was_and_with_it_order_and_start_are_the_same(small: Dataset) -> None:
    runs = {sigma: loop.RunState(replace(CONFIG, input_noise=sigma), small) for sigma in (0.0, 0.5)}
    orders = [run.draw_order() for run in runs.values()]
    assert torch.equal(*orders)
    for one, other in zip(runs[0.0].model.parameters(), runs[0.5].model.parameters(), strict=True):
        assert torch.equal(one, other)
    config = replace(CONFIG, input_noise=0.5)
    assert not stackable(config)
    assert stackable(CONFIG)
    assert differences(CONFIG, config) == ["input noise (0 and 0.5)"]
    assert "--input-noise 0.5" in config.command("x")
    assert config_from_json({k: v for k, v in CONFIG.__dict__.items() if k != "input_noise"}) == CONFIG
    with pytest.raises(ConfigError, match="input noise must be 0 to 2"):
        replace(CONFIG, input_noise=3.0)


def test_a_model_trained_with_noise_denoises_better() -> None:
    images = blobs((1, 12, 12), train=2_000, test=200)
    spoilt = corrupt(images.test_images, "Gaussian noise", 0.5)
    found = {}
    for sigma in (0.0, 0.5):
        config = TrainConfig(model="ae", latent_dim=4, hidden=(64,), steps=300, input_noise=sigma, device="cpu")
        *_, report = loop.train(config, images)
        found[sigma] = fidelity(restore(report.model.eval(), spoilt), images.test_images).psnr
    before = fidelity(spoilt.images.numpy(), images.test_images).psnr
    assert found[0.5] > found[0.0] + 1
    assert found[0.5] > before + 3
