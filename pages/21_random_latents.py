"""Random latents: walls of decodes of random z, sorted by how realistic each is."""

import streamlit as st

from vae.generate.samples import Sample, realistic
from vae.ui.compare import realistic as shares
from vae.ui.compare import two_sizes
from vae.ui.frame import page, pages
from vae.ui.generate import nearest_training, tray, wall
from vae.ui.generate.random_samples import Draw, samples
from vae.ui.shared import readings, samplers, server, words
from vae.ui.shared.models import Pair, Trained

COUNTS = (16, 36, 64, 144, 256)


def show(compared: Pair) -> None:
    """Draw the controls, the shares of realistic samples, the walls with what can be done to samples, and the tray."""
    pairs, draw = _controls(compared)
    if draw.sampler == "prior":
        samplers.note_unequal_sizes(compared)
    shares.show(pairs, [draw.sampler], draw.seed, draw.temperature)
    dataset = compared.vae.dataset
    if server.judge(dataset.name) is None:
        order = "stay in the order of the draw" if server.realism(dataset.name) is None else "begin with the realistic"
        st.info(f"{readings.about(dataset)} The walls {order}.")
    _walls(pairs, draw)
    kinds = words.plural(dataset)
    st.markdown(
        f"**What to look for.** The last samples of a wall lie between two {kinds} or are none. Count {kinds} as well "
        "as realistic samples. Nothing drew the AE's codes to N(0, I): in two dimensions a z from there often falls "
        f"among a few of its {kinds}, in 20 beside all codes; the VAE's decoder has learnt to make something of every "
        "z. Below temperature 1, z stays in the middle and its decodes grow alike; above it leaves where codes are. "
        "Gaussians fitted to the codes give the AE what training did not."
    )


def _controls(compared: Pair) -> tuple[list[Pair], Draw]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pairs = two_sizes.choose(compared)
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
    return pairs, Draw(sampler, count, seed, temperature)


@st.fragment
def _walls(pairs: list[Pair], draw: Draw) -> None:
    dataset = pairs[0].vae.dataset
    picked = {}
    for row, pair in enumerate(pairs):
        if len(pairs) > 1:
            st.markdown(f"##### {two_sizes.name(pair)}")
        for column, (word, trained) in zip(st.columns(2), pair.named(), strict=True):
            with column:
                # The keys of the compared pair stay the same, whether the other is shown or not.
                key = f"wall_{word.lower()}{f'_{row + 1}' if row else ''}"
                picked[word if not row else trained.name] = _wall(word, trained, draw, key)
    if server.judge(dataset.name) is not None:
        st.caption(f"The most realistic first, row by row. {readings.about(dataset)}")
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


def _wall(word: str, trained: Trained, draw: Draw, key: str) -> list[Sample]:
    """Draw a model's wall with what is realistic of it, and return the picked samples."""
    found, names = samples(trained, draw), trained.dataset.class_names
    wider = "" if draw.temperature == 1 else f", σ × {draw.temperature:g}"
    title = f"{word}: {trained.name}, {draw.count} decodes of z ~ {samplers.SOURCES[draw.sampler]}{wider}"
    chosen = wall.show(
        found, names, title, key, f"{trained.name}/{trained.key[1]}/{draw}/{server.judge_written(trained.dataset.name)}"
    )
    if server.judge(trained.dataset.name) is not None:
        count, classes = realistic(found)
        st.markdown(f"**{count} of {draw.count}** are realistic; **{classes} of {len(names)}** classes are among them.")
    elif any(sample.realism is not None for sample in found):
        st.markdown(f"**{realistic(found)[0]} of {draw.count}** are realistic, by random features.")
    with st.container(horizontal=True):
        tray.downloads(found, trained.dataset, f"{trained.name}-samples", key)
    return chosen


page.begin(
    pages.RANDOM_LATENTS,
    "A random z becomes an image. How many are realistic depends on how the model was trained, and on its number of "
    "latent dimensions.",
)
show(page.pair())
