"""Text from outside, such as names of files and what they hold, made harmless for Markdown."""

import re

LONGEST = 300  # characters of a text that are shown


def plain(text: str) -> str:
    """Return a text in one line, at most 300 characters of it, in which Markdown finds nothing to draw."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
    return re.sub(r"([\\`*{}\[\]<>#|~$]|(?<!\w)_|_(?!\w))", r"\\\1", line)
