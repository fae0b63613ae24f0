"""The data that the slider over one model's β receives: decoder, gates, codes and numbers, in one buffer of bytes.

The browser folds the gates into the decoder, decodes, and interpolates everything else between the β that are sent.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vae.beta.against_ladder import Gap
from vae.beta.curve import Curve
from vae.beta.forecast import Forecast
from vae.data.dataset import Dataset
from vae.explore.beta_path import STOPS, beta_path, stops
from vae.explore.projection import ProjectionSettings, project, square
from vae.figures.style import PALETTE
from vae.generate.draws import prior_latents
from vae.models.codes import decode_latents
from vae.models.dimensions import ACTIVE_KL
from vae.models.multi_rate import MultiRateVAE
from vae.ui.beta.rungs import Look
from vae.ui.components import joined, packed
from vae.ui.components.gates import decoder_gates
from vae.ui.components.packed import decoder_layers, half, tensors_part

COLUMNS = 10  # samples a row
SMALLER = 25  # samples at most of a model that the browser does not decode, whose pictures are sent for every β
TICKS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16)  # of the slider where no ladder gives them
FLAT = -12.0  # log variance along an axis that the model does not have
WHY_PICTURES = (
    f"The browser decodes with MLP bodies alone: of this model, whose body is convolutional, it shows {SMALLER} "
    f"samples at the nearest of {STOPS} values of β."
)
_COMPONENTS = Path(joined.__file__).parent
# A worker's script is a text: nothing is fetched.
WORKER = joined.joined(_COMPONENTS / "every_beta" / "worker.js", _COMPONENTS)


@dataclass(frozen=True, eq=False)
class Codes:
    """Posteriors of the same test images at each of `beta_path.stops`, on a plane that is one for all β."""

    means: np.ndarray  # float32 (32, points, 2)
    log_variances: np.ndarray  # float32 (32, points, 2)
    axes: tuple[str, str]

    @property
    def range(self) -> list[list[float]]:
        """The ends of both axes, a square that holds the codes at every β and the prior's 2σ circle."""
        points = self.means[0]  # at the smallest β codes lie furthest apart
        circle = np.array([[-2.1, -2.1], [2.1, 2.1]], np.float32).repeat(len(points) // 50 + 1, axis=0)
        (x, y), side = square(np.concatenate([points, circle]))
        return [[float(x - side), float(x + side)], [float(y - side), float(y + side)]]

    def named(self, labels: np.ndarray, classes: int) -> list[int]:
        """Return for each class the image whose code at β near 1 is nearest to the class's mean; -1 for none."""
        points = self.means[int(np.abs(np.log(stops())).argmin())]
        found = []
        for label in range(classes):
            own = np.flatnonzero(labels == label)
            away = np.square(points[own] - points[own].mean(0)).sum(1) if len(own) else np.empty(0)
            found.append(int(own[away.argmin()]) if len(own) else -1)
        return found


def codes_on_a_plane(model: MultiRateVAE, dataset: Dataset, curve: Curve, count: int) -> Codes:
    """Encode the first `count` test images at every one of `beta_path.stops`, on the plane of two latent dimensions.

    These are the two that have most KL at the largest β, so that they stay active longest. A model of one dimension
    has a random height beside it, which means nothing.
    """
    path = beta_path(model, dataset.test_images[:count])
    means, log_variances = path.codes, 2 * np.log(path.deviations)
    if model.latent_dim == 1:
        height = project(means[0], ProjectionSettings("direct")).points[:, 1]
        means = np.stack([means[..., 0], np.broadcast_to(height, means.shape[:2])], axis=2)
        log_variances = np.concatenate([log_variances, np.full_like(log_variances, FLAT)], axis=2)
        return Codes(means, log_variances, ("z1", "random height"))
    first = [0, 1] if model.latent_dim == 2 else np.argsort(-curve.kl[-1], kind="stable")[:2].tolist()
    return Codes(means[..., first], log_variances[..., first], (f"z{first[0] + 1}", f"z{first[1] + 1}"))


def message(
    model: MultiRateVAE,
    dataset: Dataset,
    look: Look,
    curve: Curve,
    codes: Codes,
    expected: Forecast,
    gaps: Sequence[Gap],
    *,
    of: str,
) -> bytes:
    """Build the buffer for the browser; `of` is the name of the model's run."""
    images = dataset.test_images[look.first_image : look.first_image + look.images]
    labels = dataset.test_labels[: codes.means.shape[1]].numpy()
    count = look.samples if is_decoded(model) else min(look.samples, SMALLER)
    decoder, decoded = _decoder(
        model, prior_latents(count, model.latent_dim, look.seed), beta_path(model, images).codes
    )
    header = {
        "of": of,
        "image_shape": list(model.image_shape),
        "columns": COLUMNS if is_decoded(model) else round(SMALLER**0.5),
        "decoder": decoder | {"code_betas": stops().tolist()},
        "class_names": list(dataset.class_names),
        "colours": list(PALETTE),
        "named": codes.named(labels, len(dataset.class_names)),
        "axes": codes.axes,
        "range": {"map": codes.range, "curve": _curve_range(curve, gaps), "kl": _most(curve, expected)},
        "titles": _titles(count, len(labels), bool(gaps)),
        "why": "" if is_decoded(model) else WHY_PICTURES,
    }
    points = {"means": half(codes.means), "log_variances": half(codes.log_variances)}
    classes = labels.astype(np.uint8 if len(dataset.class_names) <= 256 else np.float32)
    return packed.join(
        header | _numbers(curve, expected, gaps),
        {
            "decoder": tensors_part(decoded),
            "codes": tensors_part(points | {"labels": classes, "originals": images.numpy()}),
        },
    )


def _numbers(curve: Curve, expected: Forecast, gaps: Sequence[Gap]) -> dict[str, Any]:
    """Return the terms of the objective at every β, the order of the bars, and what both are compared with."""
    return {
        "table": {
            "betas": curve.betas.tolist(),
            "reconstruction": curve.reconstruction.tolist(),
            "kl": curve.kl.tolist(),
        },
        "order": np.argsort(-curve.kl[np.abs(np.log(curve.betas)).argmin()], kind="stable").tolist(),
        "active": ACTIVE_KL,
        "eigenvalues": list(expected.eigenvalues),
        "gaps": [asdict(gap) for gap in gaps],
        "ticks": [gap.beta for gap in gaps] or list(TICKS),
    }


def is_decoded(model: MultiRateVAE) -> bool:
    """Tell whether the browser decodes: a wall of samples takes it seconds with a convolutional body."""
    return all(layer["op"] != "conv_transpose" for layer in decoder_layers(model)[0])


def _decoder(
    model: MultiRateVAE, latents: np.ndarray, codes: np.ndarray
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the header of the decoder and its arrays, or pictures (32, N, C, H, W) in its place."""
    if is_decoded(model):
        layers, weights = decoder_layers(model)
        gates, gate_weights = decoder_gates(model, layers)
        inputs = {"latents": latents.astype(np.float32), "codes": half(codes)}
        return {"layers": layers, "gates": gates, "worker": WORKER}, weights | gate_weights | inputs
    frozen = [model.at(float(beta)) for beta in stops()]
    samples = np.stack([decode_latents(one, latents) for one in frozen])
    copies = np.stack([decode_latents(one, rows) for one, rows in zip(frozen, codes, strict=True)])
    return {"layers": None}, {"samples": samples, "copies": copies}


def _curve_range(curve: Curve, gaps: Sequence[Gap]) -> list[list[float]]:
    runs = np.array([run for gap in gaps for run in gap.runs]).reshape(-1, 2)
    rates, distortions = np.append(curve.rate, runs[:, 0]), np.append(curve.reconstruction, runs[:, 1])
    room = 0.06 * max(float(np.ptp(distortions)), 1e-3)
    widest = max(1.1 * float(rates.max()), 1e-3)
    return [[-0.03 * widest, widest], [float(distortions.min()) - room, float(distortions.max()) + room]]


def _most(curve: Curve, expected: Forecast) -> float:
    return 1.1 * max(float(curve.kl.max()), *expected.kl(float(curve.betas[0])), 0.1)


def _titles(samples: int, points: int, beside: bool) -> dict[str, str]:
    return {
        "samples": f"{samples} samples: the same z at every β",
        "space": f"{points:,} codes, each on a disc of its posterior's σ",
        "curve": "This model (line) and the ladder (diamonds)" if beside else "Rate and distortion of this model",
        "copies": "Test images, each above its reconstruction",
        "kl": "KL of each latent dimension; ticks: a linear VAE's",
    }
