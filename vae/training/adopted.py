"""A model whose weights come from elsewhere, tested as a run that has just ended is."""

import torch
from torch import Tensor

from vae.data.dataset import Dataset
from vae.data.pixels import to_unit
from vae.models.autoencoders import LOG_VARIANCE_LIMIT, VAE
from vae.training.config import TrainConfig
from vae.training.loop import RunState
from vae.training.reports import EpochReport

FITTED = 2_000  # training images by which the soft limit of the log variance is taken out


def adopted(config: TrainConfig, weights: dict[str, Tensor], dataset: Dataset, source: str) -> EpochReport:
    """Return the report of a run of no steps, whose model has these weights by name.

    Args:
        source: says where they come from.

    Raises:
        ValueError: when the weights do not fit the model of the settings, or the model takes no such images.
    """
    run = RunState(config, dataset)
    try:
        run.model.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(str(error).splitlines()[1].strip()) from error
    if isinstance(run.model, VAE):
        _take_out_the_limit(run.model, dataset.train_images[:FITTED])
    test, latents, kl_per_dimension = run.test()
    return EpochReport(
        epoch=0.0,
        step=0,
        progress=1.0,
        train=test,
        test=test,
        seconds=0.0,
        elapsed=0.0,
        images_per_second=0.0,
        samples=run.samples(),
        latents=latents,
        kl_per_dimension=kl_per_dimension,
        stepping=source,
        precision="float32",
        model=run.model,
    )


@torch.no_grad()
def _take_out_the_limit(model: VAE, images: Tensor) -> None:
    """Change the log variance's layer so that a VAE's log variances are those which the layer itself gave.

    Our soft limit L − softplus(L − v) takes up to 0.02 from a log variance v at 0, in every dimension. Its inverse is
    nearly linear where log variances lie, and a line through it, fitted to images, becomes part of the layer.
    """
    layer = model.log_variance
    wanted = layer(model.encoder(to_unit(images.to(model.device)))).double()  # (N, latent_dim)
    below = (LOG_VARIANCE_LIMIT - wanted).clamp_min(1e-3)
    inverse = LOG_VARIANCE_LIMIT - (below + torch.log(-torch.expm1(-below)))  # softplus⁻¹(y) = y + log(1 − e^−y)
    centred = wanted - wanted.mean(0)
    slope = (centred * inverse).sum(0) / centred.square().sum(0).clamp_min(1e-12)
    slope = torch.where(centred.square().mean(0) > 1e-9, slope, torch.ones_like(slope))
    shift = inverse.mean(0) - slope * wanted.mean(0)
    layer.weight.mul_(slope.float()[:, None])
    layer.bias.mul_(slope.float()).add_(shift.float())
