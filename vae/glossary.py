"""The terms that the pages use, each with a definition and, where there is one, its equation.

They stand in `glossary.toml`. A page links a term to its entry (`ui/shared/terms.py`), and the page Glossary lists all.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """A term: its name, other words under which texts use it, definition and equation, and where to see it."""

    name: str
    definition: str
    formula: str = ""
    latex: str = ""
    words: tuple[str, ...] = ()
    see: tuple[str, ...] = ()  # addresses of pages, or of scenes of the tour, with a picture of it

    @property
    def anchor(self) -> str:
        """The word that stands for the term in an address: lower case, with hyphens for spaces."""
        return "-".join(self.name.lower().replace("β", "beta").replace("σ", "sigma").replace("-", " ").split())

    @property
    def hover(self) -> str:
        """Definition and equation in one line of plain text."""
        return f"{self.definition} {self.formula}".strip()


def _read() -> tuple[Term, ...]:
    entries = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["term"]
    lists = [{key: tuple(entry.get(key, ())) for key in ("words", "see")} for entry in entries]
    return tuple(Term(**entry | several) for entry, several in zip(entries, lists, strict=True))


TERMS = _read()
