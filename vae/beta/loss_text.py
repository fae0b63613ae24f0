"""The text of a loss as Python statements; lines that are no Python are set aside."""

import ast
import textwrap
import warnings

PARSER_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)
MOST_UNREAD = 10  # lines that are no Python, after which the rest of the text is not read


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
    while lines and len(unread) < MOST_UNREAD:
        for count in range(1, min(len(lines), 40) + 1):
            part = _statements(textwrap.dedent("\n".join(lines[:count])).lstrip())
            if part is not None:
                found += part
                break
        else:
            count = 1
            unread.append(lines[0].strip()[:60])
        lines = lines[count:]
    if lines:
        unread.append(f"{lines[0].strip()[:60]}, and what follows,")
    return found, unread


def _statements(text: str) -> list[ast.stmt] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the compiler's warnings about someone else's literals
            return ast.parse(text).body
    except PARSER_ERRORS:
        return None
