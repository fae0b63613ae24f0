"""Adam, as torch's fused kernel computes it."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim.adam import adam as adam_step

from vae.training.config import TrainConfig

BETA1, EPSILON = 0.9, 1e-8


class FusedAdam:
    """Adam (Kingma & Ba 2015) with the part of `torch.optim.Adam` that training on a CPU uses, to the same bit.

    The first optimiser of `torch.optim` in a process imports torch's compiler, which nothing here uses: that takes two
    seconds, and 140 MB for as long as the process lives.
    """

    def __init__(self, weights: Iterable[Tensor], learning_rate: float, beta2: float) -> None:
        self._weights, self._beta2 = list(weights), beta2
        self._means = [torch.zeros_like(each) for each in self._weights]  # of the gradients
        self._squares = [torch.zeros_like(each) for each in self._weights]  # means of their squares
        self._steps = [torch.zeros((), device=each.device) for each in self._weights]
        self.param_groups: list[dict[str, Any]] = [{"lr": learning_rate}]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for weights in self._weights:
            weights.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Update the weights that have a gradient."""
        state = zip(self._weights, self._means, self._squares, self._steps, strict=True)
        rows = [(weights, weights.grad, *rest) for weights, *rest in state if weights.grad is not None]
        if not rows:
            return
        weights, gradients, means, squares, steps = map(list, zip(*rows, strict=True))
        adam_step(
            weights,
            gradients,
            means,
            squares,
            [],
            steps,
            fused=True,
            amsgrad=False,
            beta1=BETA1,
            beta2=self._beta2,
            lr=self.param_groups[0]["lr"],
            weight_decay=0.0,
            eps=EPSILON,
            maximize=False,
        )


def adam(weights: Iterable[Tensor], config: TrainConfig, device: torch.device) -> FusedAdam | torch.optim.Adam:
    """Make the optimiser of a run or of a stack of runs, which can share one: Adam updates every weight on its own."""
    if device.type == "cpu":
        return FusedAdam(weights, config.learning_rate, config.adam_beta2)
    on_cuda = device.type == "cuda"
    return torch.optim.Adam(
        weights,
        # A tensor, so that a captured step reads the current rate.
        lr=torch.tensor(config.learning_rate, device=device) if on_cuda else config.learning_rate,
        betas=(BETA1, config.adam_beta2),
        fused=on_cuda,
        capturable=on_cuda,
    )
