"""Expressions of a loss in words and as names, and how deeply they are nested, without a recursion of their own."""

import ast

DEEPEST = 60  # levels of a statement: deeper ones are not read, so that work that each level repeats stays bounded
_MOST_NODES = 200  # of an expression that is written out
_LONGEST = 60  # characters of an expression that is shown
_TOO_LONG = "a long expression"


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name, such as `mse_loss` of `F.mse_loss`; "" for any other expression."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def full_name(node: ast.expr) -> str:
    """Return a name with its attributes and indices, such as `self.losses['kl']`; "" for any other expression."""
    root = node
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    return _written(node) if isinstance(root, ast.Name) else ""


def words(node: ast.expr) -> str:
    """Write an expression on one line, cut to 60 characters; a very long one is only called so."""
    text = " ".join(_written(node).split()) or _TOO_LONG
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def is_too_deep(node: ast.AST) -> bool:
    """Tell whether a syntax tree has more levels than are read."""
    level = [node]
    for _ in range(DEEPEST):
        level = [child for one in level for child in ast.iter_child_nodes(one)]
        if not level:
            return False
    return True


def are_alike(one: ast.AST, other: ast.AST) -> bool:
    """Tell whether two expressions are the same; large ones count as different."""
    pairs, left = [(one, other)], _MOST_NODES
    while pairs and left:
        (a, b), left = pairs.pop(), left - 1
        if type(a) is not type(b) or _own_fields(a) != _own_fields(b):
            return False
        children, others = list(ast.iter_child_nodes(a)), list(ast.iter_child_nodes(b))
        if len(children) != len(others):
            return False
        pairs += zip(children, others, strict=True)
    return not pairs


def _own_fields(node: ast.AST) -> list[object]:
    """Return the fields of a node that are no nodes; a constant's with their types, since 1 equals 1.0 and True."""
    fields = [value for _, value in ast.iter_fields(node) if not isinstance(value, ast.AST | list)]
    return [(type(value), value) for value in fields]


def _written(node: ast.expr) -> str:
    """Write an expression as Python; return "" where it is very long or cannot be written."""
    for count, _ in enumerate(ast.walk(node)):
        if count == _MOST_NODES:
            return ""
    try:
        return ast.unparse(node)
    except ValueError:  # numbers of thousands of digits, and f-strings that hold a backslash
        return ""
