"""Precision: chosen by measurement, written down as it was used, and bfloat16 nowhere but in the layers."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.helpers.members import MEMBERS
from vae.data.dataset import Dataset
from vae.models.autoencoders import Output
from vae.storage.checkpoints import load
from vae.storage.recording import record
from vae.training import precision
from vae.training.config import TrainConfig, config_from_json, differences, fulfils
from vae.training.loop import train
from vae.training.objective import objective
from vae.training.precision import choose_precision, fastest_precision
from vae.training.reports import EpochReport
from vae.training.stacked import train_stacked

CPU = torch.device("cpu")
HALF = TrainConfig(epochs=3, hidden=(32,), batch_size=16, device="cpu", precision="bfloat16")
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


def last(config: TrainConfig, dataset: Dataset) -> EpochReport:
    *_, report = train(config, dataset)
    return report


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which bfloat16 is the faster precision."""
    monkeypatch.setattr(precision, "fastest_precision", lambda device: "bfloat16")


def test_auto_is_what_was_measured_for_models_that_can_gain_from_it(native: None) -> None:
    config = TrainConfig(epochs=1, hidden=(400, 400))
    assert choose_precision(config, CPU) == "bfloat16"
    assert choose_precision(replace(config, hidden=(128,)), CPU) == "float32"
    assert choose_precision(replace(config, body="conv", hidden=(32, 64)), CPU) == "float32"
    assert choose_precision(replace(config, precision="float32"), CPU) == "float32"
    assert choose_precision(replace(config, hidden=(16,), precision="bfloat16"), CPU) == "bfloat16"


def test_the_measurement_chooses_a_precision_and_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = fastest_precision(CPU)
    assert found in ("float32", "bfloat16")
    monkeypatch.setattr("time.perf_counter", lambda: pytest.fail("measured again"))
    assert fastest_precision(CPU) == found


def test_where_small_products_are_hopeless_in_bfloat16_no_large_ones_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, taken = [0.0], 0

    def shape(images: Tensor, weights: Tensor) -> Tensor:
        nonlocal taken
        taken += images.numel() > 128 * 400
        clock[0] += 0.0011 if images.dtype == torch.bfloat16 else 0.0001
        return images.new_zeros(())

    monkeypatch.setattr("time.perf_counter", lambda: clock[0])
    monkeypatch.setattr(Tensor, "__matmul__", shape)
    fastest_precision.cache_clear()
    assert fastest_precision(CPU) == "float32"
    assert taken == 0
    fastest_precision.cache_clear()


def test_mps_trains_in_float32_alone() -> None:
    config, mps = TrainConfig(epochs=1), torch.device("mps")
    assert choose_precision(config, mps) == "float32"
    with pytest.raises(ValueError, match="MPS trains in float32 alone; choose precision float32 or auto"):
        choose_precision(replace(config, precision="bfloat16"), mps)


@pytest.mark.parametrize("asked", ["auto", "float32", "bfloat16"])
def test_a_checkpoint_says_the_precision_that_its_run_used_and_how_to_repeat_it(
    asked: str, native: None, small: Dataset, folder: Path
) -> None:
    config = TrainConfig(steps=3, hidden=(200,), precision=asked, device="cpu")
    used = "float32" if asked == "float32" else "bfloat16"
    (report,) = record(train(config, small), "run", config, small)
    checkpoint = load("run")
    assert report.precision == checkpoint.config.precision == used
    assert f"--precision {used}" in checkpoint.command
    assert fulfils(checkpoint.config, config)
    assert not fulfils(checkpoint.config, replace(config, precision={"float32": "bfloat16"}.get(used, "float32")))
    again = last(checkpoint.config, small)
    assert again.test == report.test


def test_a_config_that_is_older_than_the_choice_was_trained_in_float32() -> None:
    settings = asdict(TrainConfig(epochs=1))
    del settings["precision"]
    assert config_from_json(settings).precision == "float32"


@pytest.mark.parametrize(
    "changes",
    [{}, {"model": "ae"}, {"model": "classifier-vae"}, {"model": "multi-rate-vae"}, {"body": "conv", "hidden": (4,)}],
)
def test_runs_in_bfloat16_repeat_themselves_to_the_bit(changes: dict[str, object], small: Dataset) -> None:
    config = replace(HALF, **changes)  # type: ignore[arg-type]
    one, other = (last(config, small).model.state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert {weights.dtype for weights in one.values()} == {torch.float32}
    exact = last(replace(config, precision="float32"), small).model.state_dict()
    assert not torch.equal(one["mean.weight"], exact["mean.weight"])


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "optimal-gaussian"])
@pytest.mark.parametrize("model", ["vae", "classifier-vae", "multi-rate-vae"])
def test_losses_and_kl_are_of_float32_numbers_and_near_those_of_a_run_in_float32(
    model: str, likelihood: str, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Output] = []

    def watched(output: Output, *rest: object) -> Tensor:
        seen.append(output)
        terms = objective(output, *rest)  # type: ignore[arg-type]
        assert terms.dtype == torch.float32
        return terms

    config = replace(HALF, model=model, likelihood=likelihood)
    exact = last(replace(config, precision="float32"), small)
    monkeypatch.setattr("vae.training.loop.objective", watched)
    report = last(config, small)
    assert {part.dtype for output in seen for part in output if part is not None} == {torch.float32}
    assert report.test.total == pytest.approx(exact.test.total, rel=0.02, abs=0.5)


def test_tests_are_in_float32(small: Dataset) -> None:
    report = last(HALF, small)
    images = small.test_images.float() / 255
    with torch.no_grad():
        torch.testing.assert_close(torch.from_numpy(report.latents), report.model.encode(images), rtol=1e-5, atol=1e-5)


def test_a_stack_in_bfloat16_ends_where_its_members_do_alone(small: Dataset) -> None:
    configs = [replace(member.config, precision="bfloat16", device="cpu") for member in MEMBERS]
    *_, reports = train_stacked(configs, small)
    for config, report in zip(configs, reports, strict=True):
        assert isinstance(report, EpochReport)
        assert report.precision == "bfloat16"
        assert report.test.total == pytest.approx(last(config, small).test.total, rel=0.01)


def test_a_comparison_of_two_runs_can_leave_out_what_is_of_the_machine() -> None:
    one, other = TrainConfig(epochs=1), replace(HALF, hidden=(400, 400), epochs=1, batch_size=128)
    assert differences(one, other, ignoring=("device", "precision")) == []
    assert differences(one, other) == ["device (auto and cpu)", "precision (auto and bfloat16)"]


@needs_cuda
@pytest.mark.parametrize("model", ["ae", "vae", "classifier-vae"])
def test_a_captured_run_in_bfloat16_ends_where_an_eager_one_does(
    model: str, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(HALF, model=model, device="cuda", batch_size=48)
    captured = last(config, small)
    assert captured.stepping == "CUDA graph"
    monkeypatch.setattr("vae.training.cuda_graph.WARM_UP", 10**9)
    eager = last(config, small)
    assert eager.stepping == "eager"
    assert captured.test.total == pytest.approx(eager.test.total, rel=0.01)


@needs_cuda
def test_float32_training_uses_tf32_and_what_follows_does_not(small: Dataset) -> None:
    before = torch.backends.cuda.matmul.fp32_precision
    seen: list[str] = []
    for _ in train(
        replace(HALF, device="cuda", precision="float32"),
        small,
        on_step=lambda _: seen.append(torch.backends.cuda.matmul.fp32_precision),
    ):
        pass
    assert set(seen) == {before}
    with precision.tf32(torch.device("cuda")):
        assert torch.backends.cuda.matmul.fp32_precision == "tf32"
    assert torch.backends.cuda.matmul.fp32_precision == before
