"""The arguments of the commands that take a model away or use it, and of the one that opens the app."""

import argparse
from typing import Any

from vae.cli.parsers import Group, command
from vae.cli.values import between, seed
from vae.models.choices import HIGHEST_BETA, LOWEST_BETA

TABLES = ("parquet", "csv", "npz")
FORMATS = ("onnx", *TABLES, "projector", "code")
PARTS = ("test", "train")
MOST_IMAGES = 100_000  # that are generated at once
ALARM = 0.05
PATH = "a folder of pictures, zip, tar, npz, npy, IDX, CSV, Parquet, .mat or HDF5"


def add_export(commands: Any) -> argparse.ArgumentParser:
    """Add the parser of `export`."""
    export = command(commands, "export", "write a model, or the codes of its images, in a format of other programs")
    add = export.add_argument
    add("name", help="the name of the run")
    formats = (
        "onnx: a folder with the encoder and the decoder; parquet, csv or npz: a table of codes and losses; projector: "
        "a folder for TensorBoard's projector; code: Python that loads the weights, on standard output"
    )
    add("--format", choices=FORMATS, required=True, help=formats)
    add("--out", metavar="PATH", help="the new file of a table, or the new folder of onnx and projector")
    add("--part", choices=PARTS, help="the images of a table or of projector; default: test")
    _add_beta(export)
    _add_overwrite(export)
    return export


def add_generate(commands: Any) -> argparse.ArgumentParser:
    """Add the parser of `generate`."""
    generate = command(commands, "generate", "decode random z into new images, a PNG file each, and a contact sheet")
    add = generate.add_argument
    add("name", help="the name of the run")
    add("--out", metavar="DIR", required=True, help="the new folder of the images")
    add("--count", type=between(1, MOST_IMAGES), default=100, help="how many images; default: 100")
    add("--seed", type=seed, default=0, help="seed of the z that are drawn; default: 0")
    prior = "draw z from N(0, I) also for an AE, whose z come from a mixture of Gaussians fitted to its codes otherwise"
    add("--prior", action="store_true", help=prior)
    _add_beta(generate)
    _add_overwrite(generate)
    return generate


def add_encode(commands: Any) -> argparse.ArgumentParser:
    """Add the parser of `encode`."""
    encode = command(commands, "encode", "encode images of your own, prepared as the model's own images were")
    encode.add_argument("name", help="the name of the run")
    encode.add_argument("path", metavar="PATH", help=PATH)
    encode.add_argument("--out", metavar="FILE", required=True, help="the new table: FILE.parquet, .csv or .npz")
    _add_images(encode)
    return encode


def add_score(commands: Any) -> argparse.ArgumentParser:
    """Add the parser of `score`."""
    about = "tell which images are unusual for a model, with p-values and a chosen rate of false alarms"
    score = command(commands, "score", about)
    score.add_argument("name", help="the name of the run")
    score.add_argument("path", metavar="PATH", help=PATH)
    rate = (
        "the share of images like the model's own that may be called unusual by mistake, above 0 and below 1; it needs "
        f"1/alarm - 1 test images or more; default: {ALARM:g}"
    )
    score.add_argument("--alarm", type=float, default=ALARM, help=rate)
    out = "also write the score and the p-value of every image to this new table: FILE.parquet, .csv or .npz"
    score.add_argument("--out", metavar="FILE", help=out)
    _add_images(score)
    return score


def add_app(commands: Any) -> argparse.ArgumentParser:
    """Add the parser of `app`."""
    return command(commands, "app", "open the app in the browser, as `streamlit run streamlit_app.py` does")


def _add_images(parser: Group) -> None:
    """Add the options of a command that reads images."""
    parser.add_argument("--invert", action="store_true", help="turn black into white before the images are encoded")
    _add_beta(parser)
    _add_overwrite(parser)


def _add_beta(parser: Group) -> None:
    about = f"take a multi-rate-vae as the VAE that it is at this β, {LOWEST_BETA:g} to {HIGHEST_BETA:g}; default: 1"
    parser.add_argument("--beta", type=float, help=about)


def _add_overwrite(parser: Group) -> None:
    parser.add_argument("--overwrite", action="store_true", help="replace what an earlier command has written there")


OF_RUNS = (add_export, add_generate, add_encode, add_score)
