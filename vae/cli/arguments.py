"""The arguments of the command line; those of a training run are made from the fields of `TrainConfig`."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, NoReturn, Protocol

from vae.cli.streams import deliver, say
from vae.data.imported.about import NAME, ImportedSetError, set_path
from vae.data.names import BUILT_IN
from vae.data.preparation.settings import FITS, GROUNDS, Split
from vae.errors import VaeError
from vae.jobs.plan import ENGINES, MOST_MEMBERS
from vae.models.choices import ACTIVATIONS, BODIES
from vae.training.config import CHOICES, MISTAKES, RANGES, TrainConfig
from vae.training.recipe import RECIPE_SETTINGS

EPILOG = """examples:
  python -m vae train --model vae --latent-dim 2 --beta 4 --epochs 5 --name my-vae
  python -m vae train --model ae --latent-dim 20 --seconds 10
  python -m vae train --from vae-2d --beta 8 --seconds 10
  python -m vae sweep --betas 0.1,0.5,1,2,4 --latent-dims 2,10,20 --seeds 3
  python -m vae list
  python -m vae evaluate my-vae --json
  python -m vae evaluate my-vae --quality --likelihood-samples 500 --binarised
  python -m vae import photos.zip --name photos

Losses are in nats per image: summed over pixels and latent dimensions, averaged over images.
Exit status: 0 done, 1 failed, 2 bad arguments, 130 and 143 stopped by Ctrl-C and by SIGTERM."""

LARGEST = 10**18  # far more than any number of a run
MOST_DRAWS = 1_000_000
MOST_EPOCHS = 1_000  # of a judge
# The help of every setting of a run, by group. A setting's type and default are those of the field of `TrainConfig`.
SETTINGS = {
    "model": {
        "model": "",
        "latent_dim": "latent size, 1 to 128",
        "body": "",
        "hidden": "layer widths or channels, such as 400,400",
        "activation": f"one of {', '.join(ACTIVATIONS)}",
    },
    "objective": {
        "beta": "weight of the KL; 1 is the ELBO",
        "beta_warmup": "fraction of the run over which β rises from 0",
        "likelihood": "",
        "binarised": "black and white pixels, drawn anew in every epoch, as in papers",
        "input_noise": "σ of Gaussian noise on the input alone, clipped to 0 to 1, which the model learns to remove",
        "sigma": "σ of --likelihood gaussian",
        "classifier_weight": "weight of a classifier-vae's cross-entropy",
        "mistake": "made on purpose in training a VAE, to show what it does; no list of the app has the run",
    },
    "budget (one of them; default: 20 epochs)": {
        "epochs": "",
        "steps": "",
        "seconds": "wall clock; the learning rate is annealed to its end",
    },
    "run": {
        "dataset": f"{', '.join(BUILT_IN)}, which download once but for mnist, or images that were imported",
        "batch_size": "",
        "learning_rate": "the peak",
        "schedule": "",
        "adam_beta2": "",
        "seed": "",
        "device": "auto is CUDA, then MPS, then the CPU",
        "precision": "of the products of training; auto is the faster one here; losses are float32 always, and CPUs "
        "without bfloat16 of their own take ten times as long with it",
    },
}


class ArgumentError(VaeError, ValueError):
    """Arguments that do not go together; the message says which."""


class _Parser(argparse.ArgumentParser):
    """A parser that answers bad arguments with one line instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong in one line and exit with status 2."""
        say(f"{self.prog}: {message} (try --help)")
        self.exit(2)

    def print_help(self, file: Any = None) -> None:
        """Write the help as results are written, to any terminal or pipe."""
        deliver(self.format_help().rstrip("\n"))


class _Group(Protocol):
    """A parser, or a group of its arguments."""

    def add_argument(self, *names: str, **settings: Any) -> Any: ...


def _list_of(kind: Callable[[str], Any], example: str) -> Callable[[str], tuple[Any, ...]]:
    """Return a function that parses values separated by commas, such as `example`, into a tuple."""

    def parse(text: str) -> tuple[Any, ...]:
        try:
            return tuple(kind(part) for part in text.split(","))
        except (ValueError, argparse.ArgumentTypeError):
            raise argparse.ArgumentTypeError(f"{text[:80]!r} is not like {example}") from None

    return parse


def _whole(text: str) -> int:
    """Read a whole number of a size that can be compared with other numbers, which floats cannot with any."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is not a whole number") from None
    if abs(number) > LARGEST:
        raise argparse.ArgumentTypeError(f"{text[:20]}... is too large")
    return number


def _from(low: int, high: int) -> Callable[[str], int]:
    """Return a function that reads a whole number from `low` to `high`."""

    def parse(text: str) -> int:
        number = _whole(text)
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"it must be {low:,} to {high:,}, not {number:,}")
        return number

    return parse


def _dataset(text: str) -> str:
    if not NAME.fullmatch(text):
        known = ", ".join(BUILT_IN)
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is neither one of {known} nor a name of imported images")
    return text


def _new_name(text: str) -> str:
    try:
        set_path(text)
    except ImportedSetError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _size(text: str) -> tuple[int, int]:
    """Read a side, or height x width."""
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) > 2:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not like 28 or 28x32")
    height, width = _side(sides[0]), _side(sides[-1])
    return height, width


_FIELDS = {field.name: field for field in fields(TrainConfig)}
_CHOICES = CHOICES | {"body": BODIES, "mistake": MISTAKES}
_OF_THE_RECIPE = (*RECIPE_SETTINGS, "body")  # options that it fills in where they are not given
_READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: _whole,
    float: float,
    int | None: _whole,
    float | None: float,
    tuple[int, ...]: _list_of(_whole, "400,400"),
}


_side = _from(8, 128)
_SEED = _from(0, int(RANGES["seed"][1]))


def parser() -> argparse.ArgumentParser:
    """Return the parser of `python -m vae`."""
    about = "Train, list and measure autoencoders and variational autoencoders."
    raw = argparse.RawDescriptionHelpFormatter
    whole = _Parser("python -m vae", description=about, epilog=EPILOG, formatter_class=raw)
    commands = whole.add_subparsers(dest="command", required=True, metavar="command")
    of_images = (_add_judge, _add_import, _add_images, _add_import_weights)
    for add in (_add_train, _add_sweep, _add_list, _add_evaluate, _add_shrink, *of_images):
        add(commands).add_argument(
            "--json", action="store_true", help="one JSON object on standard output, nothing else there"
        )
    return whole


def _add_train(commands: Any) -> argparse.ArgumentParser:
    train = _command(commands, "train", "train a model into a checkpoint that the app lists at once", EPILOG)
    start = "train on from this checkpoint's weights, with its model and data; NAME@SHA also checks the weights"
    train.add_argument("--from", dest="start", metavar="NAME", help=start)
    for title, settings in SETTINGS.items():
        group = train.add_argument_group(title)
        for name, about in settings.items():
            _add_setting(group, name, about, absent=argparse.SUPPRESS)
    group.add_argument("--name", help="of the checkpoint; default: made from the settings")
    events = "event files in tensorboard/NAME beside the checkpoints"
    group.add_argument("--tensorboard", action="store_true", help=events)
    group.add_argument("--overwrite", action="store_true", help="replace a checkpoint of that name")
    return train


def _add_sweep(commands: Any) -> argparse.ArgumentParser:
    about = "train a VAE for every β, latent size and seed; what is finished already is not trained again"
    sweep = _command(commands, "sweep", about, EPILOG)
    add = sweep.add_argument
    betas = (0.1, 0.5, 1.0, 2.0, 4.0)
    add("--betas", type=_list_of(float, "0.1,0.5,1"), default=betas, help="default: 0.1,0.5,1,2,4")
    add("--latent-dims", type=_list_of(_whole, "2,10,20"), default=(2,), help="such as 2,10,20; default: 2")
    many = f"how many, from 0 on; default: 1; a sweep has at most {MOST_MEMBERS:,} runs in all"
    add("--seeds", type=_whole, default=1, help=many)
    _add_setting(sweep, "model", choices=("vae", "classifier-vae"))
    for name in ("body", "hidden", "likelihood"):
        _add_setting(sweep, name, _about(name))
    _add_setting(sweep, "epochs", "of every member; default: 20")
    _add_setting(sweep, "steps", "of every member, in the place of epochs")
    for name in ("dataset", "device", "precision"):
        _add_setting(sweep, name, _about(name))
    add("--name", default="sweep", help="what the checkpoints' names begin with; default: sweep")
    engines = "auto is stacked on CUDA and processes on CPUs; stacks are of MLPs, conv bodies train one by one"
    add("--engine", choices=ENGINES, default="auto", help=engines)
    add("--ray-address", help="of the cluster for --engine ray; default: one on this machine")
    return sweep


def _add_list(commands: Any) -> argparse.ArgumentParser:
    return _command(commands, "list", "list the checkpoints, damaged ones with the reason")


def _add_evaluate(commands: Any) -> argparse.ArgumentParser:
    evaluate = _command(commands, "evaluate", "measure a checkpoint on all test images")
    add = evaluate.add_argument
    add("name")
    add("--seed", type=_SEED, default=0, help="of all draws; default: 0")
    _add_setting(evaluate, "device", _about("device"))
    bound = "also the importance-weighted bound of K draws an image"
    add("--likelihood-samples", type=_from(1, MOST_DRAWS), metavar="K", help=bound)
    add("--binarised", action="store_true", help="that bound for binarised images, as in papers")
    quality = "also samples, latent space and bounds with intervals; about a minute"
    add("--quality", action="store_true", help=quality)
    add("--keep", action="store_true", help="write it into the checkpoint's metrics.json, beside what is there")
    return evaluate


def _add_shrink(commands: Any) -> argparse.ArgumentParser:
    about = "store a checkpoint's weights in half precision, without film; measure it again afterwards"
    shrink = _command(commands, "shrink", about)
    shrink.add_argument("name")
    return shrink


def _add_judge(commands: Any) -> argparse.ArgumentParser:
    budget = "default: 12, half an hour on 2 cores; of imported images as many as take a minute"
    judge = _command(commands, "judge", "train the classifier that reads what the models decode")
    _add_setting(judge, "dataset", _about("dataset"))
    judge.add_argument("--epochs", type=_from(1, MOST_EPOCHS), help=budget)
    judge.add_argument("--seed", type=_SEED, default=0, help="default: 0")
    return judge


def _add_import(commands: Any) -> argparse.ArgumentParser:
    about = "import your own images, from a folder, an archive or a file of arrays, so that models train on them"
    imported = _command(commands, "import", about)
    add = imported.add_argument
    add(
        "path", metavar="PATH", help="a folder (of folders, one a class), zip, tar, npz, npy, IDX, CSV, Parquet or .mat"
    )
    add("--name", type=_new_name, help="such as photos, for --dataset; default: made from the path")
    add(
        "--size",
        type=_size,
        metavar="SIDE",
        help="pixels, such as 28, or 28x32 (height x width); default: by the images",
    )
    channels = imported.add_mutually_exclusive_group()
    channels.add_argument("--colour", action="store_true", help="three channels; default: where images have colour")
    channels.add_argument("--grey", action="store_true", help="one channel")
    add("--fit", choices=FITS, help="to the size's proportions; default: by the images")
    add("--ground", choices=GROUNDS, help="under transparent parts; default: by the images")
    add("--invert", action="store_true", help="black becomes white")
    split = Split()
    add("--validation", type=float, default=split.validation, help="share of the images; default: 0")
    add("--test", type=float, default=split.test, help=f"share of the images; default: {split.test:g}")
    add(
        "--seed",
        type=_SEED,
        default=split.seed,
        help="of the split, which is the files' own if they have one; default: 0",
    )
    add("--label-pattern", default="", help="where the class stands in a file's name, such as '{label}_*.png'")
    add("--label-column", default="", help="of a table")
    add("--image-column", default="", help="of a table")
    return imported


def _add_images(commands: Any) -> argparse.ArgumentParser:
    images = _command(commands, "images", "list the imported images, give them another title, or delete them")
    deeds = images.add_mutually_exclusive_group()
    deeds.add_argument("--retitle", nargs=2, metavar=("NAME", "TITLE"), help="show other words in the app")
    deeds.add_argument("--delete", metavar="NAME", help="runs that were trained on them stay, and are named")
    images.add_argument("--yes", action="store_true", help="delete without being asked")
    return images


def _add_import_weights(commands: Any) -> argparse.ArgumentParser:
    about = "make a checkpoint of the weights of another program's model, and measure it"
    weights = _command(commands, "import-weights", about)
    weights.add_argument("path", help="a safetensors file, or a PyTorch file with tensors and nothing else")
    _add_setting(weights, "model", choices=("vae", "ae"))
    _add_setting(weights, "dataset", _about("dataset"))
    between = "between its layers; default: relu, as in pytorch/examples"
    weights.add_argument("--activation", choices=ACTIVATIONS, default="relu", help=between)
    weights.add_argument("--name", help="of the checkpoint; default: the file's")
    return weights


def _command(commands: Any, name: str, about: str, epilog: str = "") -> argparse.ArgumentParser:
    # Only this formatter keeps the line breaks of the examples; without examples the description is to be wrapped.
    formatter = argparse.RawDescriptionHelpFormatter if epilog else argparse.HelpFormatter
    return commands.add_parser(name, help=about, description=about, epilog=epilog, formatter_class=formatter)


def _about(name: str) -> str:
    return next(settings[name] for settings in SETTINGS.values() if name in settings)


def _add_setting(
    group: _Group, name: str, about: str = "", choices: Sequence[str] | None = None, absent: str | None = None
) -> None:
    """Add the option of a field of `TrainConfig`; an option that the recipe can fill in is None if it is not given.

    Args:
        absent: `argparse.SUPPRESS` for an option that is no attribute of the arguments if it is not given.
    """
    field, option = _FIELDS[name], "--" + name.replace("_", "-")
    if field.type is bool:
        group.add_argument(option, action="store_true", default=absent or False, help=about)
        return
    default = None if name in _OF_THE_RECIPE else field.default
    shown = "the recipe's" if name in _OF_THE_RECIPE else f"{default:g}" if isinstance(default, float) else default
    told = [about] if about else []
    told += [f"default: {shown}"] if shown not in (None, "") else []
    chosen = choices or _CHOICES.get(name)
    group.add_argument(
        option,
        type=_dataset if name == "dataset" else _READERS[field.type],
        default=absent or default,
        choices=chosen,
        help="; ".join(told),
    )
