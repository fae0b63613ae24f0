"""The glossary can be used: each word means one thing, and each entry is a sentence that fits under the pointer."""

from vae.glossary import TERMS


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


def test_the_glossary_is_in_order() -> None:
    names = [term.name.lower().replace("β", "beta").replace("σ", "sigma") for term in TERMS]
    assert names == sorted(names)
