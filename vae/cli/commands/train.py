"""The command `train`: train a model into a checkpoint, and measure it."""

import argparse
from dataclasses import fields
from typing import Any

from vae.cli.bar import ProgressBar
from vae.cli.parsers import ArgumentError
from vae.cli.results import show_metrics
from vae.cli.stops import telling
from vae.data.datasets import load_dataset
from vae.data.imported.shelf import image_shape
from vae.measure.evaluate import evaluate
from vae.storage.checkpoints import load
from vae.storage.claims import claiming, claiming_unused
from vae.storage.header import Stored, stored
from vae.storage.metrics import add_metrics
from vae.storage.names import CheckpointError, checkpoint_path
from vae.storage.recording import Recording
from vae.storage.shipped import refuse_shipped
from vae.storage.starts import continuing, find_start, start_weights
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.recipe import recommended_body, recommended_epochs, recommended_for
from vae.training.reports import EpochReport
from vae.training.tensorboard import follow


def config_of(args: argparse.Namespace) -> TrainConfig:
    """Return the settings that the arguments of `train` give, completed by the recipe, which also has the epochs.

    Raises:
        CheckpointError: when there is no checkpoint of the name or with the weights that `--from` gives.
        ConfigError: for values that cannot be trained with.
    """
    given = {f.name: getattr(args, f.name) for f in fields(TrainConfig) if hasattr(args, f.name) and f.name != "start"}
    model = given.get("model", TrainConfig.model)
    budget: dict[str, Any] = {key: given[key] for key in ("epochs", "steps", "seconds") if key in given} or {
        "epochs": recommended_epochs(model)
    }
    given |= budget
    if args.start is not None:
        name, _, weights = args.start.partition("@")
        return continuing(find_start(name, weights) if weights else load(name), **given)
    dataset = given.get("dataset", TrainConfig.dataset)
    given.setdefault("body", recommended_body(image_shape(dataset)))
    latent_dim = given.get("latent_dim", TrainConfig.latent_dim)
    recipe = recommended_for(dataset, latent_dim, given["body"], model=model, **budget)
    return TrainConfig(**recipe | given)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Train a model, save it and measure it; return where it is, how it was trained and its measurements."""
    config = config_of(args)
    if args.replace_shipped and not args.overwrite:
        raise ArgumentError("--replace-shipped goes with --overwrite.")
    if args.name is not None and args.overwrite and not args.replace_shipped:
        refuse_shipped(checkpoint_path(args.name), "replaced", "--replace-shipped")
    unnamed = args.name is None
    with claiming_unused(config.default_name()) if unnamed else claiming(args.name, replacing=args.overwrite) as name:
        before = _weights(name)
        with telling(lambda: _left(name, before)):
            return _train(config, name, args)


def _train(config: TrainConfig, name: str, args: argparse.Namespace) -> dict[str, Any]:
    dataset = load_dataset(config.dataset)
    recording = Recording(name, config, dataset, replacing=args.overwrite)
    with ProgressBar(name) as bar:
        reports = recording.follow(train(config, dataset, bar.step, start=start_weights(config)))
        if args.tensorboard:
            reports = follow(reports, name, dataset)
        report, said = None, ""
        for report in reports:
            bar.line(_line(report))
            if report.collapse and (report.progress >= 1 or not said):
                bar.line(f"{name} has {report.collapse}")  # when it is first seen, and at the end
            said = report.collapse
    assert report is not None
    metrics = evaluate(report.model, dataset, config)
    checkpoint = load(add_metrics(recording.stored, metrics))
    return {
        "name": checkpoint.name,
        "path": str(checkpoint.path),
        "steps": report.step,
        "epochs": round(report.epoch, 4),
        "seconds": round(report.elapsed, 2),
        "device": checkpoint.device,
        "precision": checkpoint.config.precision,
        "command": checkpoint.command,
        "collapse": report.collapse or None,
        "metrics": metrics,
    }


def _line(report: EpochReport) -> str:
    return (
        f"epoch {report.epoch:<6.4g} train {report.train.total:8.2f}   test {report.test.total:8.2f} "
        f"(reconstruction {report.test.reconstruction:.2f}, KL {report.test.kl:.2f})   "
        f"{report.images_per_second:,.0f} images/s"
    )


def _weights(name: str) -> Stored | None:
    path = checkpoint_path(name)
    return stored(path) if path.exists() else None


def _left(name: str, before: Stored | None) -> str:
    """Say what is left of a run that was stopped, by what there is now under its name."""
    try:
        now = _weights(name)
        if now is None:
            return "no epoch was complete, so that nothing is kept."
        if before is not None and now.marks == before.marks:
            return f"{name} stays as it was, since the run that was to replace it was not finished."
        kept = load(name)
    except (CheckpointError, OSError):
        return f"what is kept of it is in {checkpoint_path(name)}."
    if not kept.finished:
        return f"what it had learnt after {kept.epochs_done:g} epochs is kept as {name}."
    measured = "" if kept.metrics else f", though not measured (python -m vae evaluate {name} --keep)"
    return f"{name} is trained and kept{measured}."


def show(result: dict[str, Any]) -> str:
    """Return lines with a run's path, steps, seconds and measurements."""
    return f"{result['path']}: {result['steps']} steps in {result['seconds']} s\n{show_metrics(result['metrics'])}"
