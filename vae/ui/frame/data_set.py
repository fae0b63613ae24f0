"""The data set that all pages are about: the first choice of the sidebar, which models, form and pages follow."""

from collections.abc import Callable
from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from vae.data.datasets import downloaded
from vae.data.imported import example, shelf
from vae.data.imported.about import ImportedSetError, read_about
from vae.data.names import BUILT_IN, TITLES
from vae.errors import VaeError
from vae.storage.checkpoints import Checkpoint
from vae.storage.mistakes import shows_a_mistake
from vae.ui.shared import server
from vae.ui.shared.plain import plain

KEY = "dataset"  # the setting of a run too, so that the form has its images from here
MNIST = BUILT_IN[0]


def labels() -> dict[str, str]:
    """Return the names of all sets that can be chosen, with a label each, no two alike.

    These are the project's, the imported ones, and those that runs name but that are not, or damaged, on this machine.
    """
    found = dict(TITLES)
    try:
        found |= {example.NAME: example.TITLE} if example.ARCHIVE.exists() else {}
        found |= {about.name: about.title for about in shelf.list_imported()[0]}
        named = sorted({run.config.dataset for run in server.checkpoints()[0]} - found.keys())
        found |= {name: f"{name} ({'damaged' if shelf.is_here(name) else 'not on this machine'})" for name in named}
    except ImportedSetError:  # the folder cannot be read, of which the page Your images says so
        pass
    titles = list(found.values())
    return {
        name: label if name in TITLES or titles.count(label) == 1 else f"{label} ({name})"
        for name, label in found.items()
    }


def restore(*, switched: bool = False) -> None:
    """Fill the session, at its beginning, with the set that the address names, or of the runs that it names.

    Call it before anything is drawn. A widget reads the address by itself, but only labels, and a link to a run need
    not name its set.

    Args:
        switched: whether the session has just changed to this page. The first change after a link or a reload drops
            what widgets are bound to from the address, and a reload would then show other images.
    """
    if KEY in st.session_state:
        if switched and st.session_state[KEY] != MNIST and KEY not in st.query_params:
            with suppress(StreamlitAPIException):  # the list is known to be drawn, and writes it by itself
                st.query_params[KEY] = labels().get(st.session_state[KEY], "")
        return
    known, asked = labels(), st.query_params.get(KEY, "")
    if asked in known.values():
        return
    name = asked if asked in known else _of_runs(st.query_params.get("vae"), st.query_params.get("ae"))
    if name:
        st.session_state[KEY] = name
        if name != MNIST:
            st.query_params[KEY] = known[name]


def current() -> str:
    """Return the name of the chosen set, also before the list is drawn."""
    if KEY in st.session_state:
        return str(st.session_state[KEY])
    asked = st.query_params.get(KEY)
    return next((name for name, label in labels().items() if label == asked), MNIST)


def choose(follow: Callable[[], None]) -> None:
    """Draw the list of sets, and what is to be said of the chosen one.

    Args:
        follow: a callback that lets the compared models and the form follow another choice.
    """
    known = labels()
    if (gone := st.session_state.get(KEY, MNIST)) not in known:
        st.session_state[KEY] = MNIST
        follow()
        st.warning(f"The images {plain(gone)} were deleted; {TITLES[MNIST]} is shown in their place.")
    st.selectbox(
        "Images",
        list(known),
        key=KEY,
        format_func=known.__getitem__,
        on_change=follow,
        label_visibility="collapsed",  # the first screen has no room for it
        bind="query-params",
    )
    name = st.session_state[KEY]
    if name in BUILT_IN:
        if not downloaded(name):
            said = f"{TITLES[name]} is not on this machine: the run begins with a download, which needs the network."
            st.caption(said)
        return
    try:
        if name == example.NAME and not shelf.is_here(name):
            server.dataset(name)
        read_about(name)
    except VaeError as error:
        st.caption(f":material/warning: {plain(str(error))}")


def is_here(name: str) -> bool:
    """Tell whether a set is on this machine, so that loading it needs no network."""
    return downloaded(name)


def is_labelled(name: str) -> bool:
    """Tell whether the classes of a set were given; True where nothing is known of it."""
    try:
        return name in BUILT_IN or read_about(name).labelled
    except ImportedSetError:
        return True


def runs() -> list[Checkpoint]:
    """Return the sound runs of the chosen set, sorted by name, but for those that show a mistake."""
    name = current()
    return [run for run in server.checkpoints()[0] if run.config.dataset == name and not shows_a_mistake(run)]


def remember(kind: str, name: str | None, dataset: str | None = None) -> None:
    """Remember which model of a kind this session compares, of the chosen set or another, until the set is chosen."""
    if name:
        st.session_state.setdefault("compared_in", {})[dataset or current(), kind] = name


def remembered(kind: str) -> str:
    """Return the model of a kind that this session compared last in the chosen set; "" for none."""
    return str(st.session_state.get("compared_in", {}).get((current(), kind), ""))


def has_elsewhere(name: str) -> bool:
    """Tell whether another set has a sound run of this name."""
    return any(run.name == name and run.config.dataset != current() for run in server.checkpoints()[0])


def _of_runs(*names: str | None) -> str | None:
    """Return the data set of the first of these runs that is there."""
    sets = {run.name: run.config.dataset for run in server.checkpoints()[0]}
    return next((sets[name] for name in names if name in sets), None)
