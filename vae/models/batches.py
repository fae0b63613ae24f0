"""Compute something of any number of images or latents in batches, as many at once as there are cores to spare."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import torch

from vae.progress import Report

R = TypeVar("R")
_at_once = [1]


def set_batches_at_once(count: int) -> None:
    """Let this process compute so many batches at once on its CPU; 1 at first, since torch itself uses threads.

    Where torch has been told to use one thread and nothing else trains, as in a server, this uses the other cores.
    """
    _at_once[0] = max(1, count)


def by_batches(
    compute: Callable[[slice], R],
    count: int,
    size: int,
    device: torch.device,
    on_progress: Report | None = None,
) -> list[R]:
    """Call `compute`, without gradients, with the rows of each batch, at most `size` of `count` rows.

    Args:
        on_progress: called with the fraction done after every batch; an exception that it raises ends the computation.

    Returns:
        What `compute` has returned for each batch, in order.
    """

    @torch.no_grad()  # each thread has a switch of its own
    def one(rows: slice) -> R:
        return compute(rows)

    batches = [slice(start, min(start + size, count)) for start in range(0, max(count, 1), size)]
    at_once = min(_at_once[0], len(batches)) if device.type == "cpu" else 1
    found: list[R] = []
    for result in map(one, batches) if at_once == 1 else _together(one, batches, at_once):
        found.append(result)
        if on_progress is not None:
            on_progress(len(found) / len(batches))
    return found


def _together(one: Callable[[slice], R], batches: Iterable[slice], at_once: int) -> Iterator[R]:
    """Yield what `one` returns for each batch, in order, with `at_once` of them in threads."""
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(at_once) as pool:
        for rows in batches:
            waiting.append(pool.submit(one, rows))
            # Few are handed over at a time: a process that ends waits for all that were.
            if len(waiting) > at_once:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
