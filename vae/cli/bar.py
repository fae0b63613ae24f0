"""A progress bar on standard error."""

import os
import shutil
import sys
import time
from types import TracebackType

from vae.cli.streams import printable, say, show

WIDTH = 30


class ProgressBar:
    """A progress bar with the time left, on standard error, for a block; it is drawn only on a terminal that can.

    It needs no escape codes: a carriage return and blanks erase it.
    """

    def __init__(self, name: str) -> None:
        self.name, self.began, self.drawn = name, time.monotonic(), 0.0
        self._able = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._length = 0  # of what is drawn now

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.clear()

    def step(self, progress: float) -> None:
        """Draw the bar at `progress`, a fraction from 0 to 1, and the time left, at most ten times a second."""
        now = time.monotonic()
        if not self._able or now - self.drawn < 0.1 or progress <= 0:
            return
        self.drawn = now
        left = (now - self.began) * (1 - progress) / progress
        filled = round(WIDTH * progress)
        bar = "█" * filled + "░" * (WIDTH - filled)
        text = printable(f"{self.name} {bar} {progress:4.0%}  {left:.0f} s left")
        # A line that is as long as the terminal is wide would begin another, which nothing erases.
        text = text[: shutil.get_terminal_size().columns - 1]
        show("\r" + text.ljust(self._length))
        self._length = len(text)

    def clear(self) -> None:
        """Erase the bar."""
        if self._length:
            show("\r" + " " * self._length + "\r")
            self._length = 0

    def line(self, text: str) -> None:
        """Erase the bar and print a line of text."""
        self.clear()
        say(text)
