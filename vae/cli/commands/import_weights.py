"""The command `import-weights`: make a run of another program's trained model."""

import argparse
from pathlib import Path
from typing import Any

from vae.cli.results import show_metrics
from vae.data.datasets import load_dataset
from vae.measure.evaluate import evaluate
from vae.storage.checkpoints import load
from vae.storage.claims import claiming, claiming_unused
from vae.storage.foreign import read_tensors
from vae.storage.foreign_layouts import place
from vae.storage.metrics import add_metrics
from vae.storage.names import CheckpointError, usable_name
from vae.storage.recording import Recording
from vae.training.adopted import adopted
from vae.training.config import TrainConfig


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Place a file's tensors in a model, save it as a checkpoint and measure it; return its name and measurements."""
    path = Path(args.path)
    tensors = read_tensors(path)
    dataset = load_dataset(args.dataset)
    placed = place(tensors, dataset.image_shape, variational=args.model == "vae")
    config = TrainConfig(
        model=args.model,
        dataset=args.dataset,
        latent_dim=placed.latent_dim,
        body=placed.body,
        hidden=placed.hidden,
        activation=args.activation,
        steps=1,
        device="cpu",
        precision="float32",
    )
    named = claiming_unused(usable_name(path.stem)) if args.name is None else claiming(args.name)
    with named as name:
        recording = Recording(name, config, dataset)
        try:
            report = adopted(config, placed.weights, dataset, f"weights of {path.name[:100]}")
        except ValueError as error:
            raise CheckpointError(f"{path.name} is read as {placed.layout}, but it does not fit: {error}.") from error
        for _ in recording.follow([report]):
            pass
        metrics = evaluate(report.model.eval(), dataset, config)
        checkpoint = load(add_metrics(recording.stored, metrics))
    return {"name": checkpoint.name, "path": str(checkpoint.path), "layout": placed.layout, "metrics": metrics}


def show(result: dict[str, Any]) -> str:
    """Return lines with a checkpoint's path, what its weights were read as, and its measurements."""
    return f"{result['path']}: the file was read as {result['layout']}\n{show_metrics(result['metrics'])}"
