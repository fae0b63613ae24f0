"""The command `evaluate`: measure a trained model on all test images."""

import argparse
from typing import Any

import torch

from vae.cli.bar import ProgressBar
from vae.cli.model_at import check_beta, model_at
from vae.cli.parsers import ArgumentError
from vae.cli.results import show_metrics
from vae.cli.stops import telling
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.data.pixels import binarise
from vae.measure.evaluate import evaluate
from vae.measure.intervals import Measure
from vae.measure.likelihood import likelihood
from vae.measure.quality import likelihood_measures, measure
from vae.measure.recorded import losses, recorded_measures, recorded_quality
from vae.models.autoencoders import Autoencoder
from vae.models.feature_network import FeatureNetwork
from vae.models.judge import judge_path, load_judge
from vae.models.random_features import enough_images, feature_network
from vae.storage.checkpoints import load
from vae.storage.metrics import add_metrics
from vae.storage.models import check_data
from vae.training.build import choose_device
from vae.training.config import TrainConfig


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Measure a checkpoint on all test images and return the measurements; `--keep` also writes them into it."""
    if args.binarised and args.likelihood_samples is None:
        raise ArgumentError("--binarised goes with --likelihood-samples.")
    checkpoint = load(args.name)
    check_beta(checkpoint, args.beta)
    if args.keep and args.beta not in (None, 1):
        raise ArgumentError("--keep goes with β 1, since the numbers that are kept with a run are those of this β.")
    config, device = checkpoint.config, choose_device(args.device)
    with telling(lambda: f"no measurement was finished, and {args.name} stays as it was."):
        dataset = load_dataset(config.dataset)
        check_data(checkpoint, dataset)
        model = model_at(checkpoint, args.beta, device)
        result: dict[str, Any] = {}
        replicates = None
        with ProgressBar(args.name) as bar:
            if args.likelihood_samples is not None:
                result |= _likelihood(model, dataset, config, args, bar)
            if args.quality:
                network = _network(dataset, device)
                if network is None:
                    bar.line("There are too few images to measure samples by; everything else is measured.")
                result["quality"], replicates = measure(
                    model, dataset, network, config, seed=args.seed, on_progress=lambda done, _: bar.step(done)
                )
        metrics = evaluate(model, dataset, config, args.seed) | result
        if args.keep:
            add_metrics(checkpoint.stored, metrics, replicates)
    return {"name": args.name} | ({} if args.beta is None else {"beta": args.beta}) | metrics


def _network(dataset: Dataset, device: torch.device) -> FeatureNetwork | None:
    """Return the network whose features samples are measured by; None for too few images to measure samples by."""
    if not enough_images(dataset):
        return None
    found = feature_network(dataset)
    # Where there is no network, loading the judge says why.
    return (load_judge(judge_path(dataset.name))[0] if found is None else found).to(device)


def _likelihood(
    model: Autoencoder, dataset: Dataset, config: TrainConfig, args: argparse.Namespace, bar: ProgressBar
) -> dict[str, Any]:
    images = binarise(dataset.test_images, args.seed) if args.binarised else dataset.test_images
    terms = likelihood(model, images, config, (args.likelihood_samples,), args.seed, bar.step)
    words = f"{'binarised' if args.binarised else 'grey'} test images"
    measures = likelihood_measures(terms, words, args.seed)
    return {"binarised": args.binarised, "likelihood": {name: each.to_json() for name, each in measures.items()}}


def show(result: dict[str, Any]) -> str:
    """Return lines with all measurements of a checkpoint, by group."""
    lines = [show_metrics({key: value for key, value in result.items() if not isinstance(value, dict)})]
    groups = {"likelihood, over all test images": losses(recorded_measures(result.get("likelihood")))}
    if (quality := recorded_quality(result)) is not None:
        groups |= {"likelihood, over some test images": quality.likelihood, "latent space": quality.latents}
        groups |= {f"samples ({sampler})": measures for sampler, measures in quality.samples.items()}
    for title, measures in groups.items():
        if measures:
            lines += [title, *(_line(name, measure) for name, measure in measures.items())]
    return "\n".join(lines)


def _line(name: str, measure: Measure) -> str:
    """Return a measure with its interval and unit, as a line."""
    interval = "" if measure.low is None or measure.high is None else f"[{measure.low:.4f}, {measure.high:.4f}]"
    return f"  {name.replace('_', ' '):<20} {measure.value:<10.4f} {interval:<24} {measure.unit}"
