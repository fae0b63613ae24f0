"""The call that every page begins with, and the pair of models that a page compares."""

from contextlib import nullcontext
from pathlib import Path

import streamlit as st

from vae.data.imported.shelf import title
from vae.training.config import MACHINE_SETTINGS, START_SETTINGS, differences
from vae.ui.frame import data_set, present, retraining, sidebar
from vae.ui.frame.pages import LATENT_SPACES, Page
from vae.ui.frame.present import Steps
from vae.ui.frame.sidebar import Chosen
from vae.ui.shared import memory, models, presenting, server, visits
from vae.ui.shared.models import LOAD_ERRORS, Pair
from vae.ui.shared.plain import plain
from vae.ui.shared.terms import explained

ICON = str(Path(__file__).parent / "icon.svg")
# Settings that may differ without a note: those that make one an AE and the other a VAE, and those of the machine. The
# budget may differ too, because the steps done are compared instead.
_EXPECTED = (
    "model",
    "beta",
    "beta_warmup",
    "classifier_weight",
    "epochs",
    "steps",
    "seconds",
    *MACHINE_SETTINGS,
    *START_SETTINGS,
)


def begin(page: Page, *look_for: str, steps: Steps | None = None) -> None:
    """Set the page up, and draw the sidebar, the title, the question, what to look for, and this session's retraining.

    Args:
        look_for: one line or two, each a sentence in Markdown; terms of the glossary are linked to their definitions.
        steps: of a page that has scenes of its own, for when it is presented.
    """
    st.set_page_config(page_title=f"{page.title} · AE and VAE", page_icon=ICON, layout="wide")
    words = "  \n".join((f"**{page.question}**", explained("  \n".join(look_for))))
    rest = present.bar(page, words, steps) if presenting.active() else None
    visits.note()
    server.prepare()
    memory.begin()
    chosen = sidebar.show(page)
    if rest is not None:
        rest()
    else:
        _title(page)
        st.markdown(words)
    retraining.show(chosen.vae)


def _title(page: Page) -> None:
    """Draw the title with the button that presents the page beside it."""
    # The style sheet knows the first page's title, which gives its space to the map.
    with (
        st.container(key="first_title") if page == LATENT_SPACES else nullcontext(),
        st.container(key="title_row", horizontal=True, vertical_alignment="center"),
    ):
        st.title(page.title)
        present.offer()


def pair(chosen: Chosen | None = None) -> Pair:
    """Return the two models chosen in the sidebar, or `chosen`; if they cannot be had, say why and stop the page."""
    chosen = chosen or sidebar.chosen()
    for kind, checkpoint in (("autoencoder", chosen.ae), ("VAE", chosen.vae)):
        if checkpoint is None:
            st.info(_how_to_get(kind, chosen))
            st.stop()
    assert chosen.ae is not None
    assert chosen.vae is not None
    try:
        both = Pair(models.trained(chosen.ae), models.trained(chosen.vae))
    except LOAD_ERRORS as error:
        st.error(str(error))
        st.stop()
    _say_what_is_unfair(both)
    return both


def _how_to_get(kind: str, chosen: Chosen) -> str:
    of = plain(title(data_set.current()))
    if chosen.ae is None and chosen.vae is None:
        return f"There is no model of {of} yet. Press **Retrain** in the sidebar, which trains an AE and a VAE."
    return f"There is no {kind} of {of} yet. Switch on **Also train an AE** in the sidebar and press **Retrain**."


def _say_what_is_unfair(both: Pair) -> None:
    one, other = both.ae.checkpoint, both.vae.checkpoint
    found = differences(one.config, other.config, ignoring=_EXPECTED)
    if other.frozen_at is not None:
        found.append(f"what the VAE was trained for ({other.name} learned every β at once)")
    if one.steps_done != other.steps_done:
        found.append(f"training steps ({one.steps_done:,} and {other.steps_done:,})")
    if found:
        st.caption(
            f":material/balance: These two models differ in more than being AE and VAE: {', '.join(found)}. What you "
            "see may come from that. Retrain with **Also train an AE** to get a pair that shares everything else."
        )
