"""Training: the loss curves of any checkpoints, and films of their samples."""

import streamlit as st

from vae.storage.shipped import own_first
from vae.ui.compare import course, live
from vae.ui.frame import data_set, follow, page, pages, sidebar


def show() -> None:
    """Draw the run in progress, then the loss curves, films and commands of the chosen checkpoints."""
    live.show()
    by_name = {c.name: c for c in own_first(data_set.runs())}
    if not by_name:
        st.info("There is no checkpoint of these images yet: press **Retrain** in the sidebar.")
        return
    chosen = sidebar.chosen()
    pair = [c.name for c in (chosen.ae, chosen.vae) if c is not None] or list(by_name)[:1]
    follow.follow("curves", pair, by_name)
    names = st.multiselect("Checkpoints", list(by_name), default=pair, key="curves", persist_state="session")
    if not names:
        st.info("Choose at least one checkpoint.")
        return
    shown = [by_name[name] for name in names]
    course.curves(shown)
    st.caption(
        "Test losses over all test images with one draw of z each; training losses over the epoch's batches while the "
        "weights moved, so that they lag by half an epoch. Nats per image, summed over pixels and dimensions."
    )
    if len({c.config.likelihood for c in shown}) > 1:
        st.warning("These runs have different likelihoods: their reconstruction losses are on different scales.")
    st.subheader("The samples, epoch by epoch")
    for checkpoint in shown:
        course.film(checkpoint)
    with st.expander("The commands that train these again"):
        for checkpoint in shown:
            st.code(checkpoint.command, language="bash", wrap_lines=True)


page.begin(pages.TRAINING, "How reconstruction and KL fell, epoch by epoch, and what the decoder made of the same z.")
show()
