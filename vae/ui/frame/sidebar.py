"""The sidebar of every page: links to the pages, the two models compared, the current run and the Retrain form."""

from contextlib import nullcontext
from dataclasses import dataclass

import streamlit as st

from vae.data.datasets import TITLES
from vae.storage.checkpoints import Checkpoint
from vae.ui.frame import address, retrain, run_status
from vae.ui.frame.pages import SECTIONS, Page
from vae.ui.shared import server

KINDS = {"ae": "Autoencoder (AE)", "vae": "Variational autoencoder (VAE)"}


@dataclass(frozen=True)
class Chosen:
    """The two checkpoints compared; None if there is none of that kind."""

    ae: Checkpoint | None
    vae: Checkpoint | None


def show(page: Page) -> Chosen:
    """Draw the sidebar of a page and return what is chosen in it."""
    unseen = () if page.compares else KINDS
    switched = address.restore(page.title, *unseen)
    run_status.adopt_finished()
    with st.sidebar:
        for heading, group in SECTIONS.items():
            with st.expander(heading, expanded=page in group) if heading else nullcontext():
                for one in group:
                    one.link()
        if page.compares:
            st.subheader("Compared models")
        found = chosen(draw=page.compares)
        run_status.show_status()
        st.subheader("Retrain")
        retrain.show_form(found.ae, found.vae, page.title, st.session_state["run"])
        _show_damaged()
    if not switched:
        address.write_unseen(*unseen)
    return found


def chosen(*, draw: bool = False) -> Chosen:
    """Return the chosen checkpoints; with `draw`, also draw the widgets that choose them."""
    sound, _ = server.checkpoints()
    kinds = {kind: {c.name: c for c in sound if c.model == kind} for kind in KINDS}
    for kind, checkpoints in kinds.items():
        if draw:
            _choose(kind, KINDS[kind], checkpoints)
        elif checkpoints and st.session_state.get(kind) not in checkpoints:
            st.session_state[kind] = _default(kind, checkpoints)
    found = {kind: kinds[kind].get(st.session_state.get(kind, "")) for kind in kinds}
    return Chosen(found["ae"], found["vae"])


def _choose(kind: str, label: str, checkpoints: dict[str, Checkpoint]) -> None:
    if not checkpoints:
        st.caption(f"{label}: none yet")
        return
    # A name that is gone (deleted, or in an old link) is replaced by the default, here and in the address.
    if st.session_state.get(kind) not in checkpoints:
        st.session_state.pop(kind, None)
    names = list(checkpoints)
    st.selectbox(
        label,
        names,
        index=names.index(_default(kind, checkpoints)),
        key=kind,
        on_change=retrain.follow_chosen,
        bind="query-params",
    )
    st.caption(_describe(checkpoints[st.session_state[kind]]))


def _default(kind: str, checkpoints: dict[str, Checkpoint]) -> str:
    return f"{kind}-2d" if f"{kind}-2d" in checkpoints else next(iter(checkpoints))


def _describe(checkpoint: Checkpoint) -> str:
    config = checkpoint.config
    parts = [f"{config.latent_dim}-D"]
    if checkpoint.model != "ae":
        parts.append(f"β {config.beta:g}")
    parts += [
        config.layers,
        config.likelihood + (", binarised" if config.binarised else ""),
        f"{checkpoint.epochs_done:.3g} epochs",
    ]
    if config.input_noise:
        parts.append(f"denoising, σ {config.input_noise:g}")
    if config.dataset != "mnist":
        parts.append(TITLES[config.dataset])
    if not checkpoint.finished:
        parts.append("stopped early")
    return " · ".join(parts)


def _show_damaged() -> None:
    _, damaged = server.checkpoints()
    if damaged:
        with st.expander(f"{len(damaged)} damaged checkpoint{'s' if len(damaged) > 1 else ''}"):
            for folder in damaged:
                st.markdown(f"**{folder.name}**: {folder.reason}")
