"""The number of seeds that the form asks for, and whether the queue has room for a run of each."""

import streamlit as st

from vae.jobs.limits import WAITING_EACH
from vae.ui.shared import server
from vae.ui.shared.identity import session

KEY, MOST = "seeds", 20


def choose() -> None:
    """Draw the field."""
    st.number_input(
        "Number of seeds",
        1,
        MOST,
        1,
        key="seeds",
        help="Retrain queues one run for each seed, from the seed above upwards. The runs differ in nothing else, so "
        "that their spread shows how much of a result is chance. Before and after is shown for the first of them.",
        bind="query-params",
    )


def count() -> int:
    """Return the number that the form asks for, also before its field is drawn."""
    return int(st.session_state.get(KEY, 1))


def problem() -> str:
    """Say that the queue has no room for so many runs now, and what to do; "" where it has."""
    asked, room = count(), server.trainer().room(session())
    if asked == 1 or asked <= room:
        return ""
    return (
        f"There is no room for {asked} seeds: {WAITING_EACH} runs of one visitor may wait at a time, so that "
        f"{_at_most(room)} now. Choose fewer seeds in All settings, or use `python -m vae sweep --seeds {asked}`."
    )


def _at_most(room: int) -> str:
    if room == 0:
        return "none can be added"
    return f"at most {room} {'runs' if room > 1 else 'run'} can be started"
