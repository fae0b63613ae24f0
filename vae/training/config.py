"""The settings of a run: checked when made, filled by the form or the command line, kept in config.json."""

import math
import re
import shlex
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, get_args

from vae.data.imported.about import NAME
from vae.data.names import BUILT_IN
from vae.errors import VaeError
from vae.models.choices import LIKELIHOODS, body_problems

MULTI_RATE = "multi-rate-vae"
MODEL_KINDS = ("ae", "vae", "classifier-vae", MULTI_RATE)
DEVICES = ("auto", "cuda", "mps", "cpu")
MISTAKES = ("mean", "no-noise", "no-half", "kl-sign")  # that `training/mistakes.py` makes
PRECISIONS = ("auto", "float32", "bfloat16")
LONGEST_NAME = 74  # characters of a name that is made from settings, to which a number may be added
WARMUP = 0.1  # fraction of the budget over which the learning rate rises
FINAL_RATE = 1e-3  # fraction of the peak learning rate at which the cosine ends


class ConfigError(VaeError, ValueError):
    """Settings that cannot be trained with; the message says what is wrong with them."""


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a run. Exactly one of `epochs`, `steps` and `seconds` is its budget.

    Raises:
        ConfigError: naming every value that is out of range.
    """

    model: str = "vae"
    dataset: str = "mnist"
    latent_dim: int = 2
    body: str = "mlp"
    hidden: tuple[int, ...] = (400, 400)  # layer widths, or channels of a conv body
    activation: str = "silu"
    likelihood: str = "bernoulli"
    binarised: bool = False  # each pixel drawn as Bernoulli(grey), anew in every epoch: dynamic binarisation
    # σ of Gaussian noise on the input alone, in units of the pixel range, to which the sum is clipped: denoising
    # (Vincent et al. 2008)
    input_noise: float = 0.0
    sigma: float = 0.5  # σ of the likelihood `gaussian`, in units of the pixel range
    beta: float = 1.0  # always 1 of a multi-rate-vae, which learns every β and is measured at this one
    beta_warmup: float = 0.0  # fraction of the run over which β rises from 0
    # A run that trains on from a checkpoint: its name then, the SHA-256 of its weights, and its β. All three are empty
    # or 1 for a run from scratch.
    start: str = ""
    start_weights: str = ""
    start_beta: float = 1.0  # β moves from it to `beta` over the first third of the run
    classifier_weight: float = 10.0  # weight w of a classifier-vae's cross-entropy
    epochs: int | None = None
    steps: int | None = None
    seconds: float | None = None
    batch_size: int = 128
    learning_rate: float = 3e-3  # its peak under `cosine`
    schedule: str = "cosine"  # or `constant`
    adam_beta2: float = 0.99
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"  # of the products of training; a run that is kept has the one that it used
    mistake: str = ""  # one of `MISTAKES`, made on purpose in the training of a VAE, to show what it does; "" for none

    def __post_init__(self) -> None:
        problems = type_problems(asdict(self)) or self._range_problems()
        if problems:
            raise ConfigError("; ".join(problems) + ".")

    def _range_problems(self) -> list[str]:
        problems = [
            f"{name} must be one of {', '.join(choices)}, not {getattr(self, name)!r}"
            for name, choices in CHOICES.items()
            if getattr(self, name) not in choices
        ]
        if not NAME.fullmatch(self.dataset):  # imported images may be on another machine, where the run was trained
            known = ", ".join(BUILT_IN)
            problems.append(f"dataset must be one of {known} or the name of imported images, not {self.dataset[:60]!r}")
        problems += body_problems(self.latent_dim, self.body, self.hidden, self.activation)
        problems += [
            f"{label(name)} must be {low:g} to {high:g}, not {value:g}"
            for name, (low, high) in RANGES.items()
            if (value := getattr(self, name)) is not None and not low <= value <= high
        ]
        if self.binarised and self.likelihood != "bernoulli":
            problems.append(f"binarised images go with likelihood bernoulli, not {self.likelihood!r}")
        problems += self._start_problems() + self._mistake_problems() + self._multi_rate_problems()
        budgets = [name for name in ("epochs", "steps", "seconds") if getattr(self, name) is not None]
        if len(budgets) != 1:
            given = " and ".join(budgets) or "none"
            problems.append(f"give exactly one budget (epochs, steps or seconds), not {given}")
        return problems

    def _start_problems(self) -> list[str]:
        if not self.start and not self.start_weights:
            return []
        problems = []
        if not self.start or not re.fullmatch("[0-9a-f]{64}", self.start_weights):
            problems.append("a run that trains on needs the name and the SHA-256 of the weights that it starts from")
        if self.beta_warmup:
            problems.append("a run that trains on moves β from its old value and takes no β warm-up")
        return problems

    def _mistake_problems(self) -> list[str]:
        if not self.mistake:
            return []
        problems = []
        if self.mistake not in MISTAKES:
            problems.append(f"mistake must be one of {', '.join(MISTAKES)} or empty, not {self.mistake[:60]!r}")
        if self.model != "vae":
            problems.append(f"a mistake is made in the training of model vae, not {self.model}")
        if self.start:
            problems.append("a run with a mistake starts from scratch, and no run trains on from one")
        return problems

    def _multi_rate_problems(self) -> list[str]:
        if self.model != MULTI_RATE:
            return []
        problems = []
        if self.beta != 1:
            problems.append(f"model multi-rate-vae learns every β at once and is measured at β 1, not {self.beta:g}")
        if self.beta_warmup:
            problems.append("model multi-rate-vae learns every β from the first step on and takes no β warm-up")
        return problems

    @property
    def layers(self) -> str:
        """The body and its hidden sizes, such as `mlp 400-400`."""
        return f"{self.body} {'-'.join(map(str, self.hidden))}"

    def default_name(self) -> str:
        """Return a checkpoint name that tells the run: `vae-2d-beta8`, `kmnist-ae-20d` or `ae-20d-noise0.5`."""
        one_beta = self.model in ("vae", "classifier-vae")
        name = f"{self.model}-{self.latent_dim}d" + (f"-beta{self.beta:g}" if one_beta else "")
        name += f"-noise{self.input_noise:g}" if self.input_noise else ""
        name = f"mistake-{self.mistake}-{name}" if self.mistake else name
        return name if self.dataset == "mnist" else f"{self.dataset}-{name}"[:LONGEST_NAME]

    def learning_rate_at(self, progress: float) -> float:
        """Return the learning rate after a fraction `progress` of the budget; `cosine` begins with a linear warm-up."""
        if self.schedule == "constant":
            return self.learning_rate
        if progress < WARMUP:
            # A rate of 0 would waste the first step; 5e-4 is the progress that one step of a run of 2,000 makes.
            return self.learning_rate * max(progress, 5e-4) / WARMUP
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - WARMUP) / (1 - WARMUP))))
        return self.learning_rate * (FINAL_RATE + (1 - FINAL_RATE) * cosine)

    def command(self, name: str, steps: int | None = None) -> str:
        """Return the command line that trains this run again.

        `steps` replaces a budget in seconds, in which another machine takes another number of steps.
        """
        settings = asdict(self)
        if self.seconds is not None and steps is not None:
            settings |= {"seconds": None, "steps": steps}
        words = ["python", "-m", "vae", "train"]
        if self.start:
            words += ["--from", f"{self.start}@{self.start_weights[:FINGERPRINT_DIGITS]}"]
        for key, value in settings.items():
            if key in START_SETTINGS or (self.start and key in KEPT_SETTINGS):
                continue  # --from has them
            if value is None or (key in _DEFAULTS and value == _DEFAULTS[key] and key not in ALWAYS_NAMED):
                continue
            words += ["--" + key.replace("_", "-"), *([] if value is True else [_as_argument(value)])]
        return shlex.join([*words, "--name", name])


START_SETTINGS = ("start", "start_weights", "start_beta")  # which a run that trains on has from the run before it
# Settings that weights fit to, so that a run that trains on shares them with the run before it.
KEPT_SETTINGS = (
    "model",
    "dataset",
    "latent_dim",
    "body",
    "hidden",
    "activation",
    "likelihood",
    "binarised",
    "sigma",
)
# Settings that decide how fast a run is on a machine. Runs that differ in them alone reach the same losses, but for the
# rounding that training amplifies, so that a comparison says nothing about them.
MACHINE_SETTINGS = ("device", "precision")
FINGERPRINT_DIGITS = 12  # of the SHA-256 of weights in a command
RANGES: dict[str, tuple[float, float]] = {
    "input_noise": (0, 2),
    "sigma": (0.01, 10),
    "beta": (0, 1000),
    "beta_warmup": (0, 1),
    "start_beta": (0, 1000),
    "classifier_weight": (0, 10_000),
    "epochs": (1, 10_000),
    "steps": (1, 100_000_000),
    "seconds": (1, 86_400),
    "batch_size": (2, 60_000),
    "learning_rate": (1e-6, 1),
    "adam_beta2": (0.5, 0.99999),
    "seed": (0, 2**31 - 1),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "model": MODEL_KINDS,
    "likelihood": LIKELIHOODS,
    "schedule": ("cosine", "constant"),
    "device": DEVICES,
    "precision": PRECISIONS,
}
# A command names these even at their defaults: the recipe fills several of them by latent size and budget, and it may
# change, so that a command without them could mean other values later.
ALWAYS_NAMED = (
    "model",
    "latent_dim",
    "body",
    "hidden",
    "activation",
    "beta",
    "beta_warmup",
    "batch_size",
    "learning_rate",
    "seed",
)
_DEFAULTS = {f.name: f.default for f in fields(TrainConfig)}
_TYPE_WORDS: dict[Any, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    float: "a number",
    int | None: "a whole number or null",
    float | None: "a number or null",
    tuple[int, ...]: "a list of whole numbers",
}
_LABELS = {
    "start": "starting weights",
    "latent_dim": "latent size",
    "body": "network",
    "hidden": "hidden layers",
    "beta": "β",
    "beta_warmup": "β warm-up",
    "sigma": "σ",
    "adam_beta2": "Adam's β₂",
    "binarised": "binarised pixels",
}
_WORDS = {"ae": "AE", "vae": "VAE", "classifier-vae": "ClassifierVAE", "mlp": "MLP", "conv": "convolutional"} | {
    "multi-rate-vae": "multi-rate VAE",
    "silu": "SiLU",
    "gelu": "GELU",
    "relu": "ReLU",
    "bernoulli": "Bernoulli",
    "gaussian": "Gaussian",
    "optimal-gaussian": "Gaussian with optimal σ",
    "": "none",
    None: "none",
}
# A checkpoint that is older than a setting lacks it and gets its default, or the value of that time that stands here.
_FORMERLY = {"precision": "float32"}
# These are in every checkpoint.
_NEEDED = {"model", "dataset", "latent_dim", "body", "hidden", "activation", "likelihood", "beta", "seed"}


def config_from_json(settings: dict[str, Any]) -> TrainConfig:
    """Rebuild a config from `settings`, which `dataclasses.asdict` made of it.

    Raises:
        ConfigError: for a missing or an unknown key, a wrong type, or a value out of range.
    """
    names = {f.name for f in fields(TrainConfig)}
    unknown, missing = sorted(settings.keys() - names), sorted(_NEEDED - settings.keys())
    if unknown:
        raise ConfigError(f"unknown key {', '.join(map(repr, unknown))}.")
    if missing:
        raise ConfigError(f"missing key {', '.join(map(repr, missing))}.")
    hidden = settings["hidden"]
    return TrainConfig(**_FORMERLY | settings | {"hidden": tuple(hidden) if isinstance(hidden, list) else hidden})


def fulfils(config: TrainConfig, asked: TrainConfig) -> bool:
    """Tell whether a run of settings `config` is what was asked for, where precision `auto` asks for any."""
    return config == (replace(asked, precision=config.precision) if asked.precision == "auto" else asked)


def type_problems(settings: dict[str, Any]) -> list[str]:
    """List in words the settings whose value has the wrong type."""
    return [
        f"{label(f.name)} must be {_TYPE_WORDS[f.type]}, not {settings[f.name]!r}"
        for f in fields(TrainConfig)
        if not _is_of(settings[f.name], f.type)
    ]


def differences(one: TrainConfig, other: TrainConfig, ignoring: tuple[str, ...] = ()) -> list[str]:
    """List the settings in which two runs differ, as "label (one's and other's)", except those named in `ignoring`."""
    return [f"{name} ({a} and {b})" for name, a, b in differing(one, other, ignoring)]


def differing(one: TrainConfig, other: TrainConfig, ignoring: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """List the settings in which two runs differ, in words: the label, and the values of the one and of the other."""
    return [
        (label(name), in_words(a), in_words(b))
        for name, a in asdict(one).items()
        if name not in ignoring and a != (b := getattr(other, name))
    ]


def _is_of(value: Any, kind: Any) -> bool:
    if kind == tuple[int, ...]:
        return isinstance(value, tuple) and all(type(v) is int for v in value)
    kinds = get_args(kind) or (kind,)
    # type() and not isinstance(), because True must not count as a number.
    return type(value) in kinds or (float in kinds and type(value) is int)


def label(name: str) -> str:
    """Return a setting's name in words, such as `latent size` or `β`."""
    return _LABELS.get(name, name.replace("_", " "))


def in_words(value: Any) -> str:
    """Return a setting's value as a text has it, such as `256-256` or `SiLU`."""
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, "g") if isinstance(value, float) else _WORDS.get(value, str(value)) or "none"


def _as_argument(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
