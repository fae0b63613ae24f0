"""How far a long computation has come, as a fraction told to a callback; what the callback raises ends it."""

from collections.abc import Callable

Report = Callable[[float], object]


def part(report: Report | None, start: float, end: float) -> Report:
    """The callback of a part of the work, whose own 0 to 1 is from `start` to `end` of the whole; None listens not."""
    if report is None:
        return lambda fraction: None
    return lambda fraction: report(start + (end - start) * fraction)
