"""The imported sets: what each holds, what they take, another title, and deleting one."""

from math import prod

import streamlit as st

from vae.data.imported import shelf
from vae.data.imported.about import About, ImportedSetError
from vae.data.imported.shelf import LONGEST_TITLE
from vae.errors import VaeError
from vae.ui.frame import data_set, sidebar
from vae.ui.shared import server
from vae.ui.shared.plain import plain

NAMED = 6  # runs that are named before a set is deleted


def show() -> None:
    """Draw all imported sets, sound and damaged, and how much of the quota they take."""
    st.subheader("Imported images")
    _say_what_happened()
    try:
        found, damaged = shelf.list_imported()
        st.caption(
            f"They take {shelf.used() / 1e9:.3g} of {shelf.quota() / 1e9:g} GB; VAE_IMPORTED_GB sets another limit."
        )
    except ImportedSetError as error:
        st.error(plain(str(error)))
        return
    if not found:
        st.info("Nothing is imported yet.")
    for about in found:
        _one(about)
    for sentence in damaged:
        st.warning(plain(sentence))


def _one(about: About) -> None:
    with st.container(border=True, key=f"own_set_{about.name}"):
        st.markdown(f"**{plain(about.title)}** · {_describe(about)}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Title", about.title, LONGEST_TITLE, key=f"own_title_{about.name}", width=320)
            st.button("Rename", key=f"own_rename_{about.name}", on_click=_rename, args=(about.name,))
            st.button(
                "Delete all the same" if _asked(about.name) else "Delete",
                key=f"own_delete_{about.name}",
                icon=":material/delete:",
                on_click=_delete,
                args=(about.name,),
            )
        with st.expander("Where they come from"):
            for sentence in (f"{about.layout} Imported {about.created[:10]}.", *about.remarks):
                st.caption(plain(sentence))


def _describe(about: About) -> str:
    channels, height, width = about.image_shape
    parts = {"training": about.train_size, "validation": about.validation_size, "test": about.test_size}
    words = ", ".join(f"{count:,} {part}" for part, count in parts.items() if count)
    told = [
        f"{about.count:,} images ({words})",
        f"{height} × {width} {'colour' if channels == 3 else 'grey'}",
        f"{len(about.class_names):,} {'classes' if about.labelled else 'clusters in the place of classes'}",
        f"{about.count * prod(about.image_shape) / 1e6:,.1f} MB",
        f"called {about.name} in runs",
    ]
    if about.labelled:
        told.append(_judged(about.name))
    return " · ".join(told)


def _judged(name: str) -> str:
    try:
        found = server.judge(name)
    except (VaeError, OSError):
        found = None
    return "no classifier" if found is None else f"classifier {found[1]:.1%} right"


def runs_on(name: str) -> list[str]:
    """Name the runs that were trained on a set."""
    return [run.name for run in server.checkpoints()[0] if run.config.dataset == name]


def _asked(name: str) -> bool:
    return st.session_state.get("own_asked") == name


def _delete(name: str) -> None:
    runs = runs_on(name)
    if not _asked(name):
        st.session_state["own_asked"] = name
        more = f" and {len(runs) - NAMED} more" if len(runs) > NAMED else ""
        named = f"{', '.join(runs[:NAMED])}{more} {'was' if len(runs) == 1 else 'were'}"
        depends = f"{named} trained on them and cannot be looked at without them. " if runs else ""
        _say("warning", f"{plain(depends)}To delete {plain(shelf.title(name))}, press **Delete all the same**.")
        return
    st.session_state["own_asked"] = None
    title = shelf.title(name)
    try:
        shelf.delete(name)
        if data_set.current() == name:  # the example stays in the list, and would be imported anew at once
            st.session_state[data_set.KEY] = data_set.MNIST
            sidebar.follow()
        _say("success", f"{plain(title)} is deleted.")
    except ImportedSetError as error:
        _say("error", plain(str(error)))


def _rename(name: str) -> None:
    try:
        shelf.retitle(name, st.session_state[f"own_title_{name}"])
    except ImportedSetError as error:
        _say("error", plain(str(error)))


def _say(kind: str, words: str) -> None:
    st.session_state["own_said"] = (kind, words)


def _say_what_happened() -> None:
    kind, words = st.session_state.pop("own_said", ("", ""))
    if words:
        {"success": st.success, "warning": st.warning, "error": st.error}[kind](words)
