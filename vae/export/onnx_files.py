"""ONNX files of a model's encoder and decoder, compared with the model itself before they are handed out."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vae.export.place import ExportError, new_folder
from vae.models.autoencoders import Autoencoder, ClassifierVAE
from vae.storage.checkpoints import Checkpoint

ENCODER, DECODER = "encoder.onnx", "decoder.onnx"
OURS = r"(en|de)coder\.onnx"  # the names of the files
TOLERANCE = 1e-4  # of a value up to 1, and of a larger one relative to it
BATCHES = 1, 5  # images that both are compared on


def write_onnx(
    model: Autoencoder,
    checkpoint: Checkpoint,
    class_names: tuple[str, ...],
    folder: Path,
    *,
    beta: float | None = None,
    overwrite: bool = False,
) -> float:
    """Write `encoder.onnx` and `decoder.onnx` of a run's model into a new folder.

    Random images and random z went through both before, in onnxruntime and in PyTorch.

    Args:
        class_names: of the data set, which are kept in the files; () where they are not known.
        beta: at which the model is a multi-rate VAE.

    Returns:
        The largest difference that was seen, of a value up to 1 or relative to a larger one.

    Raises:
        PlaceError: when the folder is there already.
        ExportError: when onnx and onnxruntime are not installed, the results differ by more than `TOLERANCE`, or the
            files cannot be written; nothing of them is left.
    """
    try:
        import onnxruntime  # noqa: F401

        from vae.export.onnx_graph import decoder_graph, encoder_graph
    except ImportError:
        raise ExportError(
            "ONNX files need the packages onnx and onnxruntime; `pip install -r requirements-export.txt` brings them."
        ) from None
    with new_folder(folder, OURS, overwrite=overwrite) as inside:
        texts = _about(checkpoint, class_names, beta)
        files = {
            ENCODER: encoder_graph(model, texts).SerializeToString(),
            DECODER: decoder_graph(model, texts).SerializeToString(),
        }
        difference = max(_difference(model, files[ENCODER], ENCODER), _difference(model, files[DECODER], DECODER))
        if not difference <= TOLERANCE:
            raise ExportError(
                f"onnxruntime's results differ from PyTorch's by {difference:.2g}, more than {TOLERANCE:g}, so that no "
                "file is written."
            )
        for name, content in files.items():
            (inside / name).write_bytes(content)
    return difference


def _about(checkpoint: Checkpoint, class_names: tuple[str, ...], beta: float | None) -> dict[str, str]:
    config = checkpoint.config
    about: dict[str, Any] = {
        "name": checkpoint.name,
        "kind": config.model,
        "latent_size": config.latent_dim,
        "image_shape": json.dumps(checkpoint.image_shape),
        "pixel_scaling": "bytes 0 to 255 divided by 255; axes are batch, channel, row, column",
        "class_names": json.dumps(class_names, ensure_ascii=False),
        "data_set": config.dataset,
        "data_fingerprint": checkpoint.data_fingerprint,
        "likelihood": config.likelihood,
    }
    if config.model != "ae":
        about["beta"] = f"{config.beta if beta is None else beta:g}"
    return {name: str(value) for name, value in about.items()}


@torch.no_grad()
def _difference(model: Autoencoder, content: bytes, name: str) -> float:
    """Return the largest difference between onnxruntime's results and the model's, on inputs that are drawn."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    largest = 0.0
    for count in BATCHES:
        inputs = _inputs(model, name, count)
        expected = _outputs(model, inputs)
        found = session.run(list(expected), {key: value.cpu().numpy() for key, value in inputs.items()})
        for one, other in zip(found, expected.values(), strict=True):
            wanted = other.cpu().numpy()
            largest = max(largest, float((np.abs(one - wanted) / np.maximum(1, np.abs(wanted))).max()))
    return largest


def _inputs(model: Autoencoder, name: str, count: int) -> dict[str, torch.Tensor]:
    noise = torch.Generator().manual_seed(count)
    if name == ENCODER:
        return {"image": torch.rand(count, *model.image_shape, generator=noise).to(model.device)}
    inputs = {"z": torch.randn(count, model.latent_dim, generator=noise).to(model.device)}
    if isinstance(model, ClassifierVAE):
        chances = torch.rand(count, model.classes, generator=noise).softmax(1)
        inputs["class_probabilities"] = chances.to(model.device)
    return inputs


def _outputs(model: Autoencoder, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return what the model itself gives, by the names that the files use."""
    if "image" not in inputs:
        return {"image": model.decode(torch.cat(list(inputs.values()), dim=1))}
    mean, log_variance = model.posterior(inputs["image"])
    if log_variance is None:
        return {"code": mean}
    found = {"mean": mean, "log_variance": log_variance}
    if isinstance(model, ClassifierVAE):
        found["class_probabilities"] = model.classifier(inputs["image"]).softmax(1)
    return found
