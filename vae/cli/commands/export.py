"""The command `export`: write a model, or the codes of its images, in a format of other programs."""

import argparse
from contextlib import suppress
from pathlib import Path
from typing import Any

from vae.cli.bar import ProgressBar
from vae.cli.model_at import model_at
from vae.cli.parsers import ArgumentError
from vae.cli.stops import telling
from vae.cli.use_arguments import TABLES
from vae.data.dataset import Dataset, DatasetError
from vae.data.datasets import downloaded, load_dataset
from vae.export import onnx_files, projector
from vae.export.codes import code_rows
from vae.export.loader import loader_code
from vae.export.place import check_file, check_folder
from vae.export.tables import new_table
from vae.models.autoencoders import Autoencoder
from vae.storage.checkpoints import Checkpoint, load
from vae.storage.models import check_data

FOLDERS = {"onnx": onnx_files.OURS, "projector": projector.OURS}  # the files that they hold


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Export what the arguments say, and return where it is and how many images it has, or the code that was made."""
    _check(args)
    checkpoint = load(args.name)
    model = model_at(checkpoint, args.beta)
    result = {"name": args.name, "format": args.format}
    if args.format == "code":
        return result | {"code": loader_code(checkpoint, model)}
    out = Path(args.out)
    with telling(lambda: f"nothing is written to {out}."):
        if args.format == "onnx":
            names = _class_names(checkpoint)
            difference = onnx_files.write_onnx(model, checkpoint, names, out, beta=args.beta, overwrite=args.overwrite)
            return result | {"path": str(out), "difference": difference}
        return result | {"path": str(out)} | _with_images(args, checkpoint, model, out)


def _check(args: argparse.Namespace) -> None:
    """Check that the arguments go together, and that there is room for what is written.

    Raises:
        ArgumentError, PlaceError: saying what is wrong.
    """
    if args.format == "code":
        given = [
            f"--{name}" for name in ("out", "part", "beta", "overwrite") if getattr(args, name) not in (None, False)
        ]
        if given:
            raise ArgumentError(f"{given[0]} goes with the other formats: code is printed, and is that of β 1.")
        return
    if args.out is None:
        raise ArgumentError(f"--format {args.format} needs --out, the name of a new file or folder.")
    if args.part is not None and args.format == "onnx":
        raise ArgumentError("--part goes with tables and projector, which hold the codes of images.")
    if args.format in TABLES:
        check_file(Path(args.out), overwrite=args.overwrite)
    else:
        check_folder(Path(args.out), FOLDERS[args.format], overwrite=args.overwrite)


def _class_names(checkpoint: Checkpoint) -> tuple[str, ...]:
    """Return the names of a run's classes; () where its images are not here, damaged, or others by now."""
    if not downloaded(checkpoint.config.dataset):
        return ()
    with suppress(DatasetError):
        dataset = load_dataset(checkpoint.config.dataset)
        if dataset.fingerprint == checkpoint.data_fingerprint:
            return dataset.class_names
    return ()


def _with_images(args: argparse.Namespace, checkpoint: Checkpoint, model: Autoencoder, out: Path) -> dict[str, Any]:
    dataset, split = load_dataset(checkpoint.config.dataset), args.part or "test"
    check_data(checkpoint, dataset)
    with ProgressBar(args.name) as bar:
        rows = code_rows(model, dataset, checkpoint.config, split, bar.step)
        if args.format not in TABLES:
            points = projector.write_projector(
                rows, dataset, split, f"{args.name} codes", out, overwrite=args.overwrite
            )
            return {"part": split, "images": points, "left_out": _count(dataset, split) - points}
        with new_table(out, args.format, overwrite=args.overwrite) as write:
            for some in rows:
                write(some)
    return {"part": split, "images": _count(dataset, split)}


def _count(dataset: Dataset, split: str) -> int:
    return len(dataset.part(split)[1])


def show(result: dict[str, Any]) -> str:
    """Return the code itself, or a line on what was written."""
    if "code" in result:
        return str(result["code"])
    if "difference" in result:
        return (
            f"{result['path']}: encoder.onnx and decoder.onnx, whose results differ from PyTorch's by at most "
            f"{result['difference']:.1g}"
        )
    left = f"; {result['left_out']:,} more are left out" if result.get("left_out") else ""
    return f"{result['path']}: the codes of {result['images']:,} {_WORDS[result['part']]} images{left}"


_WORDS = {"train": "training", "test": "test"}
