"""Tests of the optimiser: the same updates as torch's own, without the import of torch's compiler."""

import subprocess
import sys

import torch

from vae.folders import ROOT
from vae.training.adam import adam
from vae.training.config import TrainConfig

CONFIG = TrainConfig(steps=5, learning_rate=0.01)


def updated(kind: str) -> list[torch.Tensor]:
    """Weights after five steps down a bowl, one of which has a gradient only at first, at two rates."""
    noise = torch.Generator().manual_seed(0)
    weights = [torch.randn(7, 3, generator=noise).requires_grad_(), torch.randn(4, generator=noise).requires_grad_()]
    own = adam(weights, CONFIG, torch.device("cpu"))
    theirs = torch.optim.Adam(weights, lr=0.01, betas=(0.9, CONFIG.adam_beta2), fused=True)
    optimiser = own if kind == "own" else theirs
    for step in range(5):
        optimiser.param_groups[0]["lr"] = 0.01 / (1 + step)
        optimiser.zero_grad()
        sum(each.square().sum() for each in weights[: 1 if step == 2 else 2]).backward()  # type: ignore[union-attr]
        optimiser.step()
    return [each.detach() for each in weights]


def test_it_updates_weights_as_torch_does_to_the_same_bit() -> None:
    for one, other in zip(updated("own"), updated("torch"), strict=True):
        assert torch.equal(one, other)


def test_training_on_a_cpu_imports_neither_the_compiler_nor_pandas() -> None:
    code = (
        "import sys, torch, vae.jobs.worker\n"
        "from vae.jobs.processes import import_sklearn\n"
        "from vae.data.datasets import Dataset\n"
        "from vae.measure.evaluate import evaluate\n"
        "from vae.training.config import TrainConfig\n"
        "from vae.training.loop import train\n"
        "import_sklearn()\n"
        "images = torch.randint(256, (60, 1, 8, 8), dtype=torch.uint8)\n"
        "data = Dataset('mnist', images, torch.arange(60) % 2, 40, ('a', 'b'), '')\n"
        "config = TrainConfig(steps=2, device='cpu', hidden=(8,), batch_size=20)\n"
        "*_, report = train(config, data)\n"
        "evaluate(report.model, data, config)\n"
        "print(*sorted({'torch._dynamo', 'triton', 'pandas', 'pyarrow'} & sys.modules.keys()))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "\n"
