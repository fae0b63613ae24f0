"""The glossary can be used: each word means one thing, and each entry is a sentence that fits under the pointer."""

from vae.glossary import TERMS
from vae.ui.frame import pages
from vae.ui.tour.scenes import SCENES


def test_each_word_stands_for_one_term() -> None:
    words = [word for term in TERMS for word in (term.name, *term.words)]
    assert len(words) == len(set(words))
    assert len({term.anchor for term in TERMS}) == len(TERMS)


def test_each_definition_is_whole_and_fits_under_the_pointer() -> None:
    for term in TERMS:
        assert term.definition[0].isupper()
        assert term.definition.endswith(".")
        assert len(term.hover) < 420, term.name
        assert '"' not in term.hover, term.name  # it is the title of a link
        assert bool(term.formula) == bool(term.latex), term.name


def test_what_is_to_be_seen_of_a_term_is_in_the_app() -> None:
    known = {page.name for page in pages.PAGES} | {f"tour?scene={number}" for number in range(1, len(SCENES) + 1)}
    for term in TERMS:
        assert set(term.see) <= known, term.name
    seen = {term.name for term in TERMS if term.see}
    assert seen >= {"posterior", "prior", "KL", "interpolation", "sample", "active unit"}


def test_the_glossary_is_in_order() -> None:
    names = [term.name.lower().replace("β", "beta").replace("σ", "sigma") for term in TERMS]
    assert names == sorted(names)
