"""A list of runs that follows the compared pair until the user chooses others."""

from collections.abc import Container

import streamlit as st


def follow(key: str, pair: list[str], known: Container[str]) -> None:
    """Put the compared pair into the list `key` if it still holds the pair of before; call it before it is drawn.

    Args:
        pair: names of the compared checkpoints.
        known: names of all checkpoints; others, which have been deleted or renamed, leave the list.
    """
    before = st.session_state.get(f"{key}_pair")
    st.session_state[f"{key}_pair"] = pair
    chosen = st.session_state.get(key)
    if chosen is None:
        return
    if before is not None and before != pair and sorted(chosen) == sorted(before):
        st.session_state[key] = pair
    elif not all(name in known for name in chosen):
        st.session_state[key] = [name for name in chosen if name in known]
