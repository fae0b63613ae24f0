"""Random z of a model, decoded, read by the judge and sorted, once for each setting."""

from dataclasses import asdict, dataclass

from vae.generate.samples import Sample, judged
from vae.ui.shared import models, server
from vae.ui.shared.models import Trained, kept


@dataclass(frozen=True)
class Draw:
    """The settings of a draw of z: a sampler of `draws.SAMPLERS`, and a temperature that multiplies its density's σ."""

    sampler: str
    count: int
    seed: int
    temperature: float


@kept(max_entries=32, show_spinner="Decoding and reading…")
def samples(trained: Trained, draw: Draw) -> list[Sample]:
    """Decode and read the samples of a draw; the most realistic come first."""
    latents = models.draw(trained, draw.sampler, draw.count, draw.seed, draw.temperature)
    settings = {"model": trained.name, **asdict(draw)}
    return judged(latents, trained.decode(latents), server.realism(trained.dataset.name), settings)
