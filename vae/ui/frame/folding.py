"""Where the comparison of a retraining is open: on the page where it was started; elsewhere it is one line."""

import streamlit as st

_KEY = "comparison_open"  # titles of the pages where it is open


def begin() -> None:
    """Open the comparison of a retraining that starts on this page, and fold it elsewhere."""
    st.session_state[_KEY] = {_page()}


def is_open() -> bool:
    """Tell whether the comparison is open on this page; a session that came by an address opens it on its first."""
    return _page() in st.session_state.setdefault(_KEY, {_page()})


def button() -> None:
    """Draw the button that opens or folds the comparison on this page."""
    shown = is_open()
    st.button(
        "Hide the comparison" if shown else "Show the comparison",
        key="fold_before_after",
        icon=f":material/{'unfold_less' if shown else 'unfold_more'}:",
        on_click=_turn,
    )


def _turn() -> None:
    is_open()
    st.session_state[_KEY] ^= {_page()}


def _page() -> str:
    # The form, which is drawn before any comparison, has noted it.
    return str(st.session_state.get("kept", {}).get("page", ""))
