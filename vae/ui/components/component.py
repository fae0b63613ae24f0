"""A Streamlit component made of the files in the folder of its name."""

from pathlib import Path
from typing import Any

import streamlit as st

from vae.ui.components.joined import joined

_HERE = Path(__file__).parent
_OF_ALL = (_HERE / "still.css", _HERE / "presented.css")


def component(name: str) -> Any:
    """Make the component of NAME/NAME.html, NAME/NAME.css and NAME/NAME.js with all that this script imports.

    Its style sheet ends with those of all components, which cannot see the page that they are in: for readers who
    asked for less motion, and for a presented page.
    """
    files = _HERE / name / name
    return st.components.v2.component(
        name,
        html=files.with_suffix(".html").read_text(encoding="utf-8"),
        css="\n".join(sheet.read_text(encoding="utf-8") for sheet in (files.with_suffix(".css"), *_OF_ALL)),
        js=joined(files.with_suffix(".js"), _HERE),
    )


def rerun() -> None:
    """Do nothing: a component's state must have a callback, and what it says is read by the run that follows."""
