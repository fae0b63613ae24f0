"""Build an untrained model from a configuration, and choose the device to train on."""

import threading

import torch

from vae.models.autoencoders import VAE, Autoencoder, ClassifierVAE
from vae.models.multi_rate import MultiRateVAE
from vae.training.config import MULTI_RATE, TrainConfig

MODELS: dict[str, type[Autoencoder]] = {
    "ae": Autoencoder,
    "vae": VAE,
    "classifier-vae": ClassifierVAE,
    MULTI_RATE: MultiRateVAE,
}
_INITIALISING = threading.Lock()  # layers draw their initial weights from the one global generator of the process


def available_devices() -> list[str]:
    """Return the types of device that this machine has, the fastest first."""
    available = ["cpu"]
    if torch.backends.mps.is_available():
        available.insert(0, "mps")
    if torch.cuda.is_available():
        available.insert(0, "cuda")
    return available


def choose_device(name: str = "auto") -> torch.device:
    """Return the device of that name; `auto` is CUDA, MPS or the CPU, the first of them that this machine has.

    Raises:
        ValueError: when the machine has no such device.
    """
    available = available_devices()
    if name == "auto":
        return torch.device(available[0])
    if name not in available:
        raise ValueError(f"There is no device {name!r} on this machine; it has {', '.join(available)}.")
    return torch.device(name)


def build_model(config: TrainConfig, image_shape: tuple[int, ...], classes: int = 10) -> Autoencoder:
    """Build an untrained model, whose initial weights depend on the arguments alone.

    Raises:
        ValueError: for an image shape that no body takes.
    """
    extra = {"classes": classes} if config.model == "classifier-vae" else {}
    with _INITIALISING, torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        model = MODELS[config.model](
            image_shape, config.latent_dim, config.body, config.hidden, config.activation, **extra
        )
    if config.likelihood == "gaussian":
        model.sigma.fill_(config.sigma)
    return model


def device_name(device: torch.device) -> str:
    """Return the name of a device, such as `cuda (NVIDIA H200)`, `mps` or `cpu`."""
    return f"cuda ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else device.type
