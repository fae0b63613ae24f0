"""The matrix products of an epoch alone, in each precision, beside an epoch of a run: how near the floor we are.

A run multiplies each layer's inputs with its weights, and then the gradient with the inputs and with the weights. Who
trains this model with this batch size has to do that; all else, such as losses, Adam and conversions, could be less.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from vae.data.dataset import Dataset
from vae.training.build import build_model, choose_device
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.precision import tf32

KINDS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def products(config: TrainConfig, image_shape: tuple[int, ...], kind: torch.dtype) -> Callable[[], None]:
    """Return a function that computes the products of one step of an MLP, forward and backward, and nothing else."""
    device = choose_device(config.device)
    layers = [layer for layer in build_model(config, image_shape).modules() if isinstance(layer, nn.Linear)]
    factors = [
        [torch.randn(shape, device=device, dtype=kind) for shape in (
            (config.batch_size, layer.in_features), layer.weight.shape, (config.batch_size, layer.out_features)
        )]
        for layer in layers
    ]  # fmt: skip

    def step() -> None:
        with tf32(device), torch.no_grad():
            for number, (inputs, weights, gradients) in enumerate(factors):
                inputs @ weights.t()
                gradients.t() @ inputs
                if number:  # nobody needs the gradient of the images
                    gradients @ weights

    return step


def floor_shares(config: TrainConfig, dataset: Dataset, rounds: int, steps: int) -> dict[str, Any]:
    """Measure by precision, in interleaved rounds, an epoch's seconds and the share of them that products need."""
    device = choose_device(config.device)
    alone = {name: products(config, dataset.image_shape, kind) for name, kind in KINDS.items()}
    per_epoch = -(-dataset.train_size // config.batch_size)
    pairs: dict[str, list[tuple[float, float]]] = {name: [] for name in KINDS}
    for seed in range(rounds + 1):
        for name, step in alone.items():
            *_, last = train(replace(config, precision=name, epochs=None, steps=steps, seed=seed), dataset)
            began = time.perf_counter()
            for _ in range(steps):
                step()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            if seed:  # the first round loads and allocates
                pairs[name].append((time.perf_counter() - began, last.seconds))
    return {
        "floor_share": {name: round(statistics.median(a / b for a, b in found), 3) for name, found in pairs.items()},
        "epoch_seconds": {
            name: round(statistics.median(b for _, b in found) * per_epoch / steps, 3) for name, found in pairs.items()
        },
    }


def losses_by_precision(config: TrainConfig, dataset: Dataset) -> dict[str, float]:
    """Return the test loss, in nats per image, of a run in each precision."""
    found = {}
    for name in KINDS:
        *_, last = train(replace(config, precision=name), dataset)
        found[name] = round(last.test.total, 2)
    return found
