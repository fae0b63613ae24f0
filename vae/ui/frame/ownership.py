"""Whose a run is: the session's that asked for it, or of one that came back to it by its address."""

from typing import Protocol

from streamlit.runtime import Runtime

from vae.ui.shared.identity import session


class Owned(Protocol):
    """A run or an import."""

    @property
    def owner(self) -> str: ...


def owns(job: Owned) -> bool:
    """Tell whether a run or an import is this session's to cancel.

    A page that is loaded again is a new session, and has the run's id from its address. So has everybody else who got
    that address: a run whose own session is connected no more can be cancelled by whoever has its id.
    """
    return job.owner == session() or not is_connected(job.owner)


def is_connected(owner: str) -> bool:
    """Tell whether a browser still shows the page of a session, given its `session` id."""
    return Runtime.exists() and Runtime.instance().is_active_session(owner.partition(" ")[2])
