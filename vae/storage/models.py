"""The trained model of a checkpoint, loaded from its weights."""

from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from vae.data.dataset import Dataset
from vae.data.names import BUILT_IN
from vae.models.autoencoders import Autoencoder
from vae.models.multi_rate import MultiRateVAE
from vae.storage.checkpoints import Checkpoint
from vae.storage.header import WEIGHTS, Shapes, read_header, stored
from vae.storage.names import CheckpointError
from vae.training.build import build_model


def load_model(checkpoint: Checkpoint, device: str | torch.device = "cpu") -> Autoencoder:
    """Load the trained model, in evaluation mode and without gradients; a frozen multi-rate VAE as an ordinary VAE.

    Raises:
        CheckpointError: when the weights cannot be read, are not finite, do not fit the config's model, or are others
            by now than when the checkpoint was read.
    """
    model = _unfilled(checkpoint)
    # Copied, because what is read is a view of the file.
    weights = {name: tensor.clone() for name, tensor in _tensors(checkpoint.path / WEIGHTS, model)}
    try:
        now = stored(checkpoint.path)
    except OSError as error:
        raise CheckpointError(f"{WEIGHTS} is damaged or cut short ({error}).") from error
    if now.marks != checkpoint.stored.marks:
        raise CheckpointError(f"{checkpoint.name} has got other weights at this moment; try again.")
    model.load_state_dict(weights, assign=True)
    if isinstance(model, MultiRateVAE):
        model.settle()  # an upload may hold one that is not
    model = model.to(device).eval().requires_grad_(False)
    if checkpoint.frozen_at is not None:
        assert isinstance(model, MultiRateVAE)
        return model.at(checkpoint.frozen_at)
    return model


def check_data(checkpoint: Checkpoint, dataset: Dataset) -> None:
    """Check that a checkpoint's model takes the images of a data set and has its classes, if it has any.

    Imported images must also be those that it was trained on.

    Raises:
        CheckpointError: saying what differs.
    """
    if checkpoint.image_shape != dataset.image_shape:
        raise CheckpointError(
            f"{checkpoint.name} takes images of {_sides(checkpoint.image_shape)}, and those of {dataset.name} have "
            f"{_sides(dataset.image_shape)}."
        )
    if dataset.name not in BUILT_IN and checkpoint.data_fingerprint != dataset.fingerprint:
        raise CheckpointError(
            f"{checkpoint.name} was trained on other images than those that are called {dataset.name!r} "
            "here now (their fingerprints differ): import its own images again, or train anew on these."
        )
    if checkpoint.model == "classifier-vae" and checkpoint.classes != len(dataset.class_names):
        raise CheckpointError(
            f"{checkpoint.name} knows {checkpoint.classes} classes, and {dataset.name} has {len(dataset.class_names)}."
        )


def _sides(shape: tuple[int, int, int]) -> str:
    return " × ".join(map(str, shape))


def check_weights(checkpoint: Checkpoint) -> None:
    """Check that a checkpoint's weights are finite and fit the config's model, one tensor after another.

    Raises:
        CheckpointError: saying which tensor is wrong, and how.
    """
    for _ in _tensors(checkpoint.path / WEIGHTS, _unfilled(checkpoint)):
        pass


def _unfilled(checkpoint: Checkpoint) -> Autoencoder:
    """Return the config's model without memory for its weights, whose shapes those on disk have."""
    shapes = read_header(checkpoint.path / WEIGHTS)
    with torch.device("meta"):
        model = build_model(checkpoint.trained_config, checkpoint.image_shape, checkpoint.classes)
    _compare(shapes, {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()})
    return model


def _compare(found: Shapes, expected: Shapes) -> None:
    for name in sorted(expected.keys() ^ found.keys()):
        problem = "lacks the tensor" if name in expected else "has a tensor that config.json does not call for,"
        raise CheckpointError(f"{WEIGHTS} {problem} {name[:100]!r}.")
    for name, shape in found.items():
        if shape != expected[name]:
            raise CheckpointError(f"{WEIGHTS}: {name!r} has shape {shape}, and config.json calls for {expected[name]}.")


def _tensors(path: Path, model: Autoencoder) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the tensors of a weights file, by name and in a model's types, if their values are finite."""
    try:
        with safe_open(path, framework="pt") as file:
            for name, wanted in model.state_dict().items():
                tensor = file.get_tensor(name).to(wanted.dtype)
                if not tensor.isfinite().all():
                    raise CheckpointError(f"{WEIGHTS}: {name!r} holds values that are not finite.")
                yield name, tensor
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path.name} is damaged or cut short ({error}).") from error
