"""Glossary: all terms of the pages with definitions and equations."""

import streamlit as st

from vae.glossary import TERMS, Term
from vae.ui.frame import page, pages
from vae.ui.shared.terms import explained

BAR = r"\|"  # within a cell, where a bar by itself would end it


def show(asked: str) -> None:
    """Draw the entry that a link asks for, a field to find terms with, and the table of those that fit."""
    for term in TERMS:
        if term.anchor == asked:
            _first(term)
    sought = st.text_input(
        "Find a term",
        key="sought",
        placeholder="Part of a term or of its definition",
        width=320,
        persist_state="session",
    )
    found = [term for term in TERMS if sought.strip().lower() in _all_words(term)]
    if not found:
        st.info(f"No entry has “{sought.strip()}” in it. Clear the field to see all {len(TERMS)} terms.")
        return
    with st.container(key="glossary"):
        st.markdown("\n".join(("| Term | What it means |", "| :-- | :-- |", *map(_row, found))), unsafe_allow_html=True)


def _first(term: Term) -> None:
    with st.container(border=True, key=f"term_{term.anchor}"):
        st.subheader(term.name, anchor=False)
        st.markdown(explained(term.definition, term))
        if term.latex:
            st.latex(term.latex)


def _row(term: Term) -> str:
    """Return a term's row in Markdown: its name and other words for it, its definition, and its equation below that."""
    name = f"**{term.name}**" + (f"<br><small>{', '.join(term.words)}</small>" if term.words else "")
    equation = f"<br>$\\displaystyle {term.latex}$" if term.latex else ""
    cells = f"{name}\n{explained(term.definition, term)}{equation}".replace(r"\|", r"\Vert ")
    return f"| {cells.replace('|', BAR)} |".replace("\n", " | ")


def _all_words(term: Term) -> str:
    return " ".join((term.name, *term.words, term.definition)).lower()


page.begin(pages.GLOSSARY, "Terms are underlined with dots on all pages; their definitions appear under the pointer.")
show(st.query_params.get("term", ""))
