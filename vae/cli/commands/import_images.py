"""The command `import`: import images of one's own."""

import argparse
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from vae.cli.bar import ProgressBar
from vae.cli.stops import telling
from vae.cli.streams import printable
from vae.data.imported import example
from vae.data.imported.about import About, set_path, usable_name
from vae.data.imported.importing import import_images
from vae.data.imported.loading import load_imported
from vae.data.imported.look import look_at_set
from vae.data.imported.making import refuse_taken
from vae.data.imported.shelf import is_here
from vae.data.preparation.settings import Preparation, Split
from vae.data.preparation.suggest import suggest
from vae.data.readers import recognise
from vae.data.readers.files import Options


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Import the images at a path; return what became of them, and warnings about them."""
    name = args.name or (example.NAME if _is_example(args) else usable_name(Path(args.path).stem))
    if not _is_example(args):
        example.refuse_reserved(name)
    refuse_taken(name)
    began = time.monotonic()
    with telling(lambda: _left(name)), ProgressBar(name) as bar:
        about, reasons = _import(args, name, bar)
        seen = look_at_set(load_imported(name), lambda done: bar.step(0.9 + 0.1 * done))
    if _is_example(args):
        example.give_judge(name)
    for sentence in (*about.remarks, *seen.warnings):
        bar.line(printable(sentence))
    return {
        "name": name,
        "path": str(set_path(name)),
        "layout": about.layout,
        "images": about.count,
        "train": about.train_size,
        "validation": about.validation_size,
        "test": about.test_size,
        "image_shape": list(about.image_shape),
        "classes": seen.class_counts,
        "preparation": asdict(about.preparation),
        "reasons": list(reasons),
        "fingerprint": about.fingerprint,
        "remarks": list(about.remarks),
        "warnings": list(seen.warnings),
        "seconds": round(time.monotonic() - began, 2),
    }


def _import(args: argparse.Namespace, name: str, bar: ProgressBar) -> tuple[About, tuple[str, ...]]:
    """Import the images, and return what is known of them and why they were prepared as they were."""
    with recognise.open_source(Path(args.path)) as files:
        collection = recognise.collect(files, _options(args))
        suggested, reasons = suggest(collection)
        for sentence in reasons:
            bar.line(printable(sentence))
        title = Path(args.path).stem or name
        preparation = _chosen(suggested, args)
        about = import_images(collection, preparation, _split(args), name, title, lambda done: bar.step(0.9 * done))
        return about, reasons


def _split(args: argparse.Namespace) -> Split:
    return Split(args.validation, args.test, args.seed)


def _options(args: argparse.Namespace) -> Options:
    return Options(args.label_pattern, args.label_column, args.image_column)


def _is_example(args: argparse.Namespace) -> bool:
    """Tell whether the example is to be imported as its shipped models were trained on it."""
    return example.is_example(Path(args.path), _chosen(example.PREPARATION, args), _split(args), _options(args))


def _chosen(suggested: Preparation, args: argparse.Namespace) -> Preparation:
    """Return what was suggested with what the arguments say instead."""
    height, width = args.size or (suggested.height, suggested.width)
    return replace(
        suggested,
        height=height,
        width=width,
        colour=args.colour or (suggested.colour and not args.grey),
        fit=args.fit or suggested.fit,
        ground=args.ground or suggested.ground,
        invert=args.invert,
    )


def _left(name: str) -> str:
    return f"the images are imported as {name}." if is_here(name) else "nothing of the images is kept."


def show(result: dict[str, Any]) -> str:
    """Return lines on what was imported, and the command that trains on it."""
    channels, height, width = result["image_shape"]
    classes = f"{len(result['classes'])} classes" if result["classes"] else "no classes"
    return (
        f"{result['path']}: {result['layout']}\n"
        f"  {result['images']:,} images of {height} x {width} pixels, {'in colour' if channels == 3 else 'grey'}, "
        f"with {classes}: {result['train']:,} training, {result['validation']:,} validation and {result['test']:,} "
        f"test images; {result['seconds']} s\n"
        f"  python -m vae train --dataset {result['name']}" + _then(result)
    )


def _then(result: dict[str, Any]) -> str:
    """Return the command that trains the judge, for images with labels that come without one."""
    if not result["classes"] or result["name"] == example.NAME:
        return ""
    return f"\n  python -m vae judge --dataset {result['name']}"
