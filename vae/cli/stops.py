"""Signals that stop a command, and what its user is told of what is left."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Ctrl-C, `kill`, and a terminal that was closed


class StoppedError(KeyboardInterrupt):
    """A signal that stops a command. As a KeyboardInterrupt it passes by whatever handles errors."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def until_stopped(main: Callable[[], int]) -> int:
    """Run `main`, in which the signals raise `StoppedError`, and return its exit status, or 128 + the signal.

    What is ignored already stays so: `nohup` and shells that start commands in the background want it.
    """
    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    try:
        for number in heard:
            signal.signal(number, _stop)
        return main()
    except KeyboardInterrupt as stop:  # a second one, while `main` told of the first
        return exit_status(stop)
    finally:
        for number in heard:
            signal.signal(number, signal.SIG_IGN)  # what is left to do takes a moment, and removes leftovers


def _stop(number: int, frame: FrameType | None) -> None:
    raise StoppedError(number)


def exit_status(stop: KeyboardInterrupt) -> int:
    """Return the exit status of a command that was stopped, as shells give it."""
    return 128 + (stop.number if isinstance(stop, StoppedError) else signal.SIGINT)


@contextmanager
def telling(left: Callable[[], str]) -> Iterator[None]:
    """Let a stop within the block carry the words of `left`, which say what is left and are asked for then."""
    try:
        yield
    except KeyboardInterrupt as stop:
        stop.add_note(left())
        raise
