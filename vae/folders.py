"""Where the project and its checkpoints lie on this machine."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def checkpoints_folder() -> Path:
    """Where checkpoints are kept: `checkpoints/` of the project, or the folder that VAE_CHECKPOINTS names."""
    return Path(os.environ.get("VAE_CHECKPOINTS") or ROOT / "checkpoints")
