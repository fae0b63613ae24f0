"""A Streamlit component made of the files of its name in assets/."""

from pathlib import Path
from typing import Any

import streamlit as st

_ASSETS = Path(__file__).parent / "assets"


def component(name: str, *before: str) -> Any:
    """The component of assets/NAME.html, .css and .js; the scripts `before` stand in front of its own."""
    scripts = (*before, f"{name}.js")
    return st.components.v2.component(
        name,
        html=(_ASSETS / f"{name}.html").read_text(encoding="utf-8"),
        css=(_ASSETS / f"{name}.css").read_text(encoding="utf-8"),
        js="".join((_ASSETS / script).read_text(encoding="utf-8") for script in scripts),
    )


def rerun() -> None:
    """Nothing: a component's state must have a callback, and what it says is read by the run that follows."""
