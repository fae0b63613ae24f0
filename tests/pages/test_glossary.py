"""The glossary has every term, and the one that a link asks for comes first."""

from tests.helpers.app import open_page
from vae.glossary import TERMS
from vae.ui.frame import pages


def test_a_link_puts_its_term_first_and_all_others_follow() -> None:
    app = open_page(pages.GLOSSARY, term="prior")
    entries = [one.value for one in app.main.markdown if one.value.startswith("**") and "  \n" in one.value][1:]
    assert entries[0].startswith("**prior**")
    assert len(entries) == len(TERMS)
    assert len(app.get("latex")) == sum(bool(term.latex) for term in TERMS)
