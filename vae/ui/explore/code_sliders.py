"""One image's code in both models as sliders: the browser decodes while they move and sends their values to Python."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from torch import Tensor

from vae.explore.one_image import Encoded, encode
from vae.ui.components.component import component, rerun
from vae.ui.components.packed import decoder_layers, join, tensors_part
from vae.ui.explore import image_cost
from vae.ui.shared import models
from vae.ui.shared.models import Pair, Trained, kept

REMEMBERED = 100  # images and pairs of models whose sliders a session remembers
LONGEST = 500  # characters of what identifies them
KEY = "code_sliders"
_component = component(KEY)


def show(pair: Pair, image: Tensor, about: str) -> None:
    """Draw sliders and pictures of both models, and below them what the image costs. Call it inside its own fragment.

    Args:
        image: uint8 (1, C, H, W).
        about: a description of the image.
    """
    of = hashlib.sha256(repr(pair.key).encode() + image.numpy().tobytes()).hexdigest()[:16]
    found = [encode(trained.model, image) for trained in pair]
    latents = _moved(of, [encoded.code for encoded in found])
    _component(
        key=KEY,
        data=_message(of, about, pair, image, found),
        default={"moved": None},
        on_moved_change=rerun,
    )
    image_cost.show(pair, image, found, latents)


def _moved(of: str, codes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return where the sliders of an image stand, a latent for each model.

    The browser remembers the sliders of every image and pair of models. The session remembers them too, because a
    change of page clears the component's own state.

    Args:
        of: identifies the image and the models.
        codes: of the image, for sliders that were never moved.
    """
    kept = st.session_state.setdefault("code_sliders_moved", {})
    said = (st.session_state.get(KEY) or {}).get("moved")
    if isinstance(said, dict) and isinstance(said.get("of"), str) and len(said["of"]) <= LONGEST:
        kept[said["of"]] = said.get("latents")
        while len(kept) > REMEMBERED:
            del kept[next(iter(kept))]
    return parsed(kept.get(of), codes)


def parsed(said: Any, codes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the latents float32 (latent_dim,) that the browser sent, one for each model; the codes if it sent none."""
    try:
        latents = [np.array(latent, np.float32) for latent in said]
    except (TypeError, ValueError, OverflowError):
        return list(codes)
    fits = [latent.shape for latent in latents] == [code.shape for code in codes]
    return latents if fits and all(np.isfinite(latent).all() for latent in latents) else list(codes)


@kept(max_entries=8)
def _message(of: str, about: str, pair: Pair, _image: Tensor, _found: Sequence[Encoded]) -> bytes:
    """Build the buffer for the browser: the decoders, the image, its reconstructions, and what each slider shows."""
    layers, weights = _decoders(pair)
    images = {f"{number}.reconstruction": encoded.reconstruction for number, encoded in enumerate(_found)}
    header = {
        "of": of,
        "about": about,
        "image_shape": list(_image.shape[1:]),
        "panels": [
            panel(trained, word, encoded) | {"layers": own}
            for (word, trained), encoded, own in zip(pair.named(), _found, layers, strict=True)
        ],
    }
    return join(header, {"models": weights, "images": tensors_part({"image": _image[0].numpy()} | images)})


@kept(max_entries=4)
def _decoders(pair: Pair) -> tuple[list[list[dict[str, Any]]], bytes]:
    """Return each decoder's operations, and one part of the buffer with the weights of both."""
    found = [decoder_layers(trained.model) for trained in pair]
    weights = {f"{number}.{name}": array for number, (_, own) in enumerate(found) for name, array in own.items()}
    return [layers for layers, _ in found], tensors_part(weights)


def panel(trained: Trained, word: str, encoded: Encoded) -> dict[str, Any]:
    """Describe one model's sliders, those that say most about an image first, and what is written beside them."""
    variational = encoded.deviation is not None
    rest, images = image_cost.rest(trained), f"{len(trained.codes):,} test images"
    dimensions = models.dimensions(trained)
    return {
        "word": word,
        "title": f"{word}: {trained.name}",
        "code": encoded.code.tolist(),
        "variational": variational,
        "order": f"sorted by mean KL over {images}" if variational else f"sorted by variance over {images}",
        "legend": (
            "The coloured band is this image's posterior: μ ± σ and, fainter, μ ± 2σ. The line is the prior's mean 0, "
            "and the diamond is the code μ."
            if variational
            else "The diamond is the image's code; an AE has no posterior. The hatched band is where the codes of "
            f"{images} lie: mean ± σ and, fainter, ± 2σ. The line is their mean."
        ),
        "rest_word": "Set to 0" if variational else "Set to mean",
        "rest_about": "the prior's mean" if variational else "the mean of the test codes",
        "rows": [
            {
                "index": dimension.index,
                "range": _range(trained, dimension.index, [encoded.code[dimension.index], rest[dimension.index]]),
                "rest": float(rest[dimension.index]),
                "band": [float(encoded.code[dimension.index]), float(encoded.deviation[dimension.index])]
                if encoded.deviation is not None
                else [dimension.mean, dimension.spread],
            }
            for dimension in dimensions
        ],
    }


def _range(trained: Trained, index: int, also: Sequence[float]) -> tuple[float, float]:
    """Return a slider's range: it holds 99.6 % of the test codes, the values `also` and, for a VAE, the prior's ±3σ."""
    prior = [] if trained.deviations is None else [-3.0, 3.0]
    values = [*np.percentile(trained.codes[:, index], [0.2, 99.8]), *also, *prior]
    low, high = float(min(values)), float(max(values))
    return low, max(high, low + 1e-3)  # a number that never varies still has a slider
