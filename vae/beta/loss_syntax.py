"""The syntax tree of a loss, walked with terms for values: names are followed, and nothing is executed.

`_value` gives the value of any expression: a number, the terms of a loss, or None. In this example the value of each
line stands behind the arrow: for every term its weight, its kind and its reductions (`Term.image`, `Term.batch`).

    bce = F.binary_cross_entropy(x_hat, x, reduction="none").sum((1, 2, 3))  → 1 · reconstruction (sum, None)
    kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1)                   → 1 · KL (sum, None)
    return (bce + 4 * kl).mean()             → 1 · reconstruction (sum, mean), 4 · KL (sum, mean)

- Line 1: `_call` knows the loss function and gives a term (None, None); `_method` applies `.sum` to it.
- Line 2: `_kl` knows the bracket, which is −2 · KL; `_method` applies `.sum`, and `_combine` multiplies by −0.5.
- Line 3: `_combine` multiplies the KL by 4, `_add` joins both terms, and `_method` applies `.mean` to each.
  `_result` keeps what the function returns.

Read the files in this order: loss_text (text to statements), loss_terms (a term and its reductions), loss_patterns
(expressions that are recognised), this one, and loss_reader (terms to settings and words).
"""

import ast
from dataclasses import replace

from vae.beta.balance import CROSS_ENTROPY, GAUSSIAN, SQUARED_ERROR
from vae.beta.loss_patterns import kl_part, last_name, literal, loss_reduction, reduced_axes, squared, summands
from vae.beta.loss_terms import KL, RECONSTRUCTION, Term
from vae.beta.loss_text import PARSER_ERRORS

Terms = tuple[Term, ...]
Value = float | Terms | None  # None: something that is neither a number nor a term of the loss
_PER_VALUE = {
    "binary_cross_entropy": CROSS_ENTROPY,
    "binary_cross_entropy_with_logits": CROSS_ENTROPY,
    "BCELoss": CROSS_ENTROPY,
    "BCEWithLogitsLoss": CROSS_ENTROPY,
    "mse_loss": SQUARED_ERROR,
    "MSELoss": SQUARED_ERROR,
}  # PyTorch's; averaged over everything unless an argument says otherwise
_KERAS = {
    "binary_crossentropy": CROSS_ENTROPY,
    "BinaryCrossentropy": CROSS_ENTROPY,
    "mean_squared_error": SQUARED_ERROR,
    "MeanSquaredError": SQUARED_ERROR,
    "mse": SQUARED_ERROR,
    "MSE": SQUARED_ERROR,
}  # Keras' functions are averaged over the last axis, its classes over everything
_UNREDUCED = {"sigmoid_cross_entropy_with_logits": CROSS_ENTROPY, "squared_difference": SQUARED_ERROR}
_CLASSES = {"BCELoss", "BCEWithLogitsLoss", "MSELoss", "BinaryCrossentropy", "MeanSquaredError"}
_OTHER_LOSSES = (
    "l1_loss",
    "L1Loss",
    "smooth_l1_loss",
    "SmoothL1Loss",
    "huber_loss",
    "gaussian_nll_loss",
    "GaussianNLLLoss",
)
_REDUCTIONS = {"sum": "sum", "mean": "mean", "reduce_sum": "sum", "reduce_mean": "mean"}
MOST_TERMS = 16  # of one value, since every line that adds a name to itself doubles them
_SAME = {
    "view",
    "reshape",
    "flatten",
    "squeeze",
    "float",
    "double",
    "to",
    "contiguous",
    "cpu",
    "cuda",
    "clone",
    "detach",
    "item",
}


class Reader:
    """The values of a text's names and the terms of its loss, found by walking its statements."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.criteria: dict[str, Terms] = {}  # loss objects such as nn.MSELoss(reduction="sum")
        self.nodes: dict[str, ast.expr] = {}  # the expression that a name was last given
        self.returned: dict[str, Value] = {}  # by the name of the function
        self.seen: list[Terms] = []  # all values that hold terms, in the order of the text
        self.reconstructions: set[str] = set()  # as `vae.beta.balance` names them
        self.notes: list[str] = []
        self._function = ""

    def read(self, statements: list[ast.stmt]) -> None:
        """Read statements, twice, since a function may be used above the line that defines it."""
        try:
            self._block(statements)
            self.seen, self.notes, self.reconstructions = [], [], set()
            self._block(statements)
        except (*PARSER_ERRORS, ArithmeticError):
            self._note("a part of it, which is nested too deeply or has numbers beyond all bounds")

    def loss(self) -> tuple[Terms, bool]:
        """Return the terms of the loss, and whether one expression holds both."""
        for terms in reversed(self.seen):
            if {term.kind for term in terms} == {RECONSTRUCTION, KL}:
                return terms, True
        last = {term.kind: term for terms in self.seen for term in terms}
        return tuple(last.values()), False

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, node.value)
        elif isinstance(node, ast.AugAssign):
            name = ast.unparse(node.target)
            self._keep(name, self._combine(node.op, self._name(node.target), node.target, node.value))
        elif isinstance(node, ast.Return) and node.value is not None:
            self.returned[self._function] = self._result(node.value)
        elif isinstance(node, ast.Expr):
            self._keep("", self._value(node.value))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._define(node)
        else:
            for name in ("body", "handlers", "orelse", "finalbody"):
                inner = getattr(node, name, [])
                self._block(inner if isinstance(inner, list) else [])

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args.args
        pairs = list(zip(arguments[len(arguments) - len(node.args.defaults) :], node.args.defaults, strict=True))
        pairs += [(a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None]
        for argument in arguments:
            self.values.pop(argument.arg, None)
        for argument, default in pairs:
            self.values[argument.arg] = self._value(default)
        outer, self._function = self._function, node.name
        self._block(node.body)
        self._function = outer

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for one, its in zip(target.elts, value.elts, strict=True):
                self._assign(one, its)
            return
        name = ast.unparse(target)
        if isinstance(target, ast.Attribute) and ast.unparse(target.value) in self.criteria:
            self._configure(ast.unparse(target.value), target.attr, value)
        self.nodes[name] = value
        if isinstance(value, ast.Call) and last_name(value.func) in _CLASSES:
            self.criteria[name] = self._known_loss(value)
        else:
            self._keep(name, self._value(value))

    def _configure(self, name: str, attribute: str, value: ast.expr) -> None:
        """Apply a line such as `criterion.size_average = False`, by which early PyTorch was told to sum."""
        if attribute == "size_average" and isinstance(value, ast.Constant):
            how = "mean" if value.value else "sum"
            self.criteria[name] = tuple(replace(term, image=how, batch=how) for term in self.criteria[name])

    def _keep(self, name: str, value: Value) -> None:
        self.values[name] = value
        if isinstance(value, tuple) and value:
            self.seen.append(value)

    def _result(self, node: ast.expr) -> Value:
        """Return the value that a function returns: of several, the first with both terms, or else the first."""
        nodes: list[ast.expr] = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
        if isinstance(node, ast.Dict):
            nodes = node.values
        values = [self._value(one) for one in nodes]
        for value in reversed(values):
            self._keep("", value)
        both = [v for v in values if isinstance(v, tuple) and {t.kind for t in v} == {RECONSTRUCTION, KL}]
        return (both or values or [None])[0]

    def _name(self, node: ast.expr) -> Value:
        return self.values.get(ast.unparse(node))

    def _value(self, node: ast.expr) -> Value:
        """Return what an expression holds: a number, terms of the loss, or None."""
        if isinstance(node, ast.Constant):
            return float(node.value) if isinstance(node.value, int | float) else None
        if isinstance(node, ast.UnaryOp):
            return _negative(self._value(node.operand)) if isinstance(node.op, ast.USub) else self._value(node.operand)
        kl = self._kl(node)
        if kl is not None:
            return kl
        base = squared(node)
        if isinstance(base, ast.BinOp) and isinstance(base.op, ast.Sub):
            return self._reconstruction(SQUARED_ERROR, ast.unparse(node))
        if isinstance(node, ast.BinOp):
            return self._combine(node.op, self._value(node.left), node.left, node.right)
        if isinstance(node, ast.Call):
            return self._call(node)
        return self._name(node) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else None

    def _combine(self, op: ast.operator, left: Value, left_node: ast.expr, right_node: ast.expr) -> Value:
        """Return the value of a sum, difference, product or quotient whose left side is read already."""
        if isinstance(op, ast.Div) and isinstance(right_node, ast.BinOp) and isinstance(right_node.op, ast.Mult):
            part = self._combine(op, left, left_node, right_node.left)
            return self._combine(op, part, left_node, right_node.right)
        right = self._value(right_node)
        if isinstance(op, ast.Add | ast.Sub):
            return self._add(left, _negative(right) if isinstance(op, ast.Sub) else right, left_node, right_node)
        if isinstance(op, ast.Mult):
            if isinstance(right, tuple):
                left, right, right_node = right, left, left_node
            if isinstance(left, tuple):
                return _scaled(left, right, right_node)
            return left * right if isinstance(left, float) and isinstance(right, float) else None
        if isinstance(op, ast.Div):
            if isinstance(left, tuple) and right is None:
                return tuple(term.over_name(ast.unparse(right_node)) for term in left)
            if isinstance(right, float) and right != 0 and left is not None:
                return _scaled(left, 1 / right, right_node) if isinstance(left, tuple) else left / right
        return None

    def _add(self, left: Value, right: Value, left_node: ast.expr, right_node: ast.expr) -> Value:
        """Return both sides' terms, or the sum of two numbers; a side that is neither is left out with a note."""
        if isinstance(left, float) and isinstance(right, float):
            return left + right
        terms: Terms = ()
        for value, node in ((left, left_node), (right, right_node)):
            if isinstance(value, tuple):
                terms += value
            elif value is None and (isinstance(left, tuple) or isinstance(right, tuple)):
                self._note(f"what `{ast.unparse(node)[:60]}` adds to the loss; it is left out")
        if len(terms) > MOST_TERMS:
            self._note("a sum of too many terms, of which the first are taken")
        return terms[:MOST_TERMS] or None

    def _call(self, node: ast.Call) -> Value:
        """Return the value of a call: of a loss, a function of the text, a log-probability, a KL or a method."""
        name = last_name(node.func)
        if isinstance(node.func, ast.Call) and last_name(node.func.func) in _CLASSES:
            return _flattened(self._known_loss(node.func), node)
        if ast.unparse(node.func) in self.criteria:
            return _flattened(self.criteria[ast.unparse(node.func)], node)
        if name and name in self.returned:
            return self.returned[name]
        if name in _PER_VALUE or name in _KERAS or name in _UNREDUCED:
            return self._known_loss(node)
        if name in _OTHER_LOSSES:
            self._note(f"`{name}`, a loss that has no place here")
            return None
        if name == "log_prob" and isinstance(node.func, ast.Attribute):
            return self._log_probability(node, node.func.value)
        if name == "kl_divergence":
            image = "sum" if "Independent" in ast.unparse(node) else None
            return (Term(KL, "", ast.unparse(node), image=image),)
        return self._method(node, name)

    def _method(self, node: ast.Call, name: str) -> Value:
        """Return the value of a call on terms, as receiver or first argument: a reduction, product or reshaping."""
        receiver = self._value(node.func.value) if isinstance(node.func, ast.Attribute) else None
        arguments = list(node.args)
        if not isinstance(receiver, tuple):
            receiver = self._value(arguments.pop(0)) if arguments else None
        if not isinstance(receiver, tuple):
            return None
        if name in _REDUCTIONS:
            axes = reduced_axes(node, arguments)
            return tuple(term.reduced(_REDUCTIONS[name], axes) for term in receiver)
        if name in _SAME:
            flat = name in ("view", "reshape", "flatten")
            return tuple(replace(term, flat=term.flat or flat) for term in receiver)
        if name.rstrip("_") in ("mul", "multiply", "div") and arguments:
            op = ast.Div() if name.startswith("div") else ast.Mult()
            return self._combine(op, receiver, node.func, arguments[0])
        self._note(f"what `{name}` does to the {receiver[0].kind}")
        return receiver

    def _known_loss(self, node: ast.Call) -> Terms:
        name = last_name(node.func)
        how = loss_reduction(node)
        if name in _UNREDUCED:
            return self._reconstruction(_UNREDUCED[name], name)
        if name in _KERAS:
            (term,) = self._reconstruction(_KERAS[name], name)
            term = replace(term, last_averaged=True)
            whole = name in _CLASSES and how != "none"
            return _flattened((term.reduced(how, None) if whole else term,), node)
        (term,) = self._reconstruction(_PER_VALUE[name], name)
        return _flattened((term if how == "none" else replace(term, image=how, batch=how),), node)

    def _reconstruction(self, what: str, source: str) -> Terms:
        self.reconstructions.add(what)
        return (Term(RECONSTRUCTION, what, source),)

    def _log_probability(self, node: ast.Call, distribution: ast.expr) -> Value:
        """Return log p(x|z) of a Normal or a Bernoulli as a term, otherwise None.

        The log-probability of a code, as in a KL estimated by sampling, is not a reconstruction.
        """
        distribution = self.nodes.get(ast.unparse(distribution), distribution)
        image = None
        if isinstance(distribution, ast.Call) and last_name(distribution.func) == "Independent" and distribution.args:
            image, distribution = "sum", distribution.args[0]
        what = last_name(distribution.func) if isinstance(distribution, ast.Call) else ""
        of_a_code = bool(node.args) and ast.unparse(node.args[0]).startswith("z")
        if not isinstance(distribution, ast.Call) or what not in ("Normal", "Bernoulli") or of_a_code:
            self._note(f"the log-probability `{ast.unparse(node)[:60]}`")
            return None
        if what == "Bernoulli":
            (term,) = self._reconstruction(CROSS_ENTROPY, "Bernoulli.log_prob")
        else:
            (term,) = self._reconstruction(GAUSSIAN, "Normal.log_prob")
            sigma = self._value(distribution.args[1]) if len(distribution.args) > 1 else literal(distribution, "scale")
            term = replace(term, sigma=sigma if isinstance(sigma, float) and sigma > 0 else None)
        return (replace(term, weight=-1.0, image=image),)

    def _kl(self, node: ast.expr) -> Terms | None:
        """Return ∓2 KL for a sum ±(1 + log σ² − μ² − σ²), in any order, with or without its constant; or else None."""
        leaves = summands(node, 1)
        signs = [(kl_part(leaf), sign) for sign, leaf in leaves]
        kinds = sorted(kind for kind, _ in signs if kind != "one")
        if len(leaves) not in (3, 4) or kinds not in (["exp", "plain", "square"], ["plain", "square", "square"]):
            return None
        outer = {sign for kind, sign in signs if kind in ("one", "plain")}
        inner = {sign for kind, sign in signs if kind in ("exp", "square")}
        if len(outer) > 1 or len(inner) > 1 or outer == inner:
            self._note(f"`{ast.unparse(node)[:60]}`, which looks like a KL with a sign that no KL has")
            return None
        return (Term(KL, "", ast.unparse(node), weight=-2.0 * outer.pop()),)


def _negative(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(term.times(-1) for term in value)
    return None if value is None else -value


def _scaled(terms: Terms, by: Value, node: ast.expr) -> Value:
    if isinstance(by, tuple):
        return None
    return tuple(term.times_name(ast.unparse(node)) if by is None else term.times(by) for term in terms)


def _flattened(terms: Terms, node: ast.Call) -> Terms:
    """Return the terms, marked as (B, D) where the call flattens an argument of the loss function."""
    flat = any(word in ast.unparse(argument) for argument in node.args for word in (".view(", ".reshape(", "flatten("))
    return tuple(replace(term, flat=term.flat or flat) for term in terms)
