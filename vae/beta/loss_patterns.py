"""Patterns in the expressions of a loss: squares, the summands of a KL, the axes and reductions of calls."""

import ast

from vae.beta.loss_terms import UNCLEAR


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name, such as `mse_loss` of `F.mse_loss`; "" for any other expression."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def literal(node: ast.Call, *names: str) -> object:
    """Return the literal given to a keyword argument of one of these names; None if there is no such argument.

    For what is not a literal, return "none" if it ends in that word, as `Reduction.NONE` does, and UNCLEAR otherwise.
    """
    for keyword in node.keywords:
        if keyword.arg in names:
            try:
                found = ast.literal_eval(keyword.value)
            except ValueError:
                return "none" if ast.unparse(keyword.value).lower().endswith("none") else UNCLEAR
            return float(found) if type(found) is int and "scale" in names else found
    return None


def loss_reduction(node: ast.Call) -> str:
    """Return a loss function's reduction, "sum", "mean", "none" or UNCLEAR; PyTorch's old arguments are known too."""
    given = literal(node, "reduction")
    if literal(node, "size_average") is False:
        return "sum"
    if literal(node, "reduce") is False:
        return "none"
    if given is None and not any(keyword.arg == "reduction" for keyword in node.keywords):
        return "mean"
    return {"sum": "sum", "mean": "mean", "sum_over_batch_size": "mean", "none": "none", None: "none"}.get(
        given if isinstance(given, str) else None, UNCLEAR
    )


def reduced_axes(node: ast.Call, arguments: list[ast.expr]) -> tuple[int, ...] | str | None:
    """Return the axes of a sum or a mean; None for all of them, UNCLEAR where they are not given as numbers."""
    given = literal(node, "dim", "axis")
    if given is None and arguments:
        try:
            given = ast.literal_eval(arguments[0])
        except ValueError:
            return UNCLEAR
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
        if isinstance(node.op, ast.Mult) and ast.dump(node.left) == ast.dump(node.right):
            return node.left
    if isinstance(node, ast.Call) and last_name(node.func) in ("pow", "square"):
        method = isinstance(node.func, ast.Attribute) and len(node.args) == (last_name(node.func) == "pow")
        return (
            node.func.value if method and isinstance(node.func, ast.Attribute) else node.args[0] if node.args else None
        )
    return None


def summands(node: ast.expr, sign: int) -> list[tuple[int, ast.expr]]:
    """Return the summands of a sum with their signs, 1 or −1; old PyTorch's `add_` and `mul_(-1)` are followed."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        right = sign if isinstance(node.op, ast.Add) else -sign
        return summands(node.left, sign) + summands(node.right, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return summands(node.operand, -sign)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        method = node.func.attr.rstrip("_")
        if method in ("add", "sub"):
            return summands(node.func.value, sign) + summands(node.args[0], sign if method == "add" else -sign)
        if method == "mul" and ast.unparse(node.args[0]) in ("-1", "-1.0"):
            return summands(node.func.value, -sign)
    return [(sign, node)]


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
