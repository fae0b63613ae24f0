"""The shipped models that the tour is about, whatever the sidebar compares."""

import streamlit as st

from vae.beta.ladder import Ladder, ladders
from vae.models.realism import Realism
from vae.storage.checkpoints import Checkpoint
from vae.ui.frame import pages
from vae.ui.shared import models, readings, server
from vae.ui.shared.models import LOAD_ERRORS, Pair
from vae.ui.shared.plain import plain

LADDER_SIZE = 10  # latent dimensions; with fewer, samples of a small β still look like images


def pair(size: int) -> Pair:
    """Return the shipped AE and VAE of a latent size; if they cannot be had, say so and stop the page."""
    found = _runs()
    names = [f"ae-{size}d", f"vae-{size}d"]
    missing = [name for name in names if name not in found]
    if missing:
        _stop(names, missing)
    try:
        return Pair(*(models.trained(found[name]) for name in names))
    except LOAD_ERRORS as error:
        st.error(plain(str(error)))
        st.stop()


def ladder() -> Ladder:
    """Return the shipped VAEs of ten dimensions that differ in β alone; if they are not there, say so and stop."""
    name = f"ladder-vae-{LADDER_SIZE}d"
    rungs = [run for run in _runs().values() if run.name.startswith(f"{name}-beta")]
    found = ladders(rungs)
    if not found:
        _stop([f"{name}-beta…"], [f"{name}-beta…"])
    return found[0]


def realism(pair: Pair) -> Realism:
    """Return the test of which images are realistic; if there is none, say why and stop the page."""
    found = server.realism(pair.vae.dataset.name)
    if found is None:
        st.info(readings.missing(pair.vae.dataset))
        st.stop()
    return found


def _runs() -> dict[str, Checkpoint]:
    return {run.name: run for run in server.checkpoints()[0]}


def _stop(needed: list[str], missing: list[str]) -> None:
    """Say in a sentence which models a scene lacks and how to get them, and stop the page."""
    are = "is" if len(missing) == 1 else "are"
    st.info(
        f"This scene is about the shipped models {' and '.join(needed)}, of which {' and '.join(missing)} {are} not "
        "here: bring them back on the page Runs, or copy their folders from the project's `checkpoints` again."
    )
    pages.RUNS.link()
    st.stop()
