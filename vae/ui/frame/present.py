"""Presenting a page: the bar in the place of title and sidebar, and the keys."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from vae.ui.components.component import component
from vae.ui.frame import pages
from vae.ui.frame.pages import Page
from vae.ui.shared.presenting import PARAMETER, carried

# The pages that a lecture goes through with the arrow keys, in the order of the sidebar.
MAIN = (
    pages.LATENT_SPACES,
    pages.SAMPLES,
    pages.BETA,
    pages.RANDOM_LATENTS,
    pages.INTERPOLATION,
    pages.DRAW,
)
BACK, NEXT = "present_back", "present_next"  # the keys of what steps through pages or scenes
_keys = component("keys")


@dataclass(frozen=True)
class Steps:
    """A page that has scenes of its own: the title and the words of this one, and what draws the way to the others."""

    title: str
    words: str  # in Markdown
    draw: Callable[[], None]  # draws two elements with the keys `BACK` and `NEXT`


def offer() -> None:
    """Draw the button that presents this page."""
    st.button(
        "Present",
        key="present",
        icon=":material/slideshow:",
        type="tertiary",
        help="Fills the window with the picture, in type for a room: no sidebar, and words are folded.",
        on_click=_set,
        args=("1",),
    )


def bar(page: Page, question: str, steps: Steps | None) -> Callable[[], None]:
    """Draw the title of a presented page, whose place gives the page to the picture, and return what draws the rest.

    The title comes before the sidebar, which never appears then. The rest needs the session, which the sidebar fills.

    Args:
        question: the page's question and what to look for, in Markdown.
    """
    row = st.container(key="presenting", horizontal=True, vertical_alignment="center")
    row.title(steps.title if steps else page.title, anchor=False, width="stretch")

    def rest() -> None:
        with row:
            with st.popover("Words", icon=":material/notes:", help="The question, and what to look for"):
                st.markdown(steps.words if steps else question)
            if steps:
                steps.draw()
            else:
                _neighbours(page)
            keys(again=carried())
            st.button(
                "Leave",
                key="present_leave",
                icon=":material/close:",
                help="Back to the whole page (Escape)",
                on_click=_set,
                args=("",),
            )

    return rest


def keys(*, again: dict[str, str] | None = None) -> None:
    """Listen to the arrow keys and, with the parameters of a fresh start, draw its button and listen to R and Escape.

    What has the focus and uses keys itself, such as a field, a slider or the latent map, gets them alone.
    """
    presses = {"ArrowLeft": BACK, "ArrowRight": NEXT, "PageUp": BACK, "PageDown": NEXT}
    if again is not None:
        presses["Escape"] = "present_leave"
    data: dict[str, Any] = {"presses": {key: f".st-key-{name} :is(a, button)" for key, name in presses.items()}}
    _keys(key="keys", data=data | {"again": again}, width="content")


def neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """Return the main page before a page, in the order of the sidebar, and the one after it; None at the ends."""
    place = pages.PAGES.index(page)
    before = [one for one in MAIN if pages.PAGES.index(one) < place]
    after = [one for one in MAIN if pages.PAGES.index(one) > place]
    return (before[-1] if before else None), (after[0] if after else None)


def _neighbours(page: Page) -> None:
    sides = ((BACK, "Back", "arrow_back"), (NEXT, "Next", "arrow_forward"))
    for neighbour, (key, label, icon) in zip(neighbours(page), sides, strict=True):
        if neighbour is not None:
            with st.container(key=key, width="content"):
                st.page_link(
                    neighbour.path,
                    label=label,
                    icon=f":material/{icon}:",
                    help=neighbour.title,
                    query_params=carried(),
                )


def _set(value: str) -> None:
    """Begin or end presenting, in a callback."""
    if value:
        st.query_params[PARAMETER] = value
    elif PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
