"""Runs that come from elsewhere as zip archives, and damaged runs, which no page can show."""

from collections.abc import Sequence

import streamlit as st

from vae.data.imported.shelf import title
from vae.storage import archive
from vae.storage.checkpoints import Checkpoint, Damaged, load
from vae.storage.names import CheckpointError
from vae.storage.shipped import is_shipped
from vae.ui.frame import data_set
from vae.ui.own import run_news, run_table
from vae.ui.shared.plain import plain


def show() -> None:
    """Draw the field that takes an archive."""
    st.subheader("Load a run from a zip file")
    st.file_uploader(
        "A zip file that this page has made",
        type="zip",
        key=f"runs_zip_{st.session_state.get('uploads', 0)}",
        on_change=_take,
    )
    st.caption(
        "The run keeps its own name, also where the file has another one. Everything in the file is checked before it "
        "is kept, and nothing in it is executed."
    )


def show_damaged(damaged: Sequence[Damaged]) -> None:
    """Draw the damaged runs with the reasons, and what can be done about each."""
    if not damaged:
        return
    st.subheader("Damaged runs")
    st.caption("No page can show these runs. Delete them, or mend their files by hand.")
    for number, run in enumerate(damaged):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(run.name)}**: {plain(run.reason)}")
            if is_shipped(run.path):
                st.markdown(f"It comes with the project: `git checkout checkpoints/{run.name}` brings it back.")
                continue
            key = f"damaged_{number}"
            st.button("Delete", key=key, icon=":material/delete:", on_click=run_news.discard, args=(run.name,))


def _take() -> None:
    number = st.session_state.get("uploads", 0)
    uploaded = st.session_state.get(f"runs_zip_{number}")
    if uploaded is None:
        return
    # A new key empties the uploader, so that the same file is not taken again by the next rerun.
    st.session_state["uploads"] = number + 1
    content = uploaded.getvalue()
    wanted = archive.name_inside(content, uploaded.name)
    try:
        run = load(archive.from_zip(content, wanted))
    except CheckpointError as error:
        run_news.say("error", plain(f"{uploaded.name}: {error}"))
        return
    renamed = "" if run.name == wanted else f" under the name {run.name}, because another run is called {wanted}"
    run_news.say("success", f"{wanted} was loaded{renamed}.{_where(run)}")


def _where(run: Checkpoint) -> str:
    """Say where a run is found that the table does not show at once."""
    if run.config.dataset != data_set.current():
        images = plain(title(run.config.dataset))
        return f" Its images are {images}: choose them at the top of the sidebar to see the run."
    cleared = run_table.show_again(run)
    return " The filter was cleared, because it would hide this run." if cleared else ""
