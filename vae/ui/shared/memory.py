"""Memory that the server gives back at quiet moments: garbage, and what sessions that have left held."""

import atexit
import gc
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import streamlit as st
from streamlit.runtime import Runtime

from vae.memory import give_back
from vae.ui.shared import visits

QUIET = 20.0  # seconds without a page, after which nobody waits
GONE = 150.0  # seconds without a page, after which Streamlit forgets the sessions that have left: it keeps them 120
LONGEST = 240.0  # seconds between two times, where pages come all the time; a shorter pause is then taken
PAUSE = 2.0
LOOK_SECONDS = 1.0  # between two looks at the clock


class Quiet:
    """A clock that tells when to give memory back; all times are in seconds."""

    def __init__(self, now: float) -> None:
        self._given = now

    def is_due(self, now: float, visited: float) -> bool:
        """Tell whether it is time to give memory back, and note that it is being done if so.

        It is, once each, when nobody has opened a page for `QUIET` and for `GONE`, and at a `PAUSE` after `LONGEST`.

        Args:
            visited: when somebody last opened a page.
        """
        quiet, since = now - visited, now - self._given
        due = any(quiet >= wait > self._given - visited for wait in (QUIET, GONE))
        due = due or (since >= LONGEST and PAUSE <= quiet < QUIET)
        if due:
            self._given = now
        return due


@st.cache_resource(show_spinner=False)
def begin() -> None:
    """Give memory back from now on, in a thread, whenever it is due."""
    with suppress(RuntimeError):  # the system has no thread left, and the server does without
        threading.Thread(target=watch, args=(Quiet(time.monotonic()), forget_sessions), daemon=True).start()


def watch(quiet: Quiet, before: Callable[[], object]) -> None:
    """Give memory back whenever it is due, for ever; `before` is called first, and `settle` after the first time."""
    settled = False
    while True:
        time.sleep(LOOK_SECONDS)
        if quiet.is_due(time.monotonic(), visits.last()):
            before()
            give_back()
            if not settled:
                settle()
                settled = True


def settle() -> None:
    """Keep all that is there out of garbage collections from now on; call it once, after a collection.

    Modules and what all sessions share live as long as the server, and every full collection would look through their
    300,000 objects again.
    """
    gc.freeze()
    # At the exit, libraries complain about objects that the last garbage collection did not reach.
    atexit.register(gc.unfreeze)


def forget_sessions() -> None:
    """Have Streamlit drop the sessions that left two minutes ago, which it does only when it looks at them."""
    with suppress(AttributeError, RuntimeError):  # there is no server, or a Streamlit whose inside is another
        runtime = Runtime.instance()
        loop, sessions = runtime._get_async_objs().eventloop, runtime._session_mgr
        loop.call_soon_threadsafe(sessions.list_sessions)
        time.sleep(LOOK_SECONDS)  # until that is done
