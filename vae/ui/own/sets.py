"""The imported sets: what each holds, how much room they take, another title, and deleting one."""

from math import prod

import streamlit as st

from vae.data.imported import shelf
from vae.data.imported.about import About, ImportedSetError
from vae.data.imported.shelf import LONGEST_TITLE, DamagedSet
from vae.errors import VaeError
from vae.ui.frame import data_set, sidebar
from vae.ui.shared import server
from vae.ui.shared.plain import plain

NAMED = 6  # runs that are named before a set is deleted


def show() -> None:
    """Draw all imported sets, sound and damaged, and how much of the quota they take."""
    st.subheader("Imported sets")
    _say_what_happened()
    try:
        found, damaged = shelf.list_imported()
        st.caption(
            f"All sets together take {shelf.used() / 1e9:.3g} GB of at most {shelf.quota() / 1e9:g} GB. The "
            "environment variable VAE_IMPORTED_GB sets another limit."
        )
    except ImportedSetError as error:
        st.error(plain(str(error)))
        return
    if not found:
        st.info("Nothing is imported yet.")
    for about in found:
        _one(about)
    for each in damaged:
        _damaged(each)


def _one(about: About) -> None:
    with st.container(border=True, key=f"own_set_{about.name}"):
        st.markdown(f"**{plain(about.title)}** · {_describe(about)}")
        st.caption(f"Runs and commands call it `{about.name}`. It takes {_megabytes(about):,.1f} MB on disk.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Title", about.title, LONGEST_TITLE, key=f"own_title_{about.name}", width=320)
            st.button("Change the title", key=f"own_rename_{about.name}", on_click=_rename, args=(about.name,))
            _deletion(about.name)
        with st.expander("Where these images come from"):
            for sentence in (about.layout, f"They were imported on {about.created[:10]}.", *about.remarks):
                st.caption(plain(sentence))


def _damaged(found: DamagedSet) -> None:
    """Draw a set that cannot be used, under the name that runs and commands call it by, and how to be rid of it."""
    with st.container(border=True, key=f"own_set_{found.name}"):
        st.markdown(f"**{plain(found.name)}** cannot be used.")
        st.warning(plain(found.reason))
        _deletion(found.name)


def _deletion(name: str) -> None:
    st.button(
        "Delete anyway" if _asked(name) else "Delete",
        key=f"own_delete_{name}",
        icon=":material/delete:",
        on_click=_delete,
        args=(name,),
    )


def _megabytes(about: About) -> float:
    return about.count * prod(about.image_shape) / 1e6


def _describe(about: About) -> str:
    channels, height, width = about.image_shape
    parts = {"training": about.train_size, "validation": about.validation_size, "test": about.test_size}
    words = ", ".join(f"{count:,} {part}" for part, count in parts.items() if count)
    told = [
        f"{about.count:,} images ({words})",
        f"{height} × {width} pixels, {'in colour' if channels == 3 else 'grey'}",
        f"{len(about.class_names):,} {'classes' if about.labelled else 'clusters in the place of classes'}",
    ]
    if about.labelled:
        told.append(_judged(about.name))
    return " · ".join(told)


def _judged(name: str) -> str:
    try:
        found = server.judge(name)
    except (VaeError, OSError):
        found = None
    return "no judge" if found is None else f"its judge reads {found[1]:.1%} right"


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
        depends = f"{named} trained on this set and cannot be shown without it. " if runs else ""
        title = plain(shelf.title(name))
        _say("warning", f"{plain(depends)}Deleting {title} cannot be undone. If you are sure, press **Delete anyway**.")
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
