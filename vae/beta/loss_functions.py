"""The loss functions of PyTorch, Keras and TensorFlow that are known by name, as terms of a loss."""

import ast
from dataclasses import replace

from vae.beta.balance import CROSS_ENTROPY, SQUARED_ERROR
from vae.beta.loss_patterns import literal
from vae.beta.loss_terms import RECONSTRUCTION, UNCLEAR, Term
from vae.beta.loss_words import last_name

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
KNOWN = _PER_VALUE | _KERAS | _UNREDUCED
CLASSES = {"BCELoss", "BCEWithLogitsLoss", "MSELoss", "BinaryCrossentropy", "MeanSquaredError"}
OTHERS = (
    "l1_loss",
    "L1Loss",
    "smooth_l1_loss",
    "SmoothL1Loss",
    "huber_loss",
    "gaussian_nll_loss",
    "GaussianNLLLoss",
)  # which have no place here


def known_loss(node: ast.Call) -> Term:
    """Return the term of a call of a loss function in `KNOWN`, or of the class of one."""
    name = last_name(node.func)
    how = loss_reduction(node)
    term = Term(RECONSTRUCTION, KNOWN[name], name)
    if name in _UNREDUCED:
        return term
    if name in _KERAS:
        term = replace(term, last_averaged=True)
        whole = name in CLASSES and how != "none"
        return flattened(term.reduced(how, None) if whole else term, node)
    return flattened(term if how == "none" else replace(term, image=how, batch=how), node)


def loss_reduction(node: ast.Call) -> str:
    """Return a loss function's reduction, "sum", "mean", "none" or UNCLEAR; PyTorch's old arguments are known too."""
    given = literal(node, "reduction")
    if literal(node, "size_average") is False:
        return "sum"
    if literal(node, "reduce") is False:
        return "none"
    if given is None:
        return "none" if any(keyword.arg == "reduction" for keyword in node.keywords) else "mean"
    known = {"sum": "sum", "mean": "mean", "sum_over_batch_size": "mean", "none": "none"}
    return known.get(given, UNCLEAR) if isinstance(given, str) else UNCLEAR


def flattened(term: Term, node: ast.Call) -> Term:
    """Return the term, marked as (B, D) where the call flattens an argument of the loss function."""
    inner = (one for argument in node.args for one in ast.walk(argument) if isinstance(one, ast.Call))
    flat = any(last_name(one.func) in ("view", "reshape", "flatten") for one in inner)
    return replace(term, flat=term.flat or flat)
