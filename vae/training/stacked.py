"""Train runs of equal shape at once: their weights are stacked, so that a layer of all runs is one batched product.

A single run leaves most of a GPU idle: its matrices are small, and starting a kernel takes as long as computing it.
Each member of a stack keeps its own initial weights, order of images, noise and β, so that its result is that of
`vae.training.loop.train` up to the rounding of matrix products; training amplifies this rounding like any change of the
weights' last digits.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torch.func import functional_call, vmap

from vae.data.dataset import Dataset
from vae.data.pixels import to_unit
from vae.models.objectives import beta_at
from vae.training.build import choose_device
from vae.training.config import MULTI_RATE, TrainConfig
from vae.training.loop import RunState
from vae.training.objective import TOTAL, objective
from vae.training.optimiser import Optimiser
from vae.training.precision import mixed
from vae.training.reports import EpochReport, TrainingDivergedError


def stackable(config: TrainConfig) -> bool:
    """Tell whether a run can be part of a stack: an MLP with one β on grey images, no noise, mistake, or seconds.

    Convolutions are left out because stacking makes them grouped, which is slower than one model after another.
    """
    plain = not config.binarised and not config.input_noise and not config.mistake
    return config.body == "mlp" and plain and config.seconds is None and config.model != MULTI_RATE


def stacks(configs: Sequence[TrainConfig]) -> list[list[int]]:
    """Group the numbers of runs that can be trained at once: stackable and equal in everything but β and seed.

    Every other run is in a group of its own.
    """
    groups: dict[TrainConfig | int, list[int]] = {}
    for number, config in enumerate(configs):
        groups.setdefault(replace(config, beta=1.0, seed=0) if stackable(config) else number, []).append(number)
    return list(groups.values())


def train_stacked(
    configs: Sequence[TrainConfig],
    dataset: Dataset,
    on_step: Callable[[float], bool | None] | None = None,
) -> Iterator[list[EpochReport | TrainingDivergedError]]:
    """Train the runs of one group of `stacks`; yield a list with the reports of all of them after every epoch.

    From the epoch in which a member's loss diverges, the list holds the error in the place of the member's report. The
    other members train on unchanged. A report's `seconds` are those of the whole stack.

    Args:
        on_step: called before every step with the fraction of the budget spent; True stops the runs there.

    Raises:
        ValueError: for runs that `stacks` would not put into one group, a device that the machine lacks, or images that
            no body takes.
    """
    if len(stacks(configs)) != 1:
        raise ValueError("Only runs of an MLP that differ in nothing but β and seed train as one stack.")
    device = choose_device(configs[0].device)
    # The data set is moved to the device once, and not once per member.
    stack = _Stack(configs, replace(dataset, images=dataset.images.to(device), labels=dataset.labels.to(device)))
    errors: dict[int, TrainingDivergedError] = {}
    while stack.progress() < 1 and len(errors) < len(configs):
        began = time.perf_counter()
        first_step = stack.step
        means = stack.steps(on_step)
        if means is None:
            return
        seconds = time.perf_counter() - began
        reports: list[EpochReport | TrainingDivergedError] = []
        for number, member in enumerate(stack.members):
            if number not in errors:
                member.step, member.first_losses = stack.step, [stack.first_losses[number]]
                try:
                    losses = member.settle(means[number])
                    reports.append(member.report(losses, first_step, seconds, stack.stepping))
                    continue
                except TrainingDivergedError as error:
                    errors[number] = error
            reports.append(errors[number])
        yield reports


class _Stack(RunState):
    """The state of a run with a leading dimension of M members, so that one step trains all of them."""

    def __init__(self, configs: Sequence[TrainConfig], dataset: Dataset) -> None:
        super().__init__(configs[0], dataset)  # its model is a template: every call passes the weights to it
        self.members = [RunState(config, dataset) for config in configs]
        models = [dict(member.model.named_parameters()) for member in self.members]
        self.weights = {name: torch.stack([m[name].detach() for m in models]).requires_grad_() for name in models[0]}
        self.optimiser = Optimiser(self.weights.values(), self.config, self.device)
        for number, model in enumerate(models):
            for name, parameter in model.items():
                parameter.data = self.weights[name].detach()[number]  # the members' weights are views of the stack's
        self.betas = torch.tensor([float(config.beta) for config in configs], device=self.device)
        self.beta = torch.zeros_like(self.betas)
        self.noise = [member.noise[0] for member in self.members]
        self.graphed = self.graphed_step()

    def draw_order(self) -> Tensor:
        """Draw every member's order of the training images in an epoch: int64 (M, N)."""
        return torch.stack([member.draw_order() for member in self.members])  # (M, N)

    def set_beta(self, progress: float) -> None:
        """Set the β of every member to its value after a fraction `progress` of the budget."""
        torch.mul(self.betas, beta_at(progress, 1.0, self.config.beta_warmup), out=self.beta)

    def take_step(self, indices: Tensor, noise: Sequence[torch.Generator]) -> Tensor:
        """Update every member's weights on its images, of indices (M, B); return the objective's terms (M, 4)."""
        images = to_unit(self.images.index_select(0, indices.flatten())).unflatten(0, indices.shape)  # (M, B, C, H, W)
        labels = self.labels.index_select(0, indices.flatten()).unflatten(0, indices.shape)  # (M, B)
        shape = (indices.shape[1], self.config.latent_dim)
        drawn = torch.stack([torch.randn(shape, generator=one, device=self.device) for one in noise])
        terms = vmap(self._terms)(self.weights, images, labels, drawn, self.beta)
        self.optimiser.step(terms[:, TOTAL].sum())
        return terms.detach()

    def _terms(self, weights: dict[str, Tensor], images: Tensor, labels: Tensor, noise: Tensor, beta: Tensor) -> Tensor:
        """Compute the terms (4,) of one member's objective."""
        with mixed(self.device, self.precision):
            output = functional_call(self.model, weights, (images, noise))
        sigma = None if self.config.likelihood == "optimal-gaussian" else self.model.sigma
        return objective(output, images, labels, self.config, beta, sigma)
