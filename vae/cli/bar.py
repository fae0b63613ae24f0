"""A progress bar on standard error."""

import sys
import time


class ProgressBar:
    """A progress bar with the time left, on standard error; it is drawn only on a terminal."""

    def __init__(self, name: str) -> None:
        self.name, self.began, self.drawn = name, time.monotonic(), 0.0

    def step(self, progress: float) -> None:
        """Draw the bar at `progress`, a fraction from 0 to 1, and the time left, at most ten times a second."""
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self.drawn < 0.1 or progress <= 0:
            return
        self.drawn = now
        left = (now - self.began) * (1 - progress) / progress
        filled = round(30 * progress)
        bar = "█" * filled + "░" * (30 - filled)
        print(f"\r\033[K{self.name} {bar} {progress:4.0%}  {left:.0f} s left", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Erase the bar."""
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def line(self, text: str) -> None:
        """Erase the bar and print a line of text."""
        self.clear()
        print(text, file=sys.stderr, flush=True)
