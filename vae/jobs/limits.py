"""Limits of the queue that all sessions share, so that nobody's runs keep everybody else's waiting."""

from collections.abc import Sequence

from vae.errors import VaeError

WAITING, WAITING_EACH = 100, 3  # jobs that may wait at a time: of all sessions, and of each


class QueueError(VaeError):
    """A run that the queue has no place for; the message is one sentence for the user."""


def check_room(waiting: Sequence[str], owner: str) -> None:
    """Check that one more job may wait, given the owners of those that wait; "" is nobody in particular.

    Raises:
        QueueError: when `WAITING_EACH` jobs of its owner, or `WAITING` jobs in all, wait already.
    """
    if owner and waiting.count(owner) >= WAITING_EACH:
        raise QueueError(f"{WAITING_EACH} of your runs wait already; cancel one of them, or wait until one begins.")
    if len(waiting) >= WAITING:
        raise QueueError(f"{WAITING} runs wait already; try again when some of them have ended.")
