"""Patterns in the expressions of a loss: squares, the summands of a KL, literals and the axes of reductions."""

import ast

from vae.beta.loss_terms import UNCLEAR
from vae.beta.loss_words import are_alike, last_name

MOST_SUMMANDS = 4  # of a KL: 1, log σ², μ² and σ²
_MOST_STEPS = 16  # from a sum to all of its summands
_LITERAL_ERRORS = (ValueError, TypeError, SyntaxError, MemoryError, RecursionError)  # as `ast.literal_eval` says


def number(value: object) -> float | None:
    """Return a number of the text as a float, infinity for a whole number beyond all floats; None for anything else."""
    if not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def literal(node: ast.Call, *names: str) -> object:
    """Return the literal given to a keyword argument of one of these names; None if there is no such argument.

    For what is not a literal, return "none" if it ends in that word, as `Reduction.NONE` does, and UNCLEAR otherwise.
    """
    for keyword in node.keywords:
        if keyword.arg in names:
            found = _evaluated(keyword.value)
            return "none" if found == UNCLEAR and last_name(keyword.value).lower().endswith("none") else found
    return None


def reduced_axes(node: ast.Call, arguments: list[ast.expr]) -> tuple[int, ...] | str | None:
    """Return the axes of a sum or a mean; None for all of them, UNCLEAR where they are not given as numbers."""
    given = literal(node, "dim", "axis")
    if given is None and arguments:
        given = _evaluated(arguments[0])
    if type(given) is int:
        return (given,)
    if isinstance(given, list | tuple) and given and all(type(axis) is int for axis in given):
        return tuple(given)
    return None if given is None else UNCLEAR


def squared(node: ast.expr) -> ast.expr | None:
    """Return `a` where an expression is a², however it is written; None for any other expression."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and node.right.value == 2:
            return node.left
        if isinstance(node.op, ast.Mult) and are_alike(node.left, node.right):
            return node.left
    if isinstance(node, ast.Call) and last_name(node.func) in ("pow", "square"):
        method = isinstance(node.func, ast.Attribute) and len(node.args) == (last_name(node.func) == "pow")
        return (
            node.func.value if method and isinstance(node.func, ast.Attribute) else node.args[0] if node.args else None
        )
    return None


def summands(node: ast.expr) -> list[tuple[int, ast.expr]]:
    """Return the summands of a sum with their signs, 1 or −1; [] for one of more than a KL has.

    Old PyTorch's `add_` and `mul_(-1)` are followed.
    """
    found: list[tuple[int, ast.expr]] = []
    ahead = [(1, node)]
    for _ in range(_MOST_STEPS):
        if not ahead or len(found) > MOST_SUMMANDS:
            break
        sign, one = ahead.pop()
        parts = _parts(one, sign)
        ahead += reversed(parts)
        if not parts:
            found.append((sign, one))
    return [] if ahead or len(found) > MOST_SUMMANDS else found


def kl_part(node: ast.expr) -> str:
    """Name the part of 1 + log σ² − μ² − σ² that a summand may be: "one", "plain", "square", "exp" or "" for none."""
    if isinstance(node, ast.Constant):
        return "one" if node.value == 1 else ""
    if squared(node) is not None:
        return "square"
    if isinstance(node, ast.Call):
        return {"exp": "exp", "log": "plain"}.get(last_name(node.func), "")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        sides = (node.left, node.right)
        return "plain" if any(isinstance(side, ast.Constant) for side in sides) else ""
    return "plain" if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else ""


def _evaluated(node: ast.expr) -> object:
    """Return the value of a literal, UNCLEAR for any other expression."""
    try:
        return ast.literal_eval(node)
    except _LITERAL_ERRORS:
        return UNCLEAR


def _parts(node: ast.expr, sign: int) -> list[tuple[int, ast.expr]]:
    """Return the sides of a sum or a difference, or what a sign stands before, with their signs; [] for no sum."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return [(sign, node.left), (sign if isinstance(node.op, ast.Add) else -sign, node.right)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [(-sign, node.operand)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        method = node.func.attr.rstrip("_")
        if method in ("add", "sub"):
            return [(sign, node.func.value), (sign if method == "add" else -sign, node.args[0])]
        if method == "mul" and _evaluated(node.args[0]) == -1:
            return [(-sign, node.func.value)]
    return []
