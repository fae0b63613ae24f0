"""The commands of the command line: each takes parsed arguments and returns a result that can be written as JSON."""

import argparse
import sys
import time
from dataclasses import fields
from typing import Any

from vae.cli.bar import ProgressBar
from vae.data.datasets import load_dataset
from vae.data.pixels import binarise
from vae.jobs.engines import Event
from vae.jobs.sweep import plan, sweep
from vae.measure.evaluate import evaluate
from vae.measure.likelihood import likelihood
from vae.measure.quality import likelihood_measures, measure
from vae.models.judge import judge_path, load_judge, save_judge, train_judge
from vae.storage.checkpoints import list_checkpoints, load, load_model
from vae.storage.files import write_metrics
from vae.storage.names import unused_name
from vae.storage.recording import record, shrink
from vae.storage.starts import continuing, find_start, start_weights
from vae.storage.weights import WEIGHTS
from vae.training.build import choose_device
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.recipe import recommended
from vae.training.tensorboard import follow


def config_of(args: argparse.Namespace) -> TrainConfig:
    """Return the settings that the arguments of `train` give, 20 epochs by default, completed by the recipe.

    Raises:
        CheckpointError: when there is no checkpoint of the name or with the weights that `--from` gives.
        ConfigError: for values that cannot be trained with.
    """
    given = {f.name: getattr(args, f.name) for f in fields(TrainConfig) if hasattr(args, f.name) and f.name != "start"}
    budget: dict[str, Any] = {key: given[key] for key in ("epochs", "steps", "seconds") if key in given} or {
        "epochs": 20
    }
    given |= budget
    if args.start is not None:
        name, _, weights = args.start.partition("@")
        return continuing(find_start(name, weights) if weights else load(name), **given)
    recipe = recommended(given.get("latent_dim", TrainConfig.latent_dim), given.get("body", TrainConfig.body), **budget)
    return TrainConfig(**recipe | given)


def train_command(args: argparse.Namespace) -> dict[str, Any]:
    """Train a model, save it and measure it; return where it is, how it was trained and its measurements."""
    config = config_of(args)
    name = args.name or unused_name(config.default_name())
    dataset = load_dataset(config.dataset)
    bar = ProgressBar(name)
    start = start_weights(config)
    reports = record(train(config, dataset, bar.step, start=start), name, config, dataset, overwrite=args.overwrite)
    if args.tensorboard:
        reports = follow(reports, name, dataset)
    report = None
    for report in reports:
        bar.line(
            f"epoch {report.epoch:<6.4g} train {report.train.total:8.2f}   test {report.test.total:8.2f} "
            f"(reconstruction {report.test.reconstruction:.2f}, KL {report.test.kl:.2f})   "
            f"{report.images_per_second:,.0f} images/s"
        )
    bar.clear()
    assert report is not None
    metrics = evaluate(report.model, dataset, config)
    write_metrics(name, metrics)
    checkpoint = load(name)
    return {
        "name": name,
        "path": str(checkpoint.path),
        "steps": report.step,
        "epochs": round(report.epoch, 4),
        "seconds": round(report.elapsed, 2),
        "device": checkpoint.device,
        "command": checkpoint.command,
        "metrics": metrics,
    }


def sweep_command(args: argparse.Namespace) -> dict[str, Any]:
    """Train the members of a sweep; return a row for each, the number of failed ones and the seconds taken."""
    if args.ray_address and args.engine != "ray":
        raise ValueError("--ray-address goes with --engine ray.")
    epochs = 20 if args.epochs is None and args.steps is None else args.epochs
    settings = {key: getattr(args, key) for key in ("model", "body", "likelihood", "dataset", "device", "steps")}
    if args.hidden:
        settings["hidden"] = args.hidden
    members = plan(args.betas, args.latent_dims, args.seeds, args.name, epochs=epochs, **settings)
    began, bar = time.monotonic(), ProgressBar(args.name)
    ended: dict[str, Event] = {}
    progress: dict[str, float] = {}
    for event in sweep(members, args.engine, args.ray_address):
        if event.ended:
            ended[event.member.name] = event
            bar.line(f"{len(ended)} of {len(members)}  {event.member.name} {event.error or event.state}")
        progress[event.member.name] = 1.0 if event.ended else event.progress
        skipped = sum(e.state == "skipped" for e in ended.values())
        if len(members) > skipped:
            bar.step((sum(progress.values()) - skipped) / (len(members) - skipped))
    bar.clear()
    rows = [
        {
            "name": member.name,
            "beta": member.config.beta,
            "latent_dim": member.config.latent_dim,
            "seed": member.config.seed,
            "state": ended[member.name].state,
            "error": ended[member.name].error,
            "metrics": ended[member.name].metrics,
        }
        for member in members
    ]
    failed = sum(row["state"] == "failed" for row in rows)
    return {"members": rows, "failed": failed, "seconds": round(time.monotonic() - began, 2)}


def list_command(_: argparse.Namespace) -> dict[str, Any]:
    """Return a row for each sound checkpoint and the name and reason of each damaged one."""
    sound, damaged = list_checkpoints()
    rows = [
        {
            "name": c.name,
            "model": c.model,
            "dataset": c.config.dataset,
            "latent_dim": c.config.latent_dim,
            "beta": None if c.model == "ae" else c.config.beta,
            "epochs": c.epochs_done,
            "finished": c.finished,
            "metrics": c.metrics,
        }
        for c in sound
    ]
    return {"checkpoints": rows, "damaged": [{"name": d.name, "reason": d.reason} for d in damaged]}


def evaluate_command(args: argparse.Namespace) -> dict[str, Any]:
    """Measure a checkpoint on all test images and return the measurements; `--keep` also writes them into it."""
    if args.binarised and args.likelihood_samples is None:
        raise ValueError("--binarised goes with --likelihood-samples.")
    checkpoint = load(args.name)
    config, device, bar = checkpoint.config, choose_device(args.device), ProgressBar(args.name)
    model, dataset = load_model(checkpoint, device), load_dataset(config.dataset)
    result: dict[str, Any] = {}
    replicates = None
    if args.likelihood_samples is not None:
        images = binarise(dataset.test_images, args.seed) if args.binarised else dataset.test_images
        terms = likelihood(model, images, config, (args.likelihood_samples,), args.seed, bar.step)
        words = f"{'binarised' if args.binarised else 'grey'} test images"
        measures = likelihood_measures(terms, words, args.seed)
        result["binarised"] = args.binarised
        result["likelihood"] = {name: measure.to_json() for name, measure in measures.items()}
    if args.quality:
        judge = load_judge(judge_path(dataset.name))[0].to(device)
        result["quality"], replicates = measure(
            model, dataset, judge, config, seed=args.seed, on_progress=lambda done, _: bar.step(done)
        )
    bar.clear()
    metrics = evaluate(model, dataset, config, args.seed) | result
    if args.keep:
        write_metrics(args.name, checkpoint.metrics | metrics, replicates)
    return {"name": args.name} | metrics


def shrink_command(args: argparse.Namespace) -> dict[str, Any]:
    """Store a checkpoint's weights in half precision and return their size."""
    shrink(args.name)
    weights = load(args.name).path / WEIGHTS
    return {"name": args.name, "bytes": weights.stat().st_size}


def judge_command(args: argparse.Namespace) -> dict[str, Any]:
    """Train the judge of a data set, save it, and return its path, epochs and accuracy."""
    if args.epochs < 1:
        raise ValueError(f"epochs must be at least 1, not {args.epochs}.")
    dataset, path = load_dataset(args.dataset), judge_path(args.dataset)
    report = None
    for report in train_judge(dataset, args.epochs, args.seed):
        print(f"epoch {report.epoch:<3} loss {report.loss:.4f}   accuracy {report.accuracy:.2%}", file=sys.stderr)
    assert report is not None
    save_judge(report, dataset, path)
    return {"path": str(path), "epochs": report.epoch, "accuracy": report.accuracy}
