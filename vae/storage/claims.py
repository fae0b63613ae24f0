"""Claims of names: whoever is going to make a run claims its name first, so that nobody else gets it meanwhile.

A claim is a file in the workspace of its process, so that it ends with that process at the latest.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vae.storage.names import CheckpointError, CheckpointNameError, checkpoint_path
from vae.storage.workspace import CLAIMS, claimed, locked

LONGEST = 74  # characters of a name that a number is added to


def claim(name: str, *, replacing: bool = False) -> None:
    """Claim a name for a run that is going to be made, until `release`.

    Args:
        replacing: whether a checkpoint may have the name already, which the new run is going to replace.

    Raises:
        CheckpointNameError: for a bad name, one that a checkpoint has, or one that is claimed here or elsewhere.
        CheckpointError: when the folder of the checkpoints cannot be written.
    """
    path = checkpoint_path(name)
    with locked() as workspace:
        if name in claimed():
            raise CheckpointNameError(
                f"A run called {name!r} is being made at this moment; choose another name, or wait until it has ended."
            )
        if path.exists() and not replacing:
            raise CheckpointNameError(
                f"There is a run called {name!r} already; choose another name, or delete that run first."
            )
        _mark(workspace, name)


def claim_unused(wanted: str) -> str:
    """Claim `wanted` or, if a checkpoint has it or it is claimed, the first of wanted-2, wanted-3, … that is free.

    Raises:
        CheckpointNameError: for a bad name.
        CheckpointError: when the folder of the checkpoints cannot be written.
    """
    with locked() as workspace:
        name, number, taken = wanted, 1, claimed()
        while name in taken or checkpoint_path(name).exists():
            number += 1
            name = f"{wanted[:LONGEST]}-{number}"
        _mark(workspace, name)
    return name


def release(name: str) -> None:
    """Give up this process's claim of a name; a name that it does not claim is left alone, and nothing is raised."""
    with suppress(CheckpointError), locked() as workspace:
        (workspace / CLAIMS / name).unlink(missing_ok=True)


@contextmanager
def claiming(name: str, *, replacing: bool = False) -> Iterator[str]:
    """Hold the claim of a name for a block, and give the name.

    Raises:
        CheckpointError: as `claim` raises it.
    """
    claim(name, replacing=replacing)
    try:
        yield name
    finally:
        release(name)


@contextmanager
def claiming_unused(wanted: str) -> Iterator[str]:
    """Hold the claim of a name that `claim_unused` finds for a block, and give the name.

    Raises:
        CheckpointError: as `claim_unused` raises it.
    """
    name = claim_unused(wanted)
    try:
        yield name
    finally:
        release(name)


def refuse_claimed(name: str, deed: str) -> None:
    """Raise CheckpointNameError if a run of this name is being made, which is no time to rename or delete it.

    Call it while the lock is held.
    """
    if name in claimed():
        raise CheckpointNameError(f"{name!r} is being trained; cancel it, or {deed} it once it has ended.")


def _mark(workspace: Path, name: str) -> None:
    (workspace / CLAIMS).mkdir(exist_ok=True)
    (workspace / CLAIMS / name).touch()
