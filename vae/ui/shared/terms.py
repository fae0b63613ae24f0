"""Terms in texts: the first use of each is a link to the glossary, whose definition appears under the pointer."""

import re

from vae.glossary import TERMS, Term

_BY_WORD = {word: term for term in TERMS for word in (term.name, *term.words)}
# Code, links and formulas stay as they are.
_LEFT_ALONE = r"`[^`]*`|!?\[[^\]]*\]\([^)]*\)|\$[^$]*\$|:material/\w+:"
_WORDS = "|".join(re.escape(word) for word in sorted(_BY_WORD, key=len, reverse=True))
_PATTERN = re.compile(rf"{_LEFT_ALONE}|(?<![\w-])(?P<word>{_WORDS})(?![\w-])")


def explained(text: str, *known: Term) -> str:
    """Return a Markdown text with the first use of each term of the glossary linked to its definition.

    Args:
        known: terms that stay as they are, such as the one that the text is about.
    """
    seen = set(known)

    def link(match: re.Match[str]) -> str:
        word = match["word"]
        if word is None or (term := _BY_WORD[word]) in seen:
            return match[0]
        seen.add(term)
        return f'[{word}](glossary?term={term.anchor} "{term.hover}")'

    return _PATTERN.sub(link, text)


def definition(word: str) -> str:
    """Return a term's definition and equation in Markdown, for the help of a widget.

    Raises:
        KeyError: for a word that the glossary does not have.
    """
    term = _BY_WORD[word]
    return f"{term.definition}\n\n${term.latex}$" if term.latex else term.definition
