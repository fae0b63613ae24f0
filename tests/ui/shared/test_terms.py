"""Terms in texts are linked to their definitions, once each, and nothing else in a text changes."""

import re

import pytest

from vae.glossary import TERMS
from vae.ui.shared.terms import definition, explained


def test_the_first_use_of_a_term_is_linked_with_its_definition() -> None:
    told = explained("The KL draws codes to the prior; the KL costs nats.")
    assert re.findall(r"\[([^]]+)\]\(glossary\?term=([\w-]+) \"", told) == [
        ("KL", "kl"),
        ("codes", "code"),
        ("prior", "prior"),
        ("nats", "nat"),
    ]
    assert "The Kullback-Leibler divergence" in told
    assert (
        re.sub(r"\[([^]]+)\]\([^)]*?\"[^\"]*\"\)", r"\1", told) == "The KL draws codes to the prior; the KL costs nats."
    )


@pytest.mark.parametrize("text", ["`KL`", "[the KL](https://example.org)", "$KL$", "decode", "recoded", "size-z"])
def test_code_links_formulas_and_parts_of_words_stay_as_they_are(text: str) -> None:
    assert explained(text) == text


def test_a_text_does_not_link_what_it_is_about() -> None:
    (kl,) = (term for term in TERMS if term.name == "KL")
    assert explained("The KL costs nats.", kl).startswith("The KL costs [nats](")


def test_a_definition_has_its_equation_and_an_unknown_word_is_refused() -> None:
    assert "\\mathrm{KL}" in definition("KL")
    assert definition("epochs") == "One pass of training over all training images."
    with pytest.raises(KeyError):
        definition("wombat")
