"""The checkpoints that come with the project, which `checkpoints/train_all.sh` trains."""

from collections.abc import Sequence

from vae.storage.checkpoints import Checkpoint
from vae.storage.mistakes import SHIPPED_MISTAKES

PAIRS = tuple(f"{model}-{size}d" for size in (2, 5, 20) for model in ("ae", "vae"))
LADDERS = tuple(
    f"ladder-vae-{size}d-{rung}"
    for size in (2, 10)
    for rung in (
        *(f"beta{beta}-seed0" for beta in ("0", "0.05", "0.1", "0.25", "0.5", "1", "2", "4", "8", "16")),
        "optimal-sigma",
    )
)
OF_CLOTHES = ("clothes-ae-10d", "clothes-vae-10d")
SHIPPED = (*PAIRS, "classifier-vae-10d", *LADDERS, *OF_CLOTHES, *SHIPPED_MISTAKES)


def own_first(checkpoints: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Return checkpoints with the user's own first, the newest of them at the top, and then the shipped in order."""
    places = {name: place for place, name in enumerate(SHIPPED)}
    own = sorted((c for c in checkpoints if c.name not in places), key=lambda c: c.created, reverse=True)
    return own + sorted((c for c in checkpoints if c.name in places), key=lambda c: places[c.name])
