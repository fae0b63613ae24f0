"""The words of a page as its reader has them before anything is unfolded."""

import re
from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.helpers.app import texts

MOST_WORDS = 200  # of a page, outside of widgets and tables
_LINK = re.compile(r"\[([^]]+)\]\(glossary\?[^)]*?\"[^\"]*\"\)")
_SAID = ("markdown", "caption", "info", "warning", "error", "success", "title", "header", "subheader")


def unlinked(text: str) -> str:
    """Return a Markdown text without its links to the glossary."""
    return _LINK.sub(r"\1", text)


def plain_texts(app: AppTest) -> str:
    """All words of a page outside of its widgets and headings, folded or not, without links to the glossary."""
    return unlinked(texts(app))


def words_in_view(app: AppTest) -> int:
    """Count the words of the page that are not folded away, outside of widgets, tables and style sheets."""
    said = [unlinked(text) for text in _said(app.main) if not text.startswith(("<style>", "|"))]
    return sum(bool(re.search(r"\w", word)) for text in said for word in text.split())


def _said(block: Any) -> Iterator[str]:
    for child in block.children.values():
        if child.type == "expander":
            continue
        if hasattr(child, "children"):
            yield from _said(child)
        elif child.type in _SAID:
            yield str(child.value)
