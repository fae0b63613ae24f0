"""The captured step: the same training as without it, and a clean way back where there is nothing to capture with."""

from dataclasses import replace

import pytest
import torch

from vae.data.dataset import Dataset
from vae.training import loop
from vae.training.config import TrainConfig
from vae.training.cuda_graph import GraphedStep
from vae.training.loop import train
from vae.training.reports import EpochReport

CONFIG = TrainConfig(epochs=3, hidden=(32,), batch_size=48)  # 320 images: the last batch of an epoch is smaller
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


def last(config: TrainConfig, dataset: Dataset) -> EpochReport:
    *_, report = train(config, dataset)
    return report


def test_where_capture_fails_training_goes_on_as_if_nobody_had_tried(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(CONFIG, device="cpu")
    expected = last(config, small)
    assert expected.stepping == "eager"

    def fail() -> None:
        raise RuntimeError("operation not permitted when stream is capturing\nand more")

    monkeypatch.setattr("torch.cuda.CUDAGraph", fail)
    monkeypatch.setattr("vae.training.cuda_graph.WARM_UP", 0)
    begin = loop.RunState.__init__

    def with_graph(run: loop.RunState, *args: object) -> None:
        begin(run, *args)  # type: ignore[arg-type]
        run.graphed = GraphedStep(run.take_step, run.noise, config.batch_size)

    monkeypatch.setattr("vae.training.loop.RunState.__init__", with_graph)
    report = last(config, small)
    assert report.stepping == "eager (no CUDA graph: operation not permitted when stream is capturing)"
    for name, weights in expected.model.state_dict().items():
        assert torch.equal(weights, report.model.state_dict()[name])


@needs_cuda
@pytest.mark.parametrize("model", ["ae", "vae", "classifier-vae"])
@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "optimal-gaussian"])
def test_a_captured_run_ends_where_an_eager_one_does(
    model: str, likelihood: str, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(CONFIG, model=model, likelihood=likelihood, device="cuda", beta_warmup=0.5)
    captured = last(config, small)
    assert captured.stepping == "CUDA graph"
    monkeypatch.setattr("vae.training.cuda_graph.WARM_UP", 10**9)
    eager = last(config, small)
    assert eager.stepping == "eager"
    assert captured.test.total == pytest.approx(eager.test.total, rel=1e-3)
