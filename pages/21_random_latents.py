"""Random latents: walls of decodes of random z, sorted by how sure an independent classifier is of each."""

import streamlit as st

from vae.generate.samples import CLEAR, clear
from vae.ui.frame import page, pages
from vae.ui.generate import nearest_training, tray, wall
from vae.ui.generate.random_samples import Draw, samples
from vae.ui.shared import readings, samplers, server
from vae.ui.shared.models import Pair

COUNTS = (16, 36, 64, 144, 256)


def show(pair: Pair) -> None:
    """Draw the controls, then both walls with the actions for their samples, and the tray."""
    draw = _controls()
    if draw.sampler == "prior":
        samplers.note_unequal_sizes(pair)
    if server.judge(pair.vae.dataset.name) is None:
        st.info(f"{readings.about(pair.vae.dataset)} The walls stay in the order of the draw.")
    _walls(pair, draw)
    st.markdown(
        "**What to look for.** The last samples of a wall lie between two classes or are none. Count classes as well "
        "as clear samples: the classifier has to name one whatever it sees, so that specks, too, can pass for clear. "
        "Nothing drew the AE's codes to N(0, I), and a z from there falls on a few of its classes or beside all codes; "
        "the VAE's decoder has learnt to make something of every z. Below temperature 1, z stays in the middle and its "
        "decodes grow alike; above it leaves where codes are. Gaussians fitted to the codes give the AE what training "
        "did not."
    )


def _controls() -> Draw:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sampler = samplers.choose("random_sampler")
        count = st.segmented_control(
            "Samples", COUNTS, default=64, required=True, key="random_count", bind="query-params"
        )
        seed = st.number_input("Seed of z", 0, 9999, 0, key="random_seed", bind="query-params", width=160)
        temperature = st.slider(
            "Temperature",
            0.0,
            2.0,
            1.0,
            0.05,
            key="temperature",
            bind="query-params",
            width=280,
            help="Multiplies σ of what z is drawn from. 1: N(0, I), or the Gaussians as they were fitted. 0: its mean "
            "alone, one and the same image; of ten Gaussians, their means.",
        )
    return Draw(sampler, count, seed, temperature)


@st.fragment
def _walls(pair: Pair, draw: Draw) -> None:
    dataset = pair.vae.dataset
    judged = server.judge(dataset.name) is not None
    picked = {}
    for column, (word, trained) in zip(st.columns(2), pair.named(), strict=True):
        found = samples(trained, draw)
        with column:
            wider = "" if draw.temperature == 1 else f", σ × {draw.temperature:g}"
            title = f"{word}: {trained.name}, {draw.count} decodes of z ~ {samplers.SOURCES[draw.sampler]}{wider}"
            of = f"{trained.name}/{trained.key[1]}/{draw}"
            picked[word] = wall.show(found, dataset.class_names, title, f"wall_{word.lower()}", of)
            if judged:
                sure, classes = clear(found)
                st.markdown(
                    f"**{sure} of {draw.count}** are read with {100 * CLEAR:.0f} % or more; **{classes} of "
                    f"{len(dataset.class_names)}** classes are among them."
                )
            with st.container(horizontal=True):
                tray.downloads(found, dataset, f"{trained.name}-samples", f"wall_{word.lower()}")
    if judged:
        st.caption(f"From clear to questionable, row by row. {readings.about(dataset)}")
    chosen = [sample for found in picked.values() for sample in found]
    if not chosen:
        st.caption("Click samples, or walk with the arrow keys and press Enter, to compare them with training images.")
    else:
        st.button(
            f"Keep {len(chosen)} picked",
            key="keep",
            icon=":material/bookmark_add:",
            on_click=tray.keep,
            args=(dataset.name, chosen),
        )
        nearest_training.show(picked, dataset)
    tray.show(dataset)


page.begin(
    pages.RANDOM_LATENTS, "A random z becomes an image. Some are clear, some questionable: how many of each model's?"
)
show(page.pair())
