"""How fast runs train on this machine: what the last run of these settings reached, or else a measurement."""

from dataclasses import dataclass

FIRST_WAIT = 20.0  # seconds from the first measurement to the next: the machine may be busy starting at the first time
LONGEST_WAIT = 640.0
AGREEMENT = 1.25  # measurements whose ratio is smaller say the same


@dataclass
class _Speed:
    images_per_second: float = 0.0
    asked: float | None = None  # time of the last request for a measurement
    wait: float = FIRST_WAIT


class Speeds:
    """The images per second of each run of a job, by a key of the settings that decide them; times are in seconds.

    The latest figure counts, whether a run or a measurement gave it, because a machine is busier at one time than at
    another. A measurement is asked for again and again, twice as long after the last one if that changed little.
    """

    def __init__(self) -> None:
        self._speeds: dict[str, _Speed] = {}

    def get(self, key: str) -> float | None:
        """Return the latest speed of these settings; None until one is known."""
        known = self._speeds.get(key)
        return known.images_per_second or None if known else None

    def ask(self, key: str, now: float) -> bool:
        """Tell whether it is time to measure these settings, and note that it is being done if so."""
        known = self._speeds.setdefault(key, _Speed())
        if known.asked is not None and now - known.asked < known.wait:
            return False
        known.asked = now
        return True

    def take_measured(self, key: str, images_per_second: float) -> None:
        """Take what the idle worker has measured."""
        known = self._speeds.setdefault(key, _Speed())
        ratio = images_per_second / known.images_per_second if known.images_per_second else 0.0
        agrees = 1 / AGREEMENT < ratio < AGREEMENT
        known.wait = min(LONGEST_WAIT, 2 * known.wait) if agrees else FIRST_WAIT
        known.images_per_second = images_per_second

    def take_reached(self, key: str, images_per_second: float, now: float) -> None:
        """Take what a run has just reached over an epoch; it counts until the next measurement."""
        self._speeds[key] = _Speed(images_per_second, now)

    def forget(self) -> None:
        """Forget all speeds, as for a new worker."""
        self._speeds.clear()
