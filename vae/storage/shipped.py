"""The runs that come with the project, which `checkpoints/train_all.sh` trains, and the lock on them."""

from collections.abc import Sequence
from pathlib import Path

from vae.folders import ROOT
from vae.storage.checkpoints import Checkpoint
from vae.storage.header import stored
from vae.storage.mistakes import SHIPPED_MISTAKES
from vae.storage.names import CheckpointNameError

FOLDER = ROOT / "checkpoints"
PAIRS = tuple(f"{model}-{size}d" for size in (2, 5, 20) for model in ("ae", "vae"))
LADDERS = tuple(
    f"ladder-vae-{size}d-{rung}"
    for size in (2, 10)
    for rung in (
        *(f"beta{beta}-seed0" for beta in ("0", "0.05", "0.1", "0.25", "0.5", "1", "2", "4", "8", "16")),
        "optimal-sigma",
    )
)
EVERY_BETA = ("every-vae-2d", "every-vae-10d")  # multi-rate VAEs with the networks of the ladders
OF_CLOTHES = ("clothes-ae-10d", "clothes-vae-10d")
SHIPPED = (*PAIRS, "classifier-vae-10d", *LADDERS, *EVERY_BETA, *OF_CLOTHES, *SHIPPED_MISTAKES)


def own_first(checkpoints: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Return checkpoints with the user's own first, the newest of them at the top, and then the shipped in order."""
    places = {name: place for place, name in enumerate(SHIPPED)}
    own = sorted((c for c in checkpoints if c.name not in places), key=lambda c: c.created, reverse=True)
    return own + sorted((c for c in checkpoints if c.name in places), key=lambda c: places[c.name])


def is_shipped(path: Path) -> bool:
    """Tell whether the folder of a run holds one that comes with the project, or a copy of it under the same name.

    A run of that name with other weights, in another folder than the project's, is its owner's.
    """
    shipped = FOLDER / path.name
    if path.name not in SHIPPED or not path.is_dir():
        return False
    try:
        return path.samefile(shipped) or stored(path).marks == stored(shipped).marks
    except OSError:  # the project's own is not there
        return False


def refuse_shipped(path: Path, deed: str, unless: str = "") -> None:
    """Raise CheckpointNameError for a run that comes with the project, which pages, links and lectures rely on.

    Args:
        deed: what was asked for, such as `deleted`.
        unless: the switch of the command line that does it all the same; "" if there is none.
    """
    if is_shipped(path):
        name, switch = path.name, f", or add {unless}" if unless else ""
        raise CheckpointNameError(
            f"{name!r} comes with the project and is locked, so that it is not {deed}; for a copy of your own, use "
            f"`python -m vae change {name} --copy NEW-NAME` or Copy on the page Runs{switch}."
        )
