"""The sidebar that all pages share: the pages, the two models compared, a run that is going, and the Retrain form."""

from contextlib import nullcontext
from dataclasses import dataclass

import streamlit as st

from vae.data.datasets import TITLES
from vae.storage.checkpoints import Checkpoint
from vae.ui.frame import address, retrain, run_status
from vae.ui.shared import server

# Under no heading, always in sight; the others unfold, so that the models and Retrain stay on the first screen.
SECTIONS = {
    "": (
        ("streamlit_app.py", "Latent spaces", ":material/bubble_chart:"),
        ("pages/11_samples.py", "Samples and reconstructions", ":material/grid_view:"),
        ("pages/12_beta.py", "β", ":material/balance:"),
        ("pages/13_beta_translator.py", "β translator", ":material/translate:"),
        ("pages/14_training.py", "Training", ":material/monitoring:"),
        ("pages/15_runs.py", "Runs", ":material/table_rows:"),
    ),
    "Make new images": (
        ("pages/21_random_latents.py", "Random latents", ":material/casino:"),
        ("pages/22_interpolation.py", "Interpolation", ":material/route:"),
        ("pages/23_traversal.py", "Traversal", ":material/swap_horiz:"),
        ("pages/24_arithmetic.py", "Arithmetic", ":material/calculate:"),
        ("pages/25_digits_on_demand.py", "Digits on demand", ":material/pin:"),
    ),
    "Look into images": (
        ("pages/31_draw.py", "Draw", ":material/draw:"),
        ("pages/32_five_numbers.py", "Five numbers", ":material/looks_5:"),
        ("pages/33_two_of_a_kind.py", "Two of a kind", ":material/compare:"),
        ("pages/34_denoise.py", "Denoise and inpaint", ":material/healing:"),
        ("pages/35_unusual_images.py", "Unusual images", ":material/troubleshoot:"),
    ),
}


@dataclass(frozen=True)
class Chosen:
    """The two checkpoints compared; None where there is none of that kind."""

    ae: Checkpoint | None
    vae: Checkpoint | None


def show(page: str) -> Chosen:
    """Draw the sidebar of a page and return what is chosen in it."""
    switched = address.restore(page)
    run_status.adopt_finished()
    with st.sidebar:
        for heading, pages in SECTIONS.items():
            inside = any(label == page for _, label, _ in pages)
            with st.expander(heading, expanded=inside) if heading else nullcontext():
                for path, label, icon in pages:
                    st.page_link(path, label=label, icon=icon, width="stretch")
        st.subheader("Compared models")
        found = chosen(draw=True)
        run_status.show_status()
        st.subheader("Retrain")
        retrain.show_form(found.ae, found.vae, page, st.session_state["run"])
        _show_damaged()
    if not switched:
        address.write_unseen()
    return found


def chosen(*, draw: bool = False) -> Chosen:
    """The chosen checkpoints; `draw` puts the widgets that choose them here."""
    sound, _ = server.checkpoints()
    kinds = {kind: {c.name: c for c in sound if c.model == kind} for kind in ("ae", "vae")}
    if draw:
        for kind, label in (("ae", "Autoencoder (AE)"), ("vae", "Variational autoencoder (VAE)")):
            _choose(kind, label, kinds[kind])
    found = {kind: kinds[kind].get(st.session_state.get(kind, "")) for kind in kinds}
    return Chosen(found["ae"], found["vae"])


def _choose(kind: str, label: str, checkpoints: dict[str, Checkpoint]) -> None:
    if not checkpoints:
        st.caption(f"{label}: none yet")
        return
    # A name that is gone (deleted, or in an old link) gives way to the default, as the address does.
    if st.session_state.get(kind) not in checkpoints:
        st.session_state.pop(kind, None)
    names = list(checkpoints)
    st.selectbox(
        label,
        names,
        index=names.index(f"{kind}-2d") if f"{kind}-2d" in names else 0,
        key=kind,
        on_change=retrain.follow_chosen,
        bind="query-params",
    )
    st.caption(_describe(checkpoints[st.session_state[kind]]))


def _describe(checkpoint: Checkpoint) -> str:
    config = checkpoint.config
    parts = [f"{config.latent_dim}-D"]
    if checkpoint.model != "ae":
        parts.append(f"β {config.beta:g}")
    parts += [
        f"{config.body} {'-'.join(map(str, config.hidden))}",
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
