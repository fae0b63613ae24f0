"""The sidebar of every page: the data set, links to the pages, the compared models, the current run and Retrain."""

from contextlib import nullcontext
from dataclasses import dataclass

import streamlit as st

from vae.storage.checkpoints import Checkpoint
from vae.storage.frozen import compared_as
from vae.storage.shipped import own_first
from vae.training.config import MULTI_RATE, in_words
from vae.ui.frame import address, data_set, pages, retrain, run_status, start_over
from vae.ui.frame.amounts import trained_for
from vae.ui.frame.changes import listed
from vae.ui.frame.pages import SECTIONS, Page
from vae.ui.shared import every_beta, server
from vae.ui.shared.plain import plain
from vae.ui.shared.terms import definition

KINDS = {"ae": "AE", "vae": "VAE"}


@dataclass(frozen=True)
class Chosen:
    """The two checkpoints compared, a multi-rate VAE frozen at the slider's β; None if there is none of that kind."""

    ae: Checkpoint | None
    vae: Checkpoint | None


def show(page: Page) -> Chosen:
    """Draw the sidebar of a page and return what is chosen in it."""
    start_over.follow(page)
    unseen = () if page.compares else KINDS
    switched = address.restore(page.title, *unseen)
    data_set.restore(switched=switched)
    run_status.adopt_finished()
    with st.sidebar:
        data_set.choose(follow)
        for heading, group in SECTIONS.items():
            with st.expander(heading, expanded=page in group, type="compact") if heading else nullcontext():
                for one in group:
                    one.link()
        found = chosen(draw=page.compares)
        run_status.show_status()
        # The form is drawn where it is not seen, too: the address and the session keep what is drawn.
        with nullcontext() if page.trains else st.container(key="form_unseen"):
            retrain.show_form(found.ae, found.vae, page.title, st.session_state["run"])
        _show_damaged()
        start_over.button()
    if not switched:
        address.write_unseen(*unseen)
    return found


def chosen(*, draw: bool = False) -> Chosen:
    """Return the chosen checkpoints; with `draw`, also draw the widgets that choose them."""
    runs = own_first(data_set.runs())
    kinds = {kind: {c.name: c for c in runs if compared_as(c.model) == kind} for kind in KINDS}
    for kind, checkpoints in kinds.items():
        if draw:
            _choose(kind, KINDS[kind], checkpoints)
        elif st.session_state.get(kind) not in checkpoints:
            st.session_state[kind] = _instead(kind, checkpoints)
        data_set.remember(kind, st.session_state.get(kind))
    found = {kind: kinds[kind].get(st.session_state.get(kind, "")) for kind in kinds}
    return Chosen(found["ae"], found["vae"] and every_beta.shown(found["vae"]))


def follow() -> None:
    """Let models and form follow the data set, in a callback; where that has no models, Retrain makes a pair."""
    found = chosen()
    retrain.follow_chosen()
    if found.ae is None and found.vae is None:
        retrain.prepare_first(data_set.current())
    else:
        st.session_state["ae_too"] = False
        retrain.forget_first()


def _choose(kind: str, label: str, checkpoints: dict[str, Checkpoint]) -> None:
    if not checkpoints:
        st.session_state[kind] = ""
        st.caption(f"There is no {label} of these images yet.")
        return
    names = list(checkpoints)
    default = _default(kind, checkpoints)
    # A name that is gone (deleted, or in an old link) gives way to the default here, in the address and in the browser,
    # which would go on showing the name if the session merely forgot it.
    if (gone := st.session_state.get(kind, default)) not in checkpoints:
        st.session_state[kind] = _instead(kind, checkpoints)
        if gone in st.session_state.get("seen_runs", ()) and not data_set.has_elsewhere(gone):
            st.warning(f"{gone} was deleted or renamed; {st.session_state[kind]} is shown in its place.")
    st.session_state.setdefault("seen_runs", set()).update(checkpoints)
    # At first the session does not know yet what the address will put into the list.
    named = st.session_state.get(kind) or st.query_params.get(kind, default)
    shown = checkpoints.get(named, checkpoints[default])
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):  # the first screen has little room
        st.markdown(f"**{label}**", width=34)
        st.selectbox(
            label,
            names,
            index=names.index(default),
            key=kind,
            on_change=retrain.follow_chosen,
            label_visibility="collapsed",
            bind="query-params",
        )
    st.caption(_describe(shown), help=f"{definition(label)}\n\n{_details(shown)}")


def _default(kind: str, checkpoints: dict[str, Checkpoint]) -> str:
    return f"{kind}-2d" if f"{kind}-2d" in checkpoints else next(iter(checkpoints), "")


def _instead(kind: str, checkpoints: dict[str, Checkpoint]) -> str:
    """Return the model that takes the place of one that is not there: the one compared last in this set, if any."""
    name = data_set.remembered(kind)
    return name if name in checkpoints else _default(kind, checkpoints)


def _describe(checkpoint: Checkpoint) -> str:
    """Say what tells a model from the usual ones, in one line where that is enough."""
    config = checkpoint.config
    parts = [f"{config.latent_dim}-D"]
    if checkpoint.model == MULTI_RATE:
        parts.append("every β")
    elif checkpoint.model != "ae":
        parts.append(f"β = {config.beta:g}")
    parts.append(trained_for(checkpoint) + (f" more than {config.start}" if config.start else ""))
    if config.likelihood == "gaussian":
        parts.append(f"Gaussian likelihood with σ = {config.sigma:g}")
    elif config.likelihood == "optimal-gaussian":
        parts.append("Gaussian likelihood with optimal σ")
    if config.binarised:
        parts.append("binarised pixels")
    if config.input_noise:
        parts.append(f"trained to remove noise of σ = {config.input_noise:g}")
    if not checkpoint.finished:
        parts.append("stopped early")
    if "seed" in checkpoint.name:
        parts.append(f"seed {config.seed}")
    return " · ".join(parts)


def _details(checkpoint: Checkpoint) -> str:
    config = checkpoint.config
    layers = "layers" if len(config.hidden) > 1 else "layer"
    kind = f"channels in its {layers}" if config.body == "conv" else f"units in its hidden {layers}"
    every = " It has learned every β at once: the slider of the form below chooses one, on all pages."
    return (
        f"**{checkpoint.name}** has an encoder ({in_words(config.body)}, {in_words(config.activation)}) with "
        f"{listed([str(size) for size in config.hidden])} {kind}, and a {in_words(config.likelihood)} likelihood. It "
        f"was trained for {checkpoint.steps_done:,} steps of {config.batch_size} images, with seed {config.seed}."
        + (every if checkpoint.model == MULTI_RATE else "")
    )


def _show_damaged() -> None:
    _, damaged = server.checkpoints()
    if damaged:
        with st.expander(f"{len(damaged)} damaged run{'s' if len(damaged) > 1 else ''}"):
            for folder in damaged:
                st.markdown(f"**{plain(folder.name)}**: {plain(folder.reason)}")
            pages.RUNS.link()
