"""Capture a training step once as a CUDA graph and replay it: one launch instead of about two hundred."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

WARM_UP = 3  # steps before the capture, in which cuBLAS, Adam and the autograd engine allocate what they need
Step = Callable[[Tensor, Sequence[torch.Generator]], Tensor]


class GraphedStep:
    """Takes training steps as `step(indices, noise)` does, by replaying a CUDA graph once one has been captured.

    Whatever changes between steps, besides the indices, has to reach `step` in tensors that stay at the same place in
    memory. A batch of another size than `batch_size`, such as the last of an epoch, is stepped without the graph, and
    so is every batch if the capture fails.

    Args:
        step: takes batch indices (..., B) and the generators of its noise, updates the weights and returns a tensor.
        noise: generators on the device; if the capture fails, new ones in the same state take their place.
    """

    def __init__(self, step: Step, noise: Sequence[torch.Generator], batch_size: int) -> None:
        self._step, self._noise, self._batch_size = step, noise, batch_size
        self._taken = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._failure = ""

    @property
    def path(self) -> str:
        """How steps are taken now: `CUDA graph` or `eager`; if the capture failed, also why."""
        if self._graph is not None:
            return "CUDA graph"
        return f"eager (no CUDA graph: {self._failure})" if self._failure else "eager"

    def __call__(self, indices: Tensor) -> Tensor:
        """Take a step and return the tensor that `step` returns; the next step may overwrite it."""
        if self._failure or indices.shape[-1] != self._batch_size:
            return self._step(indices, self._noise)
        if self._graph is None and self._taken < WARM_UP:
            self._taken += 1
            return self._step_aside(indices)
        if self._graph is None and not self._capture(indices):
            return self._step(indices, self._noise)
        assert self._graph is not None
        self._indices.copy_(indices)
        self._graph.replay()
        return self._terms

    def _step_aside(self, indices: Tensor) -> Tensor:
        # The capture runs on a stream of its own, and autograd ties what it keeps to the stream of its first use.
        # So the steps before the capture must not run on the default stream.
        here, aside = torch.cuda.current_stream(), torch.cuda.Stream()
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            terms = self._step(indices, self._noise)
        here.wait_stream(aside)
        return terms

    def _capture(self, indices: Tensor) -> bool:
        """Record a step without taking it, and return whether that succeeded."""
        before = [generator.get_state() for generator in self._noise]
        try:
            graph = torch.cuda.CUDAGraph()
            for generator in self._noise:
                graph.register_generator_state(generator)
            self._indices = indices.clone()
            with torch.cuda.graph(graph):
                self._terms = self._step(self._indices, self._noise)
        except RuntimeError as error:
            self._failure = str(error).strip().split("\n")[0]
            # The old generators may still be in the state of a capture.
            self._noise = [torch.Generator(generator.device) for generator in self._noise]
            for generator, state in zip(self._noise, before, strict=True):
                generator.set_state(state)
            return False
        self._graph = graph
        return True
