"""News at the top of the page Runs: the outcome of a press, and Undo for each run that was deleted."""

import streamlit as st

from vae.storage import bin
from vae.storage.bin import Discarded
from vae.storage.names import CheckpointError
from vae.ui.shared.plain import plain


def say(kind: str, words: str) -> None:
    """Keep a sentence for `show`, in a callback; `kind` is success, info, warning or error."""
    st.session_state["runs_said"] = (kind, words)


def discard(name: str) -> None:
    """Delete a run so that it can be brought back, in a callback."""
    try:
        st.session_state.setdefault("discarded", []).append(bin.discard(name))
    except CheckpointError as error:
        say("error", plain(str(error)))


def show() -> None:
    """Draw what was said last, and a line with Undo for each deleted run."""
    kind, words = st.session_state.pop("runs_said", ("", ""))
    if words:
        {"success": st.success, "info": st.info, "warning": st.warning, "error": st.error}[kind](words)
    for number, discarded in enumerate(st.session_state.get("discarded", [])):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(discarded.name)}** is deleted.")
            st.button("Undo", key=f"undo_{number}", icon=":material/undo:", on_click=_undo, args=(discarded,))


def _undo(discarded: Discarded) -> None:
    try:
        say("success", f"{plain(bin.recover(discarded))} is back.")
        st.session_state["discarded"].remove(discarded)
    except CheckpointError as error:
        say("error", plain(str(error)))
