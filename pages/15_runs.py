"""Runs: all runs in one table; one can be worked with, two compared, and one loaded from a zip file."""

import streamlit as st

from vae.data.imported.shelf import title
from vae.storage.shipped import own_first
from vae.ui.frame import before_after, data_set, page, pages
from vae.ui.own import run_actions, run_news, run_table, run_upload
from vae.ui.shared import server
from vae.ui.shared.plain import plain


def show() -> None:
    """Draw the table of runs, what can be done with the chosen ones, and the upload of runs made elsewhere."""
    runs = own_first(data_set.runs())
    run_news.show()
    if runs:
        chosen = run_table.choose(runs)
        if len(chosen) == 1:
            run_actions.show(chosen[0])
        elif len(chosen) == 2:
            before_after.compare(chosen[0], chosen[1])
        elif len(chosen) > 2:
            st.info("Tick one run to work with it, or two runs to compare them.")
    else:
        images = plain(title(data_set.current()))
        st.info(f"There is no run of {images} yet. Press **Retrain** in the sidebar, or load a zip file below.")
    run_upload.show_damaged(server.checkpoints()[1])
    run_upload.show()


page.begin(
    pages.RUNS,
    "Tick one run to work with it, or two runs to compare them. Your own runs come first, the newest at the top.",
    "A lower −ELBO is better where images and likelihood are the same. Losses are in nats per image, over test images.",
)
show()
