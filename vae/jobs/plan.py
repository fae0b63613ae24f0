"""The plan of a sweep: its members, before any of them is trained. Nothing here imports torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vae.data.imported.shelf import image_shape
from vae.storage.names import checkpoint_path
from vae.training.config import ConfigError, TrainConfig
from vae.training.recipe import recommended_body, recommended_for

ENGINES = ("auto", "one-by-one", "processes", "stacked", "ray")
MOST_MEMBERS = 1_000


@dataclass(frozen=True)
class Member:
    """One run of a sweep: its settings, and the name of the checkpoint that it becomes, which `sweep` claims."""

    name: str
    config: TrainConfig


def plan(
    betas: Sequence[float],
    latent_dims: Sequence[int],
    seeds: int,
    name: str = "sweep",
    *,
    body: str | None = None,
    epochs: int | None = None,
    steps: int | None = None,
    **settings: Any,
) -> list[Member]:
    """Return the members of a sweep: every β with every latent size and every seed from 0 to `seeds` − 1.

    Settings that are not given follow the recipe of `recommended`.

    Args:
        name: the beginning of the checkpoints' names, as in `sweep-vae-2d-beta0.5-seed1`.
        body: if it is not given, the recipe's for the size of the images.
        settings: further fields of `TrainConfig`. A multi-rate-vae, which learns every β in one run, takes β 1 alone.

    Raises:
        ConfigError: without a β, a latent size or a seed, for more than `MOST_MEMBERS`, for settings out of range, or
            for β so close to each other that their checkpoints would have the same name.
        CheckpointNameError: for a name that no checkpoint can have.
    """
    if seeds < 1 or not betas or not latent_dims:
        raise ConfigError("a sweep needs at least one β, one latent size and one seed.")
    betas, latent_dims = tuple(dict.fromkeys(map(float, betas))), tuple(dict.fromkeys(latent_dims))
    if (count := len(betas) * len(latent_dims) * seeds) > MOST_MEMBERS:
        raise ConfigError(
            f"a sweep has at most {MOST_MEMBERS:,} runs, not {count:,}; give fewer β, latent sizes or seeds."
        )
    dataset = settings.get("dataset", TrainConfig.dataset)
    body, model = body or recommended_body(image_shape(dataset)), settings.get("model", TrainConfig.model)
    members = []
    for latent_dim in latent_dims:
        recipe = recommended_for(dataset, latent_dim, body, epochs=epochs, steps=steps, model=model) | settings
        for beta in betas:
            for seed in range(seeds):
                config = TrainConfig(
                    latent_dim=latent_dim, body=body, beta=beta, seed=seed, epochs=epochs, steps=steps, **recipe
                )
                member = Member(f"{name}-{config.default_name()}-seed{seed}", config)
                checkpoint_path(member.name)
                members.append(member)
    if len({member.name for member in members}) < len(members):
        raise ConfigError("some β are too close to each other for names of their own.")
    return members
