"""The way through the scenes: which one the address names, and the buttons Back and Next."""

import streamlit as st

from vae.ui.frame.present import BACK, NEXT

PARAMETER = "scene"


def number(count: int) -> int:
    """Return the number of the scene that the address names, from 1; the first one if it names none of `count`."""
    asked = st.query_params.get(PARAMETER, "")
    return int(asked) if asked in map(str, range(1, count + 1)) else 1


def show(count: int) -> None:
    """Draw Back, how far the tour is, and Next; the arrow keys press these buttons."""
    here = number(count)
    st.button(
        "Back",
        key=BACK,
        icon=":material/arrow_back:",
        disabled=here == 1,
        help="The scene before (←)",
        on_click=_go,
        args=(here - 1,),
    )
    st.markdown(f"{here} of {count}", width="content")
    st.button(
        "Next",
        key=NEXT,
        icon=":material/arrow_forward:",
        icon_position="right",
        type="primary",
        disabled=here == count,
        help="The next scene (→)",
        on_click=_go,
        args=(here + 1,),
    )


def _go(number: int) -> None:
    st.query_params[PARAMETER] = str(number)
