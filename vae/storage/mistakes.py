"""The runs that show classic mistakes, and the right one beside them: their names, and that no list of models has them.

The shipped ones are called `mistake-mean` and so on, and the right one `mistake-none`. A run that the page trains again
has a name of its own, one for each of them, so that there is at most one of it, whoever trains it.
"""

from vae.storage.checkpoints import Checkpoint
from vae.training.config import MISTAKES

RIGHT = "none"  # stands in names for no mistake
SHIPPED_MISTAKES = tuple(f"mistake-{mistake}" for mistake in (RIGHT, *MISTAKES))


def shipped_name(mistake: str) -> str:
    """Return the name of the shipped run with a mistake, or of the right one for ""."""
    return f"mistake-{mistake or RIGHT}"


def again_name(mistake: str) -> str:
    """Return the name of the run with a mistake, or of the right one for "", that was trained again."""
    return f"{shipped_name(mistake)}-again"


def shows_a_mistake(checkpoint: Checkpoint) -> bool:
    """Tell whether a run belongs to the page of mistakes, the right one too, and to no list of models."""
    right = shipped_name(""), again_name("")
    return bool(checkpoint.config.mistake) or checkpoint.name in right
