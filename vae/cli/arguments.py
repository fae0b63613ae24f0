"""The arguments of the command line; those of a training run are made from the fields of `TrainConfig`."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import vae
from vae.cli import use_arguments
from vae.cli.parsers import Group, Parser, command
from vae.cli.setting_help import SETTINGS
from vae.cli.values import between, dataset, list_of, new_name, seed, size, whole
from vae.data.preparation.settings import FITS, GROUNDS, Split
from vae.jobs.plan import ENGINES, MOST_MEMBERS
from vae.models.choices import ACTIVATIONS, BODIES, HIGHEST_BETA, LOWEST_BETA
from vae.training.config import CHOICES, MISTAKES, MULTI_RATE, TrainConfig
from vae.training.recipe import RECIPE_SETTINGS

EPILOG = """examples:
  python -m vae train --model vae --latent-dim 2 --beta 4 --epochs 5 --name my-vae
  python -m vae train --model ae --latent-dim 20 --seconds 10
  python -m vae train --from vae-2d --beta 8 --seconds 10
  python -m vae sweep --betas 0.1,0.5,1,2,4 --latent-dims 2,10,20 --seeds 3
  python -m vae list
  python -m vae change my-vae --note "the one for the lecture"
  python -m vae evaluate my-vae --json
  python -m vae evaluate my-vae --quality --likelihood-samples 500 --binarised
  python -m vae import photos.zip --name photos
  python -m vae export my-vae --format onnx --out my-vae-onnx

Losses are in nats per image: summed over pixels and latent dimensions, averaged over images.
Exit status: 0 done, 1 failed, 2 bad arguments, 130 and 143 stopped by Ctrl-C and by SIGTERM."""

MOST_DRAWS = 1_000_000
MOST_EPOCHS = 1_000  # of a judge


_FIELDS = {field.name: field for field in fields(TrainConfig)}
_CHOICES = CHOICES | {"body": BODIES, "mistake": MISTAKES}
_OF_THE_RECIPE = (*RECIPE_SETTINGS, "body")  # options that it fills in where they are not given
_READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: whole,
    float: float,
    int | None: whole,
    float | None: float,
    tuple[int, ...]: list_of(whole, "400,400"),
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of `python -m vae`."""
    about = "Train, list, measure and use autoencoders and variational autoencoders."
    raw = argparse.RawDescriptionHelpFormatter
    whole = Parser("python -m vae", description=about, epilog=EPILOG, formatter_class=raw)
    whole.add_argument("--version", action="version", version=f"vae {vae.__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="command")
    of_images = (_add_judge, _add_import, _add_images, _add_import_weights)
    of_runs = (_add_list, _add_change, _add_evaluate, _add_shrink, *use_arguments.OF_RUNS)
    for add in (_add_train, _add_sweep, *of_runs, *of_images, use_arguments.add_app):
        add(commands).add_argument(
            "--json", action="store_true", help="one JSON object on standard output, nothing else there"
        )
    return whole


def _add_train(commands: Any) -> argparse.ArgumentParser:
    train = command(commands, "train", "train a model, measure it and keep it; the app lists it at once", EPILOG)
    start = "start from the weights of this model, with its settings and images; NAME@SHA also checks the weights"
    train.add_argument("--from", dest="start", metavar="NAME", help=start)
    for title, settings in SETTINGS.items():
        group = train.add_argument_group(title)
        for name, about in settings.items():
            _add_setting(group, name, about, absent=argparse.SUPPRESS)
    group.add_argument("--name", help="the name of the run; default: made from the settings")
    events = "also write event files for TensorBoard to tensorboard/NAME beside the runs"
    group.add_argument("--tensorboard", action="store_true", help=events)
    group.add_argument("--overwrite", action="store_true", help="replace a run that has this name")
    _add_replace_shipped(group)
    return train


def _add_sweep(commands: Any) -> argparse.ArgumentParser:
    about = "train a VAE for every β, latent size and seed; runs that are finished are not trained again"
    sweep = command(commands, "sweep", about, EPILOG)
    add = sweep.add_argument
    betas = "the values of β; default: 0.1,0.5,1,2,4; a multi-rate-vae takes none, since it learns all of them"
    add("--betas", type=list_of(float, "0.1,0.5,1"), help=betas)
    add(
        "--latent-dims",
        type=list_of(whole, "2,10,20"),
        default=(2,),
        help="the latent sizes, such as 2,10,20; default: 2",
    )
    many = f"the number of seeds, counted from 0; default: 1; a sweep has at most {MOST_MEMBERS:,} runs in all"
    add("--seeds", type=whole, default=1, help=many)
    _add_setting(sweep, "model", choices=("vae", "classifier-vae", MULTI_RATE))
    for name in ("body", "hidden", "likelihood"):
        _add_setting(sweep, name, _about(name))
    _add_setting(sweep, "epochs", "the epochs of every run; default: 20, and 40 of a multi-rate-vae")
    _add_setting(sweep, "steps", "the training steps of every run, in the place of epochs")
    for name in ("dataset", "device", "precision"):
        _add_setting(sweep, name, _about(name))
    add("--name", default="sweep", help="the first word of the runs' names; default: sweep")
    engines = (
        "how the runs share the machine; auto stacks MLPs on CUDA, takes processes on CPUs, and else trains one by one"
    )
    add("--engine", choices=ENGINES, default="auto", help=engines)
    add("--ray-address", help="the address of the cluster for --engine ray; default: one on this machine")
    _add_replace_shipped(sweep)
    return sweep


def _add_list(commands: Any) -> argparse.ArgumentParser:
    return command(commands, "list", "list all runs with their notes; a damaged run is listed with the reason")


def _add_change(commands: Any) -> argparse.ArgumentParser:
    about = "rename, copy or delete a run, or write a note on it; runs that come with the project are only copied"
    change = command(commands, "change", about)
    change.add_argument("name", help="the name of the run")
    deeds = change.add_mutually_exclusive_group(required=True)
    deeds.add_argument("--rename", metavar="NEW", help="give the run another name")
    deeds.add_argument("--copy", metavar="NEW", help="copy the run under another name")
    deeds.add_argument("--note", metavar="TEXT", help="write a note of one line on the run; an empty text removes it")
    deeds.add_argument("--delete", action="store_true", help="delete the run, which cannot be undone")
    change.add_argument("--yes", action="store_true", help="say that you are sure, without which --delete does nothing")
    return change


def _add_evaluate(commands: Any) -> argparse.ArgumentParser:
    evaluate = command(commands, "evaluate", "measure a trained model on all test images")
    add = evaluate.add_argument
    add("name", help="the name of the run")
    add("--seed", type=seed, default=0, help="seed of everything that is drawn; default: 0")
    _add_setting(evaluate, "device", _about("device"))
    rate = f"measure a multi-rate-vae as the VAE that it is at this β, {LOWEST_BETA:g} to {HIGHEST_BETA:g}; default: 1"
    add("--beta", type=float, help=rate)
    bound = "measure the importance-weighted bound on the log-likelihood too, with K draws for each image"
    add("--likelihood-samples", type=between(1, MOST_DRAWS), metavar="K", help=bound)
    add("--binarised", action="store_true", help="measure that bound for black and white pixels, as papers do")
    quality = "measure samples, the latent space and bounds too, with intervals; it takes about a minute"
    add("--quality", action="store_true", help=quality)
    add("--keep", action="store_true", help="keep the numbers with the run, beside those that it has")
    return evaluate


def _add_shrink(commands: Any) -> argparse.ArgumentParser:
    about = "store a run's weights in half precision, and delete its film of codes and its measurements"
    shrink = command(commands, "shrink", about)
    shrink.add_argument("name", help="the name of the run")
    _add_replace_shipped(shrink)
    return shrink


def _add_judge(commands: Any) -> argparse.ArgumentParser:
    budget = "default: 12, which take half an hour on 2 cores; for imported images, as many as take a minute"
    judge = command(commands, "judge", "train the judge: the classifier that reads what the models decode")
    _add_setting(judge, "dataset", _about("dataset"))
    judge.add_argument("--epochs", type=between(1, MOST_EPOCHS), help=budget)
    judge.add_argument("--seed", type=seed, default=0, help="seed of its training; default: 0")
    return judge


def _add_import(commands: Any) -> argparse.ArgumentParser:
    about = "import images of your own from a folder, an archive or a file, so that models can be trained on them"
    imported = command(commands, "import", about)
    add = imported.add_argument
    kinds = (
        "a folder of pictures (or of one folder for each class), zip, tar, npz, npy, IDX, CSV, Parquet, .mat or HDF5"
    )
    add("path", metavar="PATH", help=kinds)
    add("--name", type=new_name, help="name of the images for --dataset, such as photos; default: made from the path")
    pixels = "height and width in pixels, such as 28 or 28x32; default: chosen from the images"
    add("--size", type=size, metavar="SIDE", help=pixels)
    channels = imported.add_mutually_exclusive_group()
    channels.add_argument("--colour", action="store_true", help="keep three channels; default: if images have colour")
    channels.add_argument("--grey", action="store_true", help="make one channel")
    add("--fit", choices=FITS, help="how images of other proportions get the size; default: chosen from the images")
    add("--ground", choices=GROUNDS, help="the colour under transparent parts; default: chosen from the images")
    add("--invert", action="store_true", help="turn black into white")
    split = Split()
    add("--validation", type=float, default=split.validation, help="share of validation images; default: 0")
    add("--test", type=float, default=split.test, help=f"share of test images; default: {split.test:g}")
    of_split = "seed of the split, which is drawn at random unless the files have one; default: 0"
    add("--seed", type=seed, default=split.seed, help=of_split)
    pattern = "where the class stands in the name of a file, such as '{label}_*.png'"
    add("--label-pattern", default="", help=pattern)
    add("--label-column", default="", help="the column of a table that holds the classes")
    add("--image-column", default="", help="the column of a table, or the array, that holds the images")
    return imported


def _add_images(commands: Any) -> argparse.ArgumentParser:
    images = command(commands, "images", "list imported images, give them another title, or delete them")
    deeds = images.add_mutually_exclusive_group()
    deeds.add_argument("--retitle", nargs=2, metavar=("NAME", "TITLE"), help="give images another title in the app")
    deeds.add_argument("--delete", metavar="NAME", help="delete images; the runs that were trained on them stay")
    images.add_argument("--yes", action="store_true", help="delete without being asked")
    return images


def _add_import_weights(commands: Any) -> argparse.ArgumentParser:
    about = "make a run of the weights of another program's model, and measure it"
    weights = command(commands, "import-weights", about)
    weights.add_argument("path", help="a safetensors file, or a PyTorch file that holds tensors and nothing else")
    _add_setting(weights, "model", choices=("vae", "ae"))
    _add_setting(weights, "dataset", _about("dataset"))
    between_layers = "the activation between its layers; default: relu, as in pytorch/examples"
    weights.add_argument("--activation", choices=ACTIVATIONS, default="relu", help=between_layers)
    weights.add_argument("--name", help="name of the new run; default: that of the file")
    return weights


def _add_replace_shipped(command: Group) -> None:
    about = "also replace runs that come with the project, which are locked otherwise"
    command.add_argument("--replace-shipped", action="store_true", help=about)


def _about(name: str) -> str:
    return next(settings[name] for settings in SETTINGS.values() if name in settings)


def _add_setting(
    group: Group, name: str, about: str = "", choices: Sequence[str] | None = None, absent: str | None = None
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
    shown = (
        "the recommended value" if name in _OF_THE_RECIPE else f"{default:g}" if isinstance(default, float) else default
    )
    told = [about] if about else []
    told += [f"default: {shown}"] if shown not in (None, "") else []
    chosen = choices or _CHOICES.get(name)
    group.add_argument(
        option,
        type=dataset if name == "dataset" else _READERS[field.type],
        default=absent or default,
        choices=chosen,
        help="; ".join(told),
    )
