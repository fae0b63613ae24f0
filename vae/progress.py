"""Progress of a long computation, reported to a callback as a fraction from 0 to 1.

An exception that the callback raises ends the computation.
"""

from collections.abc import Callable

Report = Callable[[float], object]


def part(report: Report | None, start: float, end: float) -> Report:
    """Return a callback for one stage: its 0 to 1 is reported as `start` to `end`.

    With `report=None` nothing is reported.
    """
    if report is None:
        return lambda fraction: None
    return lambda fraction: report(start + (end - start) * fraction)
