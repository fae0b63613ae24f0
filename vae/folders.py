"""The folders of the project and of its checkpoints on this machine."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def checkpoints_folder() -> Path:
    """Return the folder of the checkpoints: the one that VAE_CHECKPOINTS names, or `checkpoints/` of the project."""
    return Path(os.environ.get("VAE_CHECKPOINTS") or ROOT / "checkpoints")
