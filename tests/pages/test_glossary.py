"""The glossary has every term, finds them, and shows the one that a link asks for first."""

from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page
from vae.glossary import TERMS
from vae.ui.frame import pages
from vae.ui.tour.scenes import SCENES


def rows(app: AppTest) -> list[str]:
    """The rows of the table of terms."""
    tables = [one.value for one in app.main.markdown if one.value.startswith("| Term")]
    return tables[0].splitlines()[2:] if tables else []


def test_the_table_has_every_term_with_its_definition_and_equation() -> None:
    found = rows(open_page(pages.GLOSSARY))
    assert len(found) == len(TERMS)
    for term, row in zip(TERMS, found, strict=True):
        assert row.startswith(f"| **{term.name}**")
        assert row.replace(r"\|", "").count("|") == 3  # two cells, whatever bars the equation and its hover have
        assert ("$" in row) == bool(term.latex)
        assert f"term={term.anchor} " not in row  # an entry does not send its reader to itself


def test_a_link_puts_its_term_first_with_links_to_the_terms_that_define_it() -> None:
    app = open_page(pages.GLOSSARY, term="prior")
    assert [one.value for one in app.subheader if one.value == "prior"]
    assert len(app.get("latex")) == 1
    first = next(one.value for one in app.main.markdown if one.value.startswith("The distribution that"))
    assert "(glossary?term=vae " in first
    assert len(rows(app)) == len(TERMS)


def test_a_term_leads_to_pages_and_scenes_with_a_picture_of_it() -> None:
    app = open_page(pages.GLOSSARY, term="posterior")
    assert "See it: [Latent spaces](./), [Edit a code](edit_a_code)" in [one.value for one in app.main.markdown]
    (prior,) = [row for row in rows(app) if row.startswith("| **prior**")]
    assert f"See it: [Tour, “{SCENES[3].question}”](tour?scene=4)" in prior


def test_the_field_finds_terms_by_other_words_and_by_their_definitions() -> None:
    app = open_page(pages.GLOSSARY)
    app.text_input(key="sought").input("Autoencoder").run()
    assert [row.split("**")[1] for row in rows(app)] == ["AE", "VAE"]
    app.text_input(key="sought").input("wombat").run()
    assert rows(app) == []
    assert any("wombat" in one.value for one in app.info)
