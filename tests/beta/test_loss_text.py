"""Text that is no Python: it is taken apart with work that has a bound."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

from vae.beta.loss_text import MOST_PARSED, parse

parsed = ast.parse


@pytest.mark.parametrize(
    "text",
    [
        ("x = [" + "1," * 200 + "\n") * 45,  # no line of it ever ends
        ("x = '''" + "y" * 400 + "\n") * 45,
        ("x = [\n" + "1,\n" * 38 + "]\n  y\n") * 300,
        "(\n" * 9_000,
    ],
)
def test_text_that_never_ends_is_given_up(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []

    def counting(one: str, *rest: Any) -> ast.AST:
        lengths.append(len(one))
        return parsed(one, *rest)

    monkeypatch.setattr("vae.beta.loss_text.ast.parse", counting)
    _, unread = parse(text)
    assert sum(lengths) < MOST_PARSED + 2 * len(text)
    assert unread[-1].endswith("and what follows,")


@pytest.mark.parametrize("change", [str, lambda text: text.replace("\n", "\r\n"), lambda text: text + "\n\f\n"])
def test_statements_between_lines_of_prose_are_found(change: Callable[[str], str]) -> None:
    text = "The loss is\n    a = (1 +\n        2)\n  b = '''x\ny'''\nwhere a is large\nif a:\n    b"
    statements, unread = parse(change(text))
    assert [type(one).__name__ for one in statements] == ["Assign", "Assign", "If"]
    assert unread == ["The loss is", "where a is large"]
