"""The actions for one run: compare it, train on, write a note, copy, rename, download or delete it."""

import streamlit as st

from vae.storage import archive, bin
from vae.storage.checkpoints import Checkpoint
from vae.storage.frozen import compared_as
from vae.storage.names import CheckpointError
from vae.storage.notes import LONGEST, write_note
from vae.storage.shipped import is_shipped
from vae.storage.starts import find_start
from vae.training.config import ConfigError
from vae.ui.frame import before_after, retrain, start
from vae.ui.frame.start import Plan
from vae.ui.own import run_news, run_table
from vae.ui.shared.plain import plain

MORE_EPOCHS = 20
LOCKED = "This run comes with the project and is locked. Make a copy, which is yours to rename and to delete."


def show(run: Checkpoint) -> None:
    """Draw the actions for one run."""
    locked = is_shipped(run.path)
    with st.container(border=True, key="run_actions"):
        st.subheader(run.name)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _work_with(run)
            _give_away(run, locked=locked)
        st.text_input(
            "Note",
            run.note,
            LONGEST,
            key=f"run_note_{run.name}",
            placeholder="one line, which the table and the command list show",
            on_change=_write_note,
            args=(run.name,),
        )
        _names(run, locked=locked)
        st.markdown("This command trains the run again:")
        st.code(run.command, language="bash", wrap_lines=True)
        _say_if_start_is_gone(run)


def _work_with(run: Checkpoint) -> None:
    if (kind := compared_as(run.model)) in ("ae", "vae"):
        about = f"All pages then compare this run with the other model: it is chosen as {run_table.MODELS[kind]}."
        st.button("Compare on all pages", key="run_open", on_click=_open, args=(run,), help=about)
    st.button(
        "Use its settings",
        key="run_settings",
        on_click=retrain.fill_form,
        args=(run,),
        help="The form Retrain in the sidebar gets all settings of this run.",
    )
    st.button(
        f"Train {MORE_EPOCHS} more epochs",
        key="run_more",
        disabled=retrain.trains(),
        on_click=_train_on,
        args=(run,),
        help="The training goes on from the weights of this run, at the same β, and makes a new run.",
    )
    before = before_after.find(run.config.start)
    if before is not None and kind == "vae":
        st.button("Show before and after", key="run_before", on_click=_show_before, args=(before, run))


def _give_away(run: Checkpoint, *, locked: bool) -> None:
    st.download_button(
        "Download as zip",
        lambda: archive.to_zip(run.name),
        f"{run.name}.zip",
        "application/zip",
        key="run_zip",
        on_click="ignore",
    )
    st.button(
        "Delete",
        key="run_delete",
        icon=":material/delete:",
        disabled=locked,
        on_click=run_news.discard,
        args=(run.name,),
        help=LOCKED if locked else "Undo brings the run back as long as this page is open.",
    )


def _names(run: Checkpoint, *, locked: bool) -> None:
    """Draw the field for another name, and what can be done with that name."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        suggested = f"my-{run.name}" if locked else run.name
        st.text_input("New name", suggested, key=f"run_name_{run.name}", width=320)
        st.button(
            "Rename",
            key="run_rename",
            disabled=locked,
            on_click=_rename,
            args=(run.name,),
            help=LOCKED if locked else None,
        )
        st.button("Copy", key="run_copy", icon=":material/content_copy:", on_click=_copy, args=(run.name,))
    if locked:
        st.caption(f":material/lock: {LOCKED}")


def _open(run: Checkpoint) -> None:
    st.session_state[compared_as(run.model)] = run.name
    run_news.say("success", f"All pages compare {plain(run.name)} now.")


def _train_on(run: Checkpoint) -> None:
    before = run.name if compared_as(run.model) == "vae" else ""
    try:
        retrain.submit(Plan([start.continued_from(run, epochs=MORE_EPOCHS)], before))
    except (ConfigError, CheckpointError) as error:
        run_news.say("error", plain(str(error)))


def _show_before(before: Checkpoint, after: Checkpoint) -> None:
    st.session_state.update(before=before.name, vae=after.name)


def _write_note(name: str) -> None:
    text = st.session_state[f"run_note_{name}"]
    try:
        write_note(name, text)
        run_news.say("success", f"The note on {plain(name)} is {'kept' if text.strip() else 'removed'}.")
    except CheckpointError as error:
        run_news.say("error", plain(str(error)))


def _rename(name: str) -> None:
    new_name = st.session_state[f"run_name_{name}"].strip()
    if new_name == name:
        return
    try:
        bin.rename(name, new_name)
    except CheckpointError as error:
        run_news.say("error", plain(str(error)))
        return
    for kind in ("ae", "vae", "before"):
        if st.session_state.get(kind) == name:
            st.session_state[kind] = new_name
    run_table.follow_name(name, new_name)
    run_news.say("success", f"{plain(name)} is called {plain(new_name)} now.")


def _copy(name: str) -> None:
    new_name = st.session_state[f"run_name_{name}"].strip()
    try:
        archive.copy(name, new_name)
        run_news.say("success", f"{plain(new_name)} is a copy of {plain(name)}.")
    except CheckpointError as error:
        run_news.say("error", plain(str(error)))


def _say_if_start_is_gone(run: Checkpoint) -> None:
    config = run.config
    if not config.start:
        return
    try:
        find_start(config.start, config.start_weights)
    except CheckpointError as error:
        st.caption(f":material/info: {error} The command cannot repeat the run without them.")
