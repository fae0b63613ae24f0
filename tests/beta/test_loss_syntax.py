"""Losses by the thousand: whatever is pasted is answered, with work that grows no faster than the text."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from types import FrameType
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.helpers.fuzzing import fuzzed
from vae.beta.balance import Convention
from vae.beta.code_bases import PRESETS, equivalents, torch_lines
from vae.beta.loss_reader import LossReading, read_loss

KL = "-0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())"
REAL = [torch_lines(preset.convention) for preset in PRESETS.values()]
REAL += [one.lines for preset in PRESETS.values() for one in equivalents(preset.convention)]
REAL += [f"def loss(x, y, mu, logvar, beta=4.0):\n    return F.mse_loss(x, y, reduction='sum') + beta * ({KL})"]
NAMES = ("x", "y", "mu", "logvar", "self.c", "z", "p", "batch_size", "d['kl']", "σ", "torch.pi")
CALLS = (
    *("F.mse_loss", "F.binary_cross_entropy", "nn.MSELoss", "nn.MSELoss()", "keras.losses.mse", "huber_loss", "f", "x"),
    *("tf.nn.sigmoid_cross_entropy_with_logits", "MeanSquaredError", "torch.sum", "tf.reduce_mean", "K.square", "exp"),
    *("Normal", "Bernoulli", "Independent", "kl_divergence", "p.log_prob", "log", "pow", "mul", "sum"),
)
METHODS = ("sum", "mean", "view", "pow", "add_", "mul_", "div", "exp", "log_prob", "sub", "flatten", "item", "backward")
KEYWORDS = ("reduction", "dim", "axis", "scale", "size_average", "reduce", "keepdim")
VALUES = ("1", "0", "-1", "2", "0.5", "1e308", "1e-320", "0x" + "f" * 400, "10**9", "'sum'", "'none'", "None", "True")
ODD = ("{[]: 1}", "(0, 1)", "[1, [2]]", "1j", "...", "b'a'", "f'{x!r:>{y}}'", "lambda a, /, b=1, *c, d=2, **e: a", "*x")


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return expressions that hold others."""
    return st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["+", "-", "*", "/", "**", "@", "<", "and"]), inner),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("{}({}, {})".format, st.sampled_from(CALLS), inner, inner),
        st.builds("{}({}, {}={})".format, st.sampled_from(CALLS), inner, st.sampled_from(KEYWORDS), inner),
        st.builds("({}).{}({})".format, inner, st.sampled_from(METHODS), inner),
        st.builds("({}).{}()".format, inner, st.sampled_from(METHODS)),
        st.builds("({}, {})".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("[{} for x in {}]".format, inner, inner),
        st.builds("{}[{}]".format, inner, inner),
    )


EXPRESSIONS = st.recursive(st.sampled_from([*NAMES, *VALUES, *ODD, KL, f"({KL})"]), _larger, max_leaves=12)
SIMPLE = st.one_of(
    st.builds("{} = {}".format, st.sampled_from(NAMES), EXPRESSIONS),
    st.builds("{} = {} = {}".format, st.sampled_from(NAMES), st.sampled_from(NAMES), EXPRESSIONS),
    st.builds("x, (y, p) = {}, ({}, {})".format, EXPRESSIONS, EXPRESSIONS, EXPRESSIONS),
    st.builds("{} {}= {}".format, st.sampled_from(NAMES), st.sampled_from("+-*/"), EXPRESSIONS),
    st.builds("{}: float = {}".format, st.sampled_from(["x", "self.c"]), EXPRESSIONS),
    st.builds("return {}".format, EXPRESSIONS),
    EXPRESSIONS,
)


def _indented(block: list[str]) -> str:
    return "\n".join("    " + line for one in block for line in one.splitlines()) or "    pass"


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return statements that hold others."""
    heads = ["if x", "for x in y", "while x", "with x as y", "class A", "async def f(*x, y=1)", "match x:\n  case 1"]
    heads += ["def f(x, /, y=2, *z, mu, p=3, **k)", "def f(x=F.mse_loss(x, y))", "@f(x)\ndef g(x)", "else", "elif y"]
    blocks = st.lists(inner, max_size=3).map(_indented)
    return st.one_of(
        st.builds("{}:\n{}".format, st.sampled_from(heads), blocks),
        st.builds("try:\n{}\nexcept E:\n{}\nfinally:\n{}".format, blocks, blocks, blocks),
        st.builds("def f({}={}):\n{}".format, st.sampled_from(["x", "y"]), EXPRESSIONS, blocks),
    )


PROGRAMS = st.lists(st.recursive(SIMPLE, _compound, max_leaves=6), min_size=1, max_size=6).map("\n".join)


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    """Draw a real loss of which some parts are doubled, cut out, or replaced by a piece of another or by any text."""
    text = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 6))):
        first, last = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        last = min(last, first + draw(st.integers(0, 12)))
        other = draw(st.sampled_from(REAL))
        at = draw(st.integers(0, len(other)))
        pieces = ("", text[first:last] * 2, other[at : at + 8], draw(st.text(max_size=3)), draw(st.sampled_from(ODD)))
        text = text[:first] + draw(st.sampled_from(pieces)) + text[last:]
    return text


@pytest.mark.fuzz
@given(text=st.one_of(PROGRAMS, _mutated(), st.text(max_size=200)))
@fuzzed(few=300, many=3_000)
def test_any_text_is_answered_with_settings_that_the_form_can_hold(text: str) -> None:
    reading = read_loss(text)
    Convention(**(asdict(Convention()) | reading.settings))
    lines = [*reading.recognised, *reading.assumed, *reading.undecided]
    assert lines
    assert not any("\n" in line or "\r" in line for line in lines)
    "".join(lines).encode()
    event("accepted" if reading.settings else "refused: nothing in it is a loss")


def repeated(part: str, size: int, before: str = "") -> str:
    return before + part * (size // len(part))


def numbered(part: str, size: int, before: str = "") -> str:
    return before + "".join(part.format(i, i + 1) for i in range(size // (len(part) + 4)))


MSE = "F.mse_loss(a, b)"
START = f"x = {MSE}\n"
FAMILIES: dict[str, Callable[[int], str]] = {
    "products": lambda n: repeated("x = a" + "*a" * 40 + "\n", n),
    "products of the term": lambda n: repeated(f"x = {MSE}" + "*a" * 40 + "\n", n),
    "sums": lambda n: repeated("x = a" + "+a" * 40 + "\n", n),
    "a chain of products": lambda n: repeated("*a", n, "x = a"),
    "a chain of sums": lambda n: repeated("+a", n, "x = a"),
    "a chain of calls": lambda n: repeated("(1)", n, "f"),
    "a chain of methods": lambda n: repeated(".view(1)", n, START.strip()),
    "methods": lambda n: repeated(f"x = {MSE}" + ".view(1)" * 20 + "\n", n),
    "squares of squares": lambda n: repeated("x = " + "(" * 20 + "a" + ")**2" * 20 + "\n", n),
    "equal factors": lambda n: repeated("x = " + "(a+b)*(a+b)+" * 12 + "1\n", n),
    "parentheses": lambda n: repeated("(" * 40 + "a" + ")" * 40 + "\n", n),
    "nested calls": lambda n: repeated("f(" * 40 + ")" * 40 + "\n", n),
    "nested losses": lambda n: repeated("F.mse_loss(" * 20 + "a" + ", b)" * 20 + "\n", n),
    "nested functions": lambda n: repeated("".join(f"{' ' * i}def f():\n" for i in range(20)) + " " * 20 + "x\n", n),
    "functions of functions": lambda n: numbered(f"def f{{1}}(): return {MSE} + f{{0}}() + f{{0}}()\n", n),
    "doubling": lambda n: repeated("x = x + x\n", n, START),
    "factors": lambda n: numbered("x = x * q{}\n", n, START),
    "batches": lambda n: numbered("x = x * a{}.size(0) / b{}.size(0)\n", n, START),
    "summands without a value": lambda n: numbered(f"x = {MSE} + q{{}}\n", n),
    "targets": lambda n: "x = " * (n // 8) + "f(" + "a, " * (n // 6) + ")",
    "targets of tuples": lambda n: "(x, y) = " * (n // 20) + "(a + 1, b)",
    "subscripts": lambda n: repeated("x = " + "a[" * 40 + "1" + "]" * 40 + "\n", n),
    "attributes": lambda n: repeated("a" + ".a" * 50 + "()\n", n),
    "distributions": lambda n: "p = Normal(x, 1" + "+1" * 30 + ")\n" + repeated("p.log_prob(x)\n", n),
    "distributions of each other": lambda n: numbered("p{1} = Normal(x, p{0}.log_prob(x) + p{0}.log_prob(x))\n", n),
    "KLs with a wrong sign": lambda n: repeated("x = (mu**2 - v.exp() - v - 1)" + ".mul(-1)" * 10 + "\n", n),
    "long strings": lambda n: f"x = {MSE} + f('" + "a" * n + "')",
    "f-strings": lambda n: repeated(f"x = f'{{a}}{{b!r:>{{w}}}}' * {MSE}\n", n),
    "lambdas": lambda n: repeated(f"x = lambda a, b={MSE}: lambda: (yield)\n", n),
    "decorators": lambda n: repeated("@f(a)\n", n) + f"def f(x): return {MSE}",
    "defaults": lambda n: "def f(" + numbered("a{}=1,", n) + "): pass",
    "axes": lambda n: f"x = {MSE}.sum((" + repeated("1,", n) + "))",
    "elifs": lambda n: repeated("elif a: b\n", n, "if a: b\n"),
    "matches": lambda n: repeated(f"match x:\n case 1: y = {MSE}\n", n),
    "letters": lambda n: repeated("β = σ * F.mse_loss(ä, ß)\n", n),
    "lines that are no Python": lambda n: repeated("a b\n", n),
    "statements among lines that are none": lambda n: repeated("x = [\n" + "1,\n" * 30 + "]\n  y\n", n),
    "real losses": lambda n: repeated(f"loss = {MSE} + {KL}\n", n),
}


def calls(text: str) -> int:
    """The number of function calls that reading a text takes, Python's and those of its own functions in C."""
    count = 0

    def counting(frame: FrameType, what: str, argument: Any) -> None:
        nonlocal count
        count += what in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        assert isinstance(read_loss(text), LossReading)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("family", FAMILIES)
def test_twice_the_text_takes_about_twice_the_work(family: str) -> None:
    text, twice = (FAMILIES[family](size) for size in (3_000, 6_000))
    assert calls(twice) <= 2.2 * calls(text) + 2_000
    assert calls(text) <= 400 * len(text)
