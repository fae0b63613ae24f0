"""Why a run is no better than the mean image, or has diverged, and the settings with which it learns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from vae.training.config import MULTI_RATE, RANGES, TrainConfig, label
from vae.training.recipe import CONTINUED, recommended_for

EARLIEST = 0.1  # fraction of the budget after which a run may be called collapsed
SLOW = 0.5  # and after which it may be said to have learned nothing yet, which a healthy short run is late to do, too
DEAD = 0.9  # share of the units of a layer; with ReLU up to 0.8 of them are dead in runs that learn
CLOSE = 0.8  # share of the largest β from which on a code earns next to nothing
WEAKER = 4  # how many times below the largest β a remedy lies
# How many times above and below the recipe's a learning rate may be; the recipe's own differ by 2.7 with the budget.
FASTEST, SLOWEST = 3, 10
LONGER = 4  # times the budget
_NAMES = {"beta": "β", "sigma": "σ", "adam_beta2": "Adam's β₂", "hidden": "the sizes of the hidden layers"} | {
    budget: f"the budget in {budget}" for budget in ("epochs", "steps", "seconds")
}
LEAST_STEPS, LEAST_WIDTH, MOST_NOISE = 200, 2, 0.2
LEAST_BETA2, USUAL_BETA2 = 0.9, TrainConfig.adam_beta2  # of Adam, below which a run diverges at the recipe's rate


@dataclass(frozen=True)
class Findings:
    """Facts about a run that is no better than the mean image, from which its cause follows."""

    mean_image: float  # the loss of the mean image, nats per image
    largest_beta: float  # the β from which on a code earns less than it costs; infinite for an AE
    dead: float  # share of units that give one value for all images, in the layer that has most of them
    step: int
    progress: float  # fraction of the budget spent

    @property
    def steps(self) -> int:
        """The steps of the whole budget."""
        return round(self.step / self.progress)


@dataclass(frozen=True)
class Cause:
    """A cause in words, and the settings that remove it."""

    why: str
    changes: dict[str, Any]
    final: bool = True  # whether more training would change nothing


Finder = Callable[[TrainConfig, Findings], Cause | None]


def describe(config: TrainConfig, found: Findings) -> str:
    """Say that a run is no better than the mean image, why, and what to do; "" where it is too early to say."""
    causes = find_causes(config, found)
    collapsed = any(cause.final for cause in causes)
    if found.progress < (EARLIEST if collapsed else SLOW):
        return ""
    what = "collapsed" if collapsed else "not learned anything yet"
    why = " and ".join(cause.why for cause in causes)
    loss = f"{found.mean_image:.0f} nats per image"
    return f"{what}: it reconstructs no better than the average image ({loss}), because {why}; {_advice(causes)}."


def remedied(config: TrainConfig, found: Findings) -> TrainConfig:
    """Return the settings that `describe` advises; every kind of change was tried with runs of MNIST."""
    changes = {name: value for cause in find_causes(config, found) for name, value in cause.changes.items()}
    if changes.get("start") == "":
        changes |= {"start_weights": "", "start_beta": 1.0}
    return TrainConfig(**vars(config) | changes)


def find_causes(config: TrainConfig, found: Findings) -> list[Cause]:
    """Find the causes that together keep a run at the mean image: at least one, each with settings of its own."""
    causes = _that_apply((_costly_code, _rate), config, found)
    if not causes:
        causes = _that_apply((_dead, _noise, _width, _activation), config, found)[:1]
    elif config.learning_rate > causes[-1].changes.get("learning_rate", 1):
        causes += _that_apply((_activation,), config, found)  # whose runs are often slow at the recipe's rate, too
    if found.steps < LEAST_STEPS or not causes:
        causes.append(_budget(config, found))
    return causes


def _that_apply(finders: Sequence[Finder], config: TrainConfig, found: Findings) -> list[Cause]:
    return [cause for find in finders if (cause := find(config, found)) is not None]


def tamed(config: TrainConfig) -> dict[str, Any]:
    """Return the settings with which a run that diverged trains: a lower rate, a longer memory of Adam, or both.

    The rate is at most the recipe's: above it, a third of a rate that diverges often collapses.
    """
    changes: dict[str, Any] = {"adam_beta2": USUAL_BETA2} if config.adam_beta2 < LEAST_BETA2 else {}
    usual = _recipe(config)["learning_rate"]
    if config.learning_rate > usual or not changes:
        changes["learning_rate"] = _rounded("learning_rate", min(config.learning_rate / 3, usual))
    return changes


def _recipe(config: TrainConfig) -> dict[str, Any]:
    budget: dict[str, Any] = {"epochs": config.epochs, "steps": config.steps, "seconds": config.seconds}
    return recommended_for(config.dataset, config.latent_dim, config.body, **budget) | (
        CONTINUED if config.start else {}
    )


def _costly_code(config: TrainConfig, found: Findings) -> Cause | None:
    if not config.beta or config.beta < CLOSE * found.largest_beta:
        return None
    limit = f"the posterior collapses where β is near {found.largest_beta:.2g} or above it"
    if config.likelihood == "gaussian" and config.beta <= 1 and not config.start:
        # λ goes with 1 / σ², and it is σ that has left the usual range.
        sigma = config.sigma * sqrt(found.largest_beta / WEAKER / config.beta)
        why = f"β is {config.beta:g} and, with a σ of {config.sigma:g}, {limit}"
        return Cause(why, {"sigma": _rounded("sigma", sigma)})
    changes: dict[str, Any] = {"model": "vae"} if config.model == MULTI_RATE else {}  # which has every β already
    changes["beta"] = _rounded("beta", found.largest_beta / WEAKER)
    return Cause(f"β is {config.beta:g} and {limit}", changes)


def _rate(config: TrainConfig, found: Findings) -> Cause | None:
    rate, usual = config.learning_rate, _recipe(config)["learning_rate"]
    if rate > usual and found.dead >= DEAD:
        why = f"a learning rate of {rate:g} has made {_units_alike(found)}"
        return Cause(why, {"learning_rate": usual})
    if rate > FASTEST * usual:
        return Cause(f"a learning rate of {rate:g} is too high", {"learning_rate": usual})
    if rate < usual / SLOWEST:
        return Cause(f"a learning rate of {rate:g} is too low", {"learning_rate": usual}, final=False)
    return None


def _dead(config: TrainConfig, found: Findings) -> Cause | None:
    if found.dead < DEAD:
        return None
    return Cause(_units_alike(found), {"start": ""} if config.start else tamed(config))


def _units_alike(found: Findings) -> str:
    return f"{found.dead:.0%} of the units of a layer give the same value for every image"


def _noise(config: TrainConfig, found: Findings) -> Cause | None:
    if config.input_noise <= MOST_NOISE:
        return None
    why = f"an input noise of {config.input_noise:g} hides the images from the encoder"
    return Cause(why, {"input_noise": MOST_NOISE}, final=False)


def _width(config: TrainConfig, found: Findings) -> Cause | None:
    if min(config.hidden) >= LEAST_WIDTH or config.start:
        return None
    why = f"a hidden layer of {min(config.hidden)} unit is too narrow"
    return Cause(why, {"hidden": _recipe(config)["hidden"]}, final=False)


def _activation(config: TrainConfig, found: Findings) -> Cause | None:
    if config.activation != "sigmoid" or config.start:
        return None
    return Cause("sigmoid units learn slowly", {"activation": _recipe(config)["activation"]}, final=False)


def _budget(config: TrainConfig, found: Findings) -> Cause:
    times = max(LONGER, LEAST_STEPS / found.steps)
    name = next(name for name in ("epochs", "steps", "seconds") if getattr(config, name) is not None)
    longer = min(RANGES[name][1], getattr(config, name) * times)
    value = float(f"{longer:.2g}") if name == "seconds" else round(longer)
    return Cause(f"{found.steps:,} training steps are too few", {name: value}, final=False)


def _rounded(name: str, value: float) -> float:
    low, high = RANGES[name]
    return min(high, max(low, float(f"{value:.1g}")))


def _advice(causes: list[Cause]) -> str:
    changes = {name: value for cause in causes for name, value in cause.changes.items()}
    if "start" in changes:
        return "train from scratch"
    told = [f"{named(name)} to {_words(value)}" for name, value in changes.items()]
    return f"set {' and '.join(told)} and train again"


def named(setting: str) -> str:
    """Return a setting's name as a sentence has it, such as `the learning rate` or `β`."""
    return _NAMES.get(setting, f"the {label(setting)}")


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
