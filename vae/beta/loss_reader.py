"""The reductions and weights of a loss, read from pasted lines: their syntax tree is walked, and nothing is executed.

Assigned names are followed; numbers, sums, means and the usual loss functions of PyTorch, Keras and TensorFlow are
understood. Everything else is left alone and reported as undecided.
"""

from dataclasses import dataclass, field
from typing import Any

from vae.beta.balance import GAUSSIAN, PIXEL_REDUCTIONS, RANGES, REDUCTIONS, SQUARED_ERROR
from vae.beta.loss_syntax import Reader
from vae.beta.loss_terms import KL, RECONSTRUCTION, Term
from vae.beta.loss_text import parse

LONGEST = 20_000  # characters
_HOW = {"sum": "summed", "mean": "averaged", "channel mean": "averaged over channels and summed"}


@dataclass
class LossReading:
    """The result in words, and in `settings` as fields of `vae.beta.balance.Convention`; an absent one is undecided."""

    settings: dict[str, Any] = field(default_factory=dict)
    recognised: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)


def read_loss(text: str) -> LossReading:
    """Read the settings of a loss from its lines. Whatever the text is, nothing is raised and none of it runs.

    The work grows with the text's length, and no faster. What is too long or nested too deeply is said to be so.
    """
    if not text.strip():
        return LossReading(undecided=["there is no text"])
    if len(text) > LONGEST:
        return LossReading(undecided=[f"the text is longer than {LONGEST:,} characters: paste the loss alone"])
    text = text.encode("utf-8", "replace").decode()  # halves of characters cannot be shown
    statements, unread = parse(text.replace("`", ""))  # backquotes stem from a fenced block; Python has none
    reader = Reader()
    reader.read(statements)
    reading = LossReading(undecided=[f"`{line}` is not Python that could be read" for line in unread])
    terms, joined = reader.loss()
    _take_reconstruction([t for t in terms if t.kind == RECONSTRUCTION], reading)
    _take_kl([t for t in terms if t.kind == KL], reading)
    _check_signs(terms, reading)
    if not joined and len(terms) == 2:
        reading.assumed.append("the loss is the plain sum of the two terms; no line adds them")
    if len(reader.reconstructions) > 1:
        reading.undecided.append(
            f"which of {' and '.join(sorted(reader.reconstructions))} is meant; the last one is taken"
        )
    reading.assumed += sorted(reader.assumed)
    reading.undecided += reader.notes
    return reading


def _take_reconstruction(found: list[Term], reading: LossReading) -> None:
    if not found:
        reading.undecided.append("the reconstruction term: no known loss function or squared difference was found")
        return
    term = found[0].settled()
    reading.settings |= {"reconstruction": term.what, "half": False, "reconstruction_weight": 1.0}
    _take_reductions(term, reading, {"pixels": term.image, "batch": term.batch}, f"{term.what} (`{term.source}`)")
    weight = abs(term.weight)
    if term.what == SQUARED_ERROR and weight == 0.5:
        reading.settings["half"] = True
        reading.recognised.append("a ½ before the squared error")
    elif not _within("reconstruction_weight", weight):
        reading.undecided.append(f"a weight of {weight:.6g} on the reconstruction")
    elif weight != 1:
        reading.settings["reconstruction_weight"] = weight
        reading.recognised.append(f"weight {weight:.6g} on the reconstruction")
    if term.what == GAUSSIAN and term.sigma is not None and _within("sigma", term.sigma):
        reading.settings["sigma"] = term.sigma
        reading.recognised.append(f"σ = {term.sigma:.6g}")
    elif term.what == GAUSSIAN:
        reading.undecided.append("the value of σ")
    reading.undecided += [f"the value of `{factor}`, which multiplies the reconstruction" for factor in term.factors]
    if len(found) > 1:
        reading.undecided.append(f"what to make of {len(found)} reconstruction terms; the first is taken")


def _take_kl(found: list[Term], reading: LossReading) -> None:
    if not found:
        reading.undecided.append("the KL: no expression such as 1 + log_variance − mean² − exp(log_variance) was found")
        return
    term = found[0]
    _take_reductions(term, reading, {"latents": term.image, "kl_batch": term.batch}, "KL")
    weight = abs(term.weight)
    if term.factors:
        product = " · ".join(term.factors if weight == 1 else (f"{weight:.6g}", *term.factors))
        reading.undecided.append(f"the value of `{product}`, the weight of the KL")
    elif not _within("kl_weight", weight):
        reading.undecided.append(f"a weight of {weight:.6g} on the KL")
    else:
        reading.settings["kl_weight"] = weight
        reading.recognised.append(f"weight {weight:.6g} on the KL")
    if len(found) > 1:
        reading.undecided.append(f"what to make of {len(found)} KL terms; the first is taken")


def _take_reductions(term: Term, reading: LossReading, reductions: dict[str, str | None], name: str) -> None:
    """Put the reductions that the text decides into the settings, and say in words which it decides and which not."""
    words = []
    for setting, how in reductions.items():
        over = {"pixels": "pixels", "latents": "latent dimensions"}.get(setting, "the batch")
        if how in (PIXEL_REDUCTIONS if setting == "pixels" else REDUCTIONS):
            reading.settings[setting] = how
            words.append(f"{_HOW[str(how)]} over {over}")
        else:
            reading.undecided.append(f"how the {term.kind} is reduced over {over}")
    reading.recognised.append(", ".join([name, *words]))
    reading.assumed += [note for note in term.assumed if note not in reading.assumed]


def _within(name: str, value: float) -> bool:
    low, high = RANGES[name]
    return low <= value <= high


def _check_signs(terms: tuple[Term, ...], reading: LossReading) -> None:
    signs = {term.kind: term.weight > 0 for term in terms}
    if len(set(signs.values())) == 2:
        wrong = KL if signs[RECONSTRUCTION] else RECONSTRUCTION
        reading.undecided.append(f"the sign of the {wrong}: as pasted, the loss would make it larger")
        reading.settings.pop("kl_weight", None)
        reading.recognised = [line for line in reading.recognised if not line.endswith("on the KL")]
    elif signs and not any(signs.values()):
        reading.assumed.append("the sum is an ELBO, which is maximised; its signs are turned")
