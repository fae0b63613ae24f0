"""The text of a loss as Python statements; lines that are no Python are set aside."""

import ast
import textwrap
import warnings

PARSER_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)
MOST_UNREAD = 10  # lines that are no Python, after which the rest of the text is not read
MOST_LINES = 40  # of one statement, where the text is taken apart
MOST_PARSED = 400_000  # characters in all attempts together, so that no text takes longer than a moment


def parse(text: str) -> tuple[list[ast.stmt], list[str]]:
    """Return the statements of a text, and the lines of it that are no Python, each cut to 60 characters.

    Lines that were cut out of a function need not be indented alike.
    """
    whole = _statements(textwrap.dedent(text))
    if whole is not None:
        return whole, []
    found: list[ast.stmt] = []
    unread: list[str] = []
    lines = [line for line in text.splitlines() if line.strip()]
    at, allowance = 0, MOST_PARSED
    while at < len(lines) and len(unread) < MOST_UNREAD and allowance > 0:
        part, count, parsed = _first_statements(lines[at : at + MOST_LINES], allowance)
        if part is None:
            unread.append(lines[at].strip()[:60])
        else:
            found += part
        at, allowance = at + count, allowance - parsed
    if at < len(lines):
        unread.append(f"{lines[at].strip()[:60]}, and what follows,")
    return found, unread


def _first_statements(lines: list[str], allowance: int) -> tuple[list[ast.stmt] | None, int, int]:
    """Return the statements of as few of the first lines as are Python, their number, and the characters parsed."""
    parsed = 0
    for count in range(1, len(lines) + 1):
        part = textwrap.dedent("\n".join(lines[:count])).lstrip()
        parsed += len(part)
        if parsed > allowance:
            break
        found = _statements(part)
        if found is not None:
            return found, count, parsed
    return None, 1, parsed


def _statements(text: str) -> list[ast.stmt] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the compiler's warnings about someone else's literals
            return ast.parse(text).body
    except PARSER_ERRORS:
        return None
