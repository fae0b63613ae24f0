"""Training: the loss curves of any checkpoints, and films of their samples."""

import streamlit as st

from vae.figures.images import film
from vae.figures.losses import loss_curves
from vae.storage.checkpoints import Checkpoint
from vae.storage.film import read_filmstrip
from vae.storage.shipped import own_first
from vae.ui.compare import live
from vae.ui.frame import follow, page, pages, sidebar
from vae.ui.shared import charts, server


def show() -> None:
    """Draw the run in progress, then the loss curves, films and commands of the chosen checkpoints."""
    live.show()
    sound, _ = server.checkpoints()
    by_name = {c.name: c for c in own_first(sound)}
    if not by_name:
        st.info("There is no checkpoint yet: press **Retrain** in the sidebar.")
        return
    chosen = sidebar.chosen()
    pair = [c.name for c in (chosen.ae, chosen.vae) if c is not None] or list(by_name)[:1]
    follow.follow("curves", pair, by_name)
    names = st.multiselect("Checkpoints", list(by_name), default=pair, key="curves", persist_state="session")
    if not names:
        st.info("Choose at least one checkpoint.")
        return
    shown = [by_name[name] for name in names]
    charts.show(
        loss_curves({c.name: c.history for c in shown}), "loss_curves", "Reconstruction and KL over epochs", tools=True
    )
    st.caption(
        "Test losses over all test images with one draw of z each; training losses over the epoch's batches while the "
        "weights moved, so that they lag by half an epoch. Nats per image, summed over pixels and dimensions."
    )
    if len({c.config.likelihood for c in shown}) > 1:
        st.warning("These runs have different likelihoods: their reconstruction losses are on different scales.")
    st.subheader("The samples, epoch by epoch")
    for checkpoint in shown:
        _film(checkpoint)
    with st.expander("The commands that train these again"):
        for checkpoint in shown:
            st.code(checkpoint.command, language="bash", wrap_lines=True)


def _film(checkpoint: Checkpoint) -> None:
    found = read_filmstrip(checkpoint)
    if found is None:
        st.warning(f"{checkpoint.name}: filmstrip.png is missing or damaged; the rest of the checkpoint is sound.")
        return
    what = "one z an epoch with each class asked for" if checkpoint.model == "classifier-vae" else "the same 16 z"
    charts.show(
        film(found.frames, found.epochs, f"{checkpoint.name}: decodes of {what}"),
        f"film_{checkpoint.name}",
        f"Samples of {checkpoint.name} after each epoch that was kept",
    )


page.begin(pages.TRAINING, "How reconstruction and KL fell, epoch by epoch, and what the decoder made of the same z.")
show()
