"""Limits of the queue that all sessions share, so that nobody's runs keep everybody else's waiting."""

from collections.abc import Sequence

from vae.errors import VaeError

WAITING, WAITING_EACH = 100, 3  # jobs that may wait at a time: of all sessions, and of each


class QueueError(VaeError):
    """A run that the queue has no place for; the message is one sentence for the user."""


def room(waiting: Sequence[str], owner: str) -> int:
    """Return how many more jobs may wait, given the owners of those that wait; "" is nobody in particular."""
    left = WAITING - len(waiting)
    return max(0, min(left, WAITING_EACH - waiting.count(owner)) if owner else left)


def check_room(waiting: Sequence[str], owner: str, count: int = 1) -> None:
    """Check that `count` more jobs may wait, given the owners of those that wait; "" is nobody in particular.

    Raises:
        QueueError: when more than `WAITING_EACH` jobs of its owner, or `WAITING` jobs in all, would wait.
    """
    if room(waiting, owner) >= count:
        return
    if owner and waiting.count(owner) + count > WAITING_EACH:
        if count == 1:
            raise QueueError(f"{WAITING_EACH} of your runs wait already; cancel one of them, or wait until one begins.")
        raise QueueError(f"At most {WAITING_EACH} runs of one visitor may wait; choose fewer seeds.")
    raise QueueError(f"{WAITING} runs wait already; try again when some of them have ended.")
