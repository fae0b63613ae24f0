"""The precision of a run's matrix products: float32, or bfloat16 where that is faster on this machine.

In bfloat16 the model's layers, forward and backward, run under `torch.autocast`. Codes, the sampling of z, the losses,
the KL, the weights and Adam stay float32, and so does everything after training. CPUs without instructions for bfloat16
are right too, but ten times slower. MPS is always float32.
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache

import torch

from vae.training.config import TrainConfig

NARROW = 200  # hidden layers below it gain nothing on CPUs: conversions take what the products save
SMALL, USUAL = (32, 256, 256), (128, 784, 400)  # batch, inputs and outputs of a layer
ROUNDS = 30  # of a millisecond or two each: some of them are undisturbed also on a busy machine
PAYS = 0.7  # of float32's time, at most, for bfloat16 to be chosen
HOPELESS = 3.0  # times float32's time for the small products: the measurement ends there


def choose_precision(config: TrainConfig, device: torch.device) -> str:
    """Return the precision of a run on a device: `float32` or `bfloat16`, and for `auto` the faster of them.

    Raises:
        ValueError: for bfloat16 on MPS.
    """
    if config.precision == "bfloat16" and device.type == "mps":
        raise ValueError("MPS trains in float32 alone; choose precision float32 or auto.")
    if config.precision != "auto":
        return config.precision
    return fastest_precision(device) if gains(config, device.type) else "float32"


def gains(config: TrainConfig, device: str) -> bool:
    """Tell whether a model can gain from bfloat16 on a type of device that is faster with it.

    On CPUs convolutions take 1.4 times as long in bfloat16, and layers of 128 units as long as in float32.
    """
    return device != "cpu" or (config.body == "mlp" and max(config.hidden) >= NARROW)


@cache
def fastest_precision(device: torch.device) -> str:
    """Return the precision in which a layer of the usual size is faster on a device; measured once a process."""
    if device.type == "mps":
        return "float32"
    small = _seconds(device, SMALL, rounds=10)
    if small["bfloat16"] > HOPELESS * small["float32"]:
        return "float32"
    usual = _seconds(device, USUAL, ROUNDS)
    return "bfloat16" if usual["bfloat16"] < PAYS * usual["float32"] else "float32"


def _seconds(device: torch.device, sizes: tuple[int, int, int], rounds: int) -> dict[str, float]:
    """Measure the shortest time, by precision, of a layer's three products, forward and backward."""
    batch, inputs, outputs = sizes
    # The values do not matter, and drawn ones would move the caller's random stream.
    shapes = ((batch, inputs), (outputs, inputs), (batch, outputs))
    factors = {
        name: [torch.full(shape, 0.5, device=device, dtype=kind) for shape in shapes]
        for name, kind in (("float32", torch.float32), ("bfloat16", torch.bfloat16))
    }
    best = dict.fromkeys(factors, float("inf"))
    for number in range(rounds + 1):
        for name, (images, weights, gradients) in factors.items():
            began = time.perf_counter()
            with tf32(device), torch.no_grad():
                images @ weights.t(), gradients.t() @ images, gradients @ weights
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            if number:  # the first round loads and allocates
                best[name] = min(best[name], time.perf_counter() - began)
    return best


def mixed(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Return a context in which layers compute in a precision; what they are given and hold stays float32.

    Each weight is used once a step, so that a cache of converted weights would gain nothing, and a CUDA graph that was
    captured with one would go on with the weights of its first step.
    """
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16, cache_enabled=False)


@contextmanager
def tf32(device: torch.device) -> Iterator[None]:
    """Let the products of float32 numbers use TF32 on CUDA, which rounds their factors to 10 bits of mantissa.

    This is what a training step in `float32` means on CUDA: the numbers have the range of float32, and bfloat16, with
    7 bits, rounds more. Tests and measurements are outside of it, and their products exact to float32. Convolutions use
    TF32 everywhere, as is torch's own choice.
    """
    if device.type != "cuda":
        yield
        return
    products = torch.backends.cuda.matmul
    before, products.fp32_precision = products.fp32_precision, "tf32"
    try:
        yield
    finally:
        products.fp32_precision = before
