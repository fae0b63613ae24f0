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

Read the files in this order: loss_text (text to statements), loss_terms (a term and its reductions), loss_words
(expressions in words), loss_patterns and loss_functions (expressions that are recognised), this one, and loss_reader
(terms to settings and words).

The work is linear in the text: every expression is read once wherever it stands, no statement is deeper than `DEEPEST`,
and what a value can grow to, in terms, factors and notes, is bounded.
"""

import ast
from dataclasses import replace

from vae.beta.balance import CROSS_ENTROPY, GAUSSIAN, SQUARED_ERROR
from vae.beta.loss_functions import CLASSES, KNOWN, OTHERS, flattened, known_loss
from vae.beta.loss_patterns import kl_part, literal, number, reduced_axes, squared, summands
from vae.beta.loss_terms import KL, RECONSTRUCTION, Term
from vae.beta.loss_words import DEEPEST, full_name, is_too_deep, last_name, words

Terms = tuple[Term, ...]
Value = float | Terms | None  # None: something that is neither a number nor a term of the loss
MOST_TERMS = 16  # of one value, since every line that adds a name to itself doubles them
MOST_NOTES = 20
_REDUCTIONS = {"sum": "sum", "mean": "mean", "reduce_sum": "sum", "reduce_mean": "mean"}
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
_CONSTANT = "a number that is added to the loss changes none of its gradients; it is left out"


class Reader:
    """The values of a text's names and the terms of its loss, found by walking its statements."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.criteria: dict[str, Terms] = {}  # loss objects such as nn.MSELoss(reduction="sum")
        self.distributions: dict[str, Term] = {}  # −log p(x|z) of names such as px = Normal(x_hat, 0.1)
        self.returned: dict[str, Value] = {}  # by the name of the function
        self.seen: list[Terms] = []  # all values that hold terms, in the order of the text
        self.reconstructions: set[str] = set()  # as `vae.beta.balance` names them
        self.notes: dict[str, None] = {}  # what is undecided, in the order of the text
        self.assumed: set[str] = set()
        self._function = ""
        self._level = 0  # of the statements that are being read

    def read(self, statements: list[ast.stmt]) -> None:
        """Read statements, twice, since a function may be used above the line that defines it."""
        self._block(statements)
        self.seen, self.notes, self.assumed, self.reconstructions = [], {}, set(), set()
        self._block(statements)

    def loss(self) -> tuple[Terms, bool]:
        """Return the terms of the loss, and whether one expression holds both."""
        for terms in reversed(self.seen):
            if {term.kind for term in terms} == {RECONSTRUCTION, KL}:
                return terms, True
        last = {term.kind: term for terms in self.seen for term in terms}
        return tuple(last.values()), False

    def _note(self, note: str) -> None:
        self.notes[note if len(self.notes) < MOST_NOTES else "more of this kind"] = None

    def _block(self, statements: list[ast.stmt]) -> None:
        self._level += 1
        for statement in statements:
            # A compound statement is only as deep as the statements that are read in it, and the chain of its elifs.
            compound = hasattr(statement, "body") or isinstance(statement, ast.Match)
            if self._level > DEEPEST or (not compound and is_too_deep(statement)):
                self._note(f"a part of it, which is nested deeper than {DEEPEST} levels")
            else:
                self._statement(statement)
        self._level -= 1

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign):
            self._assign(node.targets, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign([node.target], node.value)
        elif isinstance(node, ast.AugAssign):
            name = full_name(node.target)
            self._keep(name, self._combine(node.op, self.values.get(name), node.target, node.value))
        elif isinstance(node, ast.Return) and node.value is not None:
            self.returned[self._function] = self._result(node.value)
        elif isinstance(node, ast.Expr):
            self._keep("", self._value(node.value))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._define(node)
        else:
            for name in ("body", "handlers", "orelse", "finalbody", "cases"):
                self._block(getattr(node, name, []))

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        given = node.args
        arguments = [*given.posonlyargs, *given.args]
        pairs = list(zip(arguments[len(arguments) - len(given.defaults) :], given.defaults, strict=True))
        pairs += [(a, d) for a, d in zip(given.kwonlyargs, given.kw_defaults, strict=True) if d is not None]
        for argument in (*arguments, *given.kwonlyargs):
            self.values.pop(argument.arg, None)
        for argument, default in pairs:
            self.values[argument.arg] = None if is_too_deep(default) else self._value(default)
        outer, self._function = self._function, node.name
        self._block(node.body)
        self._function = outer

    def _assign(self, targets: list[ast.expr], value: ast.expr) -> None:
        """Give an expression's value, which is read once, to all its targets; a tuple's is given one by one."""
        if isinstance(value, ast.Tuple):
            size = len(value.elts)
            tuples = [target for target in targets if isinstance(target, ast.Tuple) and len(target.elts) == size]
            for ones in zip(value.elts, *(target.elts for target in tuples), strict=True) if tuples else ():
                self._assign(list(ones[1:]), ones[0])
        for target in targets:
            if isinstance(target, ast.Attribute) and full_name(target.value) in self.criteria:
                self._configure(full_name(target.value), target.attr, value)
        names = [name for target in targets if (name := full_name(target))]
        for name in names:
            self.distributions.pop(name, None)
        if (distribution := self._distribution(value)) is not None:
            self.distributions |= dict.fromkeys(names, distribution)
        if isinstance(value, ast.Call) and last_name(value.func) in CLASSES:
            self.criteria |= dict.fromkeys(names, self._known_loss(value))
        else:
            found = self._value(value)
            for name in names or [""]:
                self._keep(name, found)

    def _configure(self, name: str, attribute: str, value: ast.expr) -> None:
        """Apply a line such as `criterion.size_average = False`, by which early PyTorch was told to sum."""
        if attribute == "size_average" and isinstance(value, ast.Constant):
            how = "mean" if value.value else "sum"
            self.criteria[name] = tuple(replace(term, image=how, batch=how) for term in self.criteria[name])

    def _keep(self, name: str, value: Value) -> None:
        if name:
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

    def _value(self, node: ast.expr) -> Value:
        """Return what an expression holds: a number, terms of the loss, or None."""
        if isinstance(node, ast.Constant):
            return number(node.value)
        if isinstance(node, ast.UnaryOp):
            return _negative(self._value(node.operand)) if isinstance(node.op, ast.USub) else self._value(node.operand)
        kl = self._kl(node)
        if kl is not None:
            return kl
        base = squared(node)
        if isinstance(base, ast.BinOp) and isinstance(base.op, ast.Sub):
            return self._found(Term(RECONSTRUCTION, SQUARED_ERROR, words(node)))
        if isinstance(node, ast.BinOp):
            return self._combine(node.op, self._value(node.left), node.left, node.right)
        if isinstance(node, ast.Call):
            return self._call(node)
        return self.values.get(full_name(node)) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else None

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
                return tuple(term.over_name(words(right_node)) for term in left)
            if isinstance(right, float) and right != 0 and left is not None:
                return _scaled(left, 1 / right, right_node) if isinstance(left, tuple) else left / right
        return None

    def _add(self, left: Value, right: Value, left_node: ast.expr, right_node: ast.expr) -> Value:
        """Return both sides' terms, or the sum of two numbers; a side that is neither is left out with a note."""
        if isinstance(left, float) and isinstance(right, float):
            return left + right
        terms: Terms = ()
        for value, other in ((left, right), (right, left)):
            if isinstance(value, float) and value and isinstance(other, tuple):
                self.assumed.add(_CONSTANT)
        for value, node in ((left, left_node), (right, right_node)):
            if isinstance(value, tuple):
                terms += value
            elif value is None and (isinstance(left, tuple) or isinstance(right, tuple)):
                self._note(f"what `{words(node)}` adds to the loss; it is left out")
        if len(terms) > MOST_TERMS:
            self._note("a sum of too many terms, of which the first are taken")
        return terms[:MOST_TERMS] or None

    def _call(self, node: ast.Call) -> Value:
        """Return the value of a call: of a loss, a function of the text, a log-probability, a KL or a method."""
        name = last_name(node.func)
        if isinstance(node.func, ast.Call) and last_name(node.func.func) in CLASSES:
            return tuple(flattened(term, node) for term in self._known_loss(node.func))
        if (criterion := full_name(node.func)) in self.criteria:
            return tuple(flattened(term, node) for term in self.criteria[criterion])
        if name and name in self.returned:
            return self.returned[name]
        if name in KNOWN:
            return self._known_loss(node)
        if name in OTHERS:
            self._note(f"`{name}`, a loss that has no place here")
            return None
        if name == "log_prob" and isinstance(node.func, ast.Attribute):
            return self._log_probability(node, node.func.value)
        if name == "kl_divergence":
            names = (last_name(one) for one in ast.walk(node) if isinstance(one, ast.expr))
            return (Term(KL, "", words(node), image="sum" if "Independent" in names else None),)
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
        return self._found(known_loss(node))

    def _found(self, term: Term) -> Terms:
        self.reconstructions.add(term.what)
        return (term,)

    def _log_probability(self, node: ast.Call, distribution: ast.expr) -> Value:
        """Return log p(x|z) of a Normal or a Bernoulli as a term, otherwise None.

        The log-probability of a code, as in a KL estimated by sampling, is not a reconstruction.
        """
        term = self._distribution(distribution)
        if term is None or (node.args and words(node.args[0]).startswith("z")):
            self._note(f"the log-probability `{words(node)}`")
            return None
        return self._found(term)

    def _distribution(self, node: ast.expr) -> Term | None:
        """Return log p(x|z) of a Normal or a Bernoulli, with the σ that the text gives; None for anything else."""
        if not isinstance(node, ast.Call):
            return self.distributions.get(full_name(node))
        what = last_name(node.func)
        if what == "Independent" and node.args:
            inner = self._distribution(node.args[0])
            return None if inner is None else replace(inner, image="sum")
        if what == "Bernoulli":
            return Term(RECONSTRUCTION, CROSS_ENTROPY, "Bernoulli.log_prob", weight=-1.0)
        if what != "Normal":
            return None
        sigma = self._value(node.args[1]) if len(node.args) > 1 else number(literal(node, "scale"))
        known = sigma if isinstance(sigma, float) and sigma > 0 else None
        return Term(RECONSTRUCTION, GAUSSIAN, "Normal.log_prob", weight=-1.0, sigma=known)

    def _kl(self, node: ast.expr) -> Terms | None:
        """Return ∓2 KL for a sum ±(1 + log σ² − μ² − σ²), in any order, with or without its constant; or else None."""
        leaves = summands(node)
        signs = [(kl_part(leaf), sign) for sign, leaf in leaves]
        kinds = sorted(kind for kind, _ in signs if kind != "one")
        if len(leaves) not in (3, 4) or kinds not in (["exp", "plain", "square"], ["plain", "square", "square"]):
            return None
        outer = {sign for kind, sign in signs if kind in ("one", "plain")}
        inner = {sign for kind, sign in signs if kind in ("exp", "square")}
        if len(outer) > 1 or len(inner) > 1 or outer == inner:
            self._note(f"`{words(node)}`, which looks like a KL with a sign that no KL has")
            return None
        return (Term(KL, "", words(node), weight=-2.0 * outer.pop()),)


def _negative(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(term.times(-1) for term in value)
    return None if value is None else -value


def _scaled(terms: Terms, by: Value, node: ast.expr) -> Value:
    if isinstance(by, tuple):
        return None
    return tuple(term.times_name(words(node)) if by is None else term.times(by) for term in terms)
