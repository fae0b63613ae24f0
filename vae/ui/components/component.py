"""A Streamlit component made of the files in the folder of its name."""

from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def component(name: str, *before: str, script: str = "") -> Any:
    """The component of NAME/NAME.html, .css and .js, or `script` in its place; the scripts `before` stand in front."""
    scripts = (*before, f"{name}/{script or name}.js")
    return st.components.v2.component(
        name,
        html=(_HERE / name / f"{name}.html").read_text(encoding="utf-8"),
        css=(_HERE / name / f"{name}.css").read_text(encoding="utf-8"),
        js="".join((_HERE / script).read_text(encoding="utf-8") for script in scripts),
    )


def rerun() -> None:
    """Nothing: a component's state must have a callback, and what it says is read by the run that follows."""
