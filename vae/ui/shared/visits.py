"""When somebody last opened a page of this server, for work in the background that should wait until nobody does."""

import time

from streamlit.runtime.scriptrunner import get_script_run_ctx

_last = [time.monotonic()]
_uncounted: set[str] = set()


def note() -> None:
    """Record that this session's page is being drawn now."""
    context = get_script_run_ctx()
    if context is None or context.session_id not in _uncounted:
        _last[0] = time.monotonic()


def leave_out(session: str) -> None:
    """Count this session, which is the server's own, as nobody."""
    _uncounted.add(session)


def last() -> float:
    """Return when somebody last opened a page, by `time.monotonic`."""
    return _last[0]
