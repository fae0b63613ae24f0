"""Glossary: all terms of the pages with definitions and equations, and links to pictures of them."""

import streamlit as st

from vae.glossary import TERMS, Term
from vae.ui.frame import page, pages
from vae.ui.shared.terms import explained
from vae.ui.tour.scenes import SCENES

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
        if seen := _see(term):
            st.markdown(seen)


def _see(term: Term) -> str:
    """Return links to the pictures of a term in Markdown; "" where there is none."""
    links = ", ".join(f"[{_place(address)}]({_relative(address)})" for address in term.see)
    return f"See it: {links}" if links else ""


def _place(address: str) -> str:
    """Name the page of an address, and the question of its scene if it is one of the tour."""
    name, _, scene = address.partition("?scene=")
    title = next(one.title for one in pages.PAGES if one.name == name)
    return f"{title}, “{SCENES[int(scene) - 1].question}”" if scene else title


def _relative(address: str) -> str:
    return "./" if address == pages.LATENT_SPACES.name else address


def _row(term: Term) -> str:
    """Return a term's row in Markdown: its name and other words, its definition, and below that equation and links."""
    name = f"**{term.name}**" + (f"<br><small>{', '.join(term.words)}</small>" if term.words else "")
    equation = f"<br>$\\displaystyle {term.latex}$" if term.latex else ""
    pictures = f"<br>{seen}" if (seen := _see(term)) else ""
    cells = f"{name}\n{explained(term.definition, term)}{equation}{pictures}".replace(r"\|", r"\Vert ")
    return f"| {cells.replace('|', BAR)} |".replace("\n", " | ")


def _all_words(term: Term) -> str:
    return " ".join((term.name, *term.words, term.definition)).lower()


page.begin(pages.GLOSSARY, "Terms are underlined with dots on all pages; their definitions appear under the pointer.")
show(st.query_params.get("term", ""))
