"""A training step captured once as a CUDA graph and replayed: one launch where there are some two hundred."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

WARM_UP = 3  # steps before the capture: cuBLAS, Adam's state and the autograd engine make what they need
Step = Callable[[Tensor, Sequence[torch.Generator]], Tensor]


class GraphedStep:
    """Takes steps as `step(indices, noise)` does, from a CUDA graph once one could be captured.

    Everything that changes between steps, besides the indices, has to reach `step` in tensors that it always reads from
    the same place. A batch of another size than `batch_size`, the last of an epoch, is stepped without the graph; so is
    every batch where capture fails.

    Args:
        step: batch indices (..., B) and the generators of its noise → a tensor; it moves the weights.
        noise: of the device; after a failed capture others in the same state take their place.
    """

    def __init__(self, step: Step, noise: Sequence[torch.Generator], batch_size: int) -> None:
        self._step, self._noise, self._batch_size = step, noise, batch_size
        self._taken = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._failure = ""

    @property
    def path(self) -> str:
        """What ran: `CUDA graph`, or `eager` with the reason."""
        if self._graph is not None:
            return "CUDA graph"
        return f"eager (no CUDA graph: {self._failure})" if self._failure else "eager"

    def __call__(self, indices: Tensor) -> Tensor:
        """Take a step; what it returns is overwritten by the next one."""
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
        # Capture has a stream of its own, and what autograd keeps remembers the stream of its first use.
        here, aside = torch.cuda.current_stream(), torch.cuda.Stream()
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            terms = self._step(indices, self._noise)
        here.wait_stream(aside)
        return terms

    def _capture(self, indices: Tensor) -> bool:
        """Record a step without taking it."""
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
            # The old ones may believe that a capture is going on.
            self._noise = [torch.Generator(generator.device) for generator in self._noise]
            for generator, state in zip(self._noise, before, strict=True):
                generator.set_state(state)
            return False
        self._graph = graph
        return True
