"""The way through the scenes: which one the address names, the buttons Back and Next, and what the last leads to."""

import streamlit as st

from vae.ui.frame.pages import Page
from vae.ui.frame.present import BACK, NEXT
from vae.ui.shared import presenting

PARAMETER = "scene"


def number(count: int) -> int:
    """Return the number of the scene that the address names, from 1; the first one if it names none of `count`."""
    asked = st.query_params.get(PARAMETER, "")
    return int(asked) if asked in map(str, range(1, count + 1)) else 1


def show(count: int, after: Page) -> None:
    """Draw Back, how far the tour is, and Next, which leads to the page `after` from the last scene.

    The arrow keys press them.
    """
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
    if here == count:
        with st.container(key=NEXT, width="content"):
            st.page_link(
                after.path,
                label="Next" if presenting.active() else f"Next: {after.title}",
                icon=":material/arrow_forward:",
                help=f"The tour ends here; Next leads to the page {after.title} (→)",
                query_params=presenting.carried() or None,
            )
        return
    st.button(
        "Next",
        key=NEXT,
        icon=":material/arrow_forward:",
        icon_position="right",
        type="primary",
        help="The next scene (→)",
        on_click=_go,
        args=(here + 1,),
    )


def _go(number: int) -> None:
    st.query_params[PARAMETER] = str(number)
