"""Random z of a model, decoded, read by the judge and sorted; made once for each setting."""

from dataclasses import asdict, dataclass

import streamlit as st

from vae.generate.samples import Sample, judged
from vae.ui.shared import models, server
from vae.ui.shared.models import Trained


@dataclass(frozen=True)
class Draw:
    """Which z: of `sampling.SAMPLERS`, how many, and what the σ of their density is multiplied by."""

    sampler: str
    count: int
    seed: int
    temperature: float


def samples(trained: Trained, draw: Draw) -> list[Sample]:
    """The samples of a draw, the surest read first."""
    return _samples(str(trained.checkpoint.path), trained.written, draw, trained)


@st.cache_resource(max_entries=32, show_spinner="Decoding and reading…")
def _samples(path: str, written: int, draw: Draw, _trained: Trained) -> list[Sample]:
    latents = models.draw(_trained, draw.sampler, draw.count, draw.seed, draw.temperature)
    found = server.judge(_trained.dataset.name)
    settings = {"model": _trained.name, **asdict(draw)}
    return judged(latents, _trained.decode(latents), None if found is None else found[0], settings)
