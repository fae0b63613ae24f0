"""The import of what was brought: its button, its progress, the judge's, and the first pair of models."""

import streamlit as st

from vae.data.imported import example, shelf
from vae.data.imported.about import usable_name
from vae.data.imported.shelf import LONGEST_TITLE
from vae.data.preparation.settings import Preparation, Split
from vae.errors import VaeError
from vae.jobs.importer import PHASES, Import, Order
from vae.ui.frame import pages, retrain
from vae.ui.frame.ownership import owns
from vae.ui.own import brought, sets
from vae.ui.own.brought import Brought
from vae.ui.shared import server
from vae.ui.shared.identity import session
from vae.ui.shared.plain import plain
from vae.ui.shared.terms import explained

POLL_SECONDS = 0.5


def offer(found: Brought, preparation: Preparation, split: Split) -> None:
    """Draw the title of the set to be and the button that imports it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(
            "Title of the new set", max_chars=LONGEST_TITLE, key="own_title", width=320, persist_state="session"
        )
        running = server.importer().latest
        st.button(
            f"Import {found.collection.count:,} images",
            type="primary",
            key="own_import",
            icon=":material/download:",
            disabled=running is not None and not running.ended,
            on_click=_import,
            args=(found, preparation, split),
        )
    size = found.collection.count * preparation.height * preparation.width * preparation.image_shape[0]
    st.caption(
        f"The set will take {size / 1e6:,.1f} MB on disk. Runs and commands will call it "
        f"`{_unused_name(title, is_example=_is_example(found, preparation, split))}`."
    )


def show() -> None:
    """Draw the import that is running, or how this session's last one ended."""
    one = server.importer().latest
    if one is not None and one.kept and st.session_state.get("own_sent") is one:
        del st.session_state["own_sent"]
        brought.forget()
    if one is not None:
        st.fragment(_follow, run_every=None if one.ended else POLL_SECONDS)(one, one.ended, one.kept)


def _import(found: Brought, preparation: Preparation, split: Split) -> None:
    title = st.session_state["own_title"].strip() or found.title
    name = _unused_name(title, is_example=_is_example(found, preparation, split))
    order = Order(str(found.path.resolve()), found.options, preparation, split, name, title)
    try:
        st.session_state["own_sent"] = server.importer().request(order, session(), keeping=found.uploads)
    except VaeError as error:
        st.session_state["own_error"] = str(error)


def _unused_name(title: str, *, is_example: bool) -> str:
    """Return a name that no set has and no run mentions, for that run's images were others.

    The example's name, which the runs that come with the project mention, is for the example alone.
    """
    if is_example and not shelf.is_here(example.NAME):
        return example.NAME
    name, number = usable_name(title), 2
    found = name
    while found == example.NAME or shelf.is_here(found) or sets.runs_on(found):
        found, number = f"{name[:36]}-{number}", number + 1
    return found


def _is_example(found: Brought, preparation: Preparation, split: Split) -> bool:
    """Tell whether these are the example's images with the settings that its shipped models were trained with."""
    return example.is_example(found.path, preparation, split, found.options)


def _follow(one: Import, ended: bool, kept: bool) -> None:
    if (one.ended, one.kept) != (ended, kept) or st.session_state.pop("own_started", False):
        st.rerun()  # the whole page: the sidebar has a set more, or follows a run
    title = plain(one.order.title)
    if not ended:
        with st.container(border=True, key="own_progress"):
            _progress(one, title)
    elif one.owner == session():
        _outcome(one, title)


def _progress(one: Import, title: str) -> None:
    left = one.seconds_left()
    told = "it is stopping" if one.stopping else f"{one.progress:.0%}" if one.began else "it is starting"
    told += "" if left is None or one.stopping else f", {left:.0f} s left"
    if not owns(one):
        st.progress(one.progress, text=f"Another session is importing images: {told}")
        return
    st.progress(one.progress, text=f"{PHASES[one.phase]} ({title}): {told}")
    st.button(
        "Cancel the import" if not one.kept else "Stop and do without a judge",
        key="own_cancel",
        icon=":material/close:",
        disabled=one.stopping,
        on_click=server.importer().cancel,
        args=(one,),
    )
    if one.kept:
        _train(one)


def _outcome(one: Import, title: str) -> None:
    if one.state == "failed":
        st.error(plain(one.error))
    if not one.kept:
        if one.state == "cancelled":
            st.info(f"The import of {title} was cancelled. Nothing of it is kept.")
        return
    if not shelf.is_here(one.order.name):
        return  # deleted since
    said = "There is no judge, because its training was cancelled." if one.state == "cancelled" else one.said
    with st.container(border=True, key="own_done"):
        st.success(explained(f"{title} is imported. {plain(said)}"))
        _train(one)


def _train(one: Import) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Train an AE and a VAE",
            type="primary",
            key="own_train",
            icon=":material/model_training:",
            disabled=retrain.trains(),
            on_click=_start,
            args=(one.order.name,),
            help="All pages then show these images, and both train with the settings of the form in the sidebar.",
        )
        if st.session_state.get("dataset") == one.order.name:
            pages.LATENT_SPACES.link()


def _start(name: str) -> None:
    retrain.begin_pair(name)
    st.session_state["own_started"] = True
