"""Glossary: all terms of the pages with definitions and equations."""

import streamlit as st

from vae.glossary import TERMS
from vae.ui.frame import page, pages


def show(asked: str) -> None:
    """Draw the entry that a link asks for, and below it all entries in the order of the alphabet."""
    for term in sorted(TERMS, key=lambda one: one.anchor != asked):
        with st.container(border=term.anchor == asked, key=f"term_{term.anchor}"):
            st.markdown(f"**{term.name}**  \n{term.definition}")
            if term.latex:
                st.latex(term.latex)
            if term.words:
                st.caption(f"Also written: {', '.join(term.words)}.")


page.begin(pages.GLOSSARY, "Terms are underlined with dots on all pages; their definitions appear under the pointer.")
show(st.query_params.get("term", ""))
