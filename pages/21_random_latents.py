"""Random latents: walls of decodes of random z, sorted by how realistic each is."""

import streamlit as st

from vae.generate.samples import Sample
from vae.ui.compare import realistic as shares
from vae.ui.compare import two_sizes
from vae.ui.frame import page, pages
from vae.ui.generate import nearest_training, tray, wall
from vae.ui.generate.random_samples import Draw, samples
from vae.ui.shared import figure_first, readings, samplers, server, words
from vae.ui.shared.models import Pair, Trained
from vae.ui.shared.terms import definition, explained

COUNTS = (16, 36, 64, 144, 256)


def show(compared: Pair) -> None:
    """Draw the walls with what can be done to samples, their controls, the shares of realistic samples, and the "
    "tray."""
    figure, controls = figure_first.places("walls")
    with controls:
        pairs, draw = _controls(compared)
    with figure:
        _walls(pairs, draw)
    if draw.sampler == "prior":
        samplers.note_unequal_sizes(compared)
    dataset = compared.vae.dataset
    if server.realism(dataset.name) is not None:
        st.subheader("How sure is the difference?")
    shares.show(pairs, [draw.sampler], draw.seed, draw.temperature)
    tray.show(dataset)
    kinds = words.plural(dataset)
    figure_first.more(
        f"The last samples of a wall show two {kinds} at once, or none. Count the {kinds} as well as the realistic "
        "samples: in two dimensions a z from the prior often lies among an AE's codes, but among those of a few "
        f"{kinds} alone. In 20 dimensions it lies beside all of them. A VAE's decoder has learnt to make an image of "
        "every such z.",
        "Lower the temperature: z stays near the middle, and the samples become alike. Raise it above 1: z leaves the "
        "region where codes are. Draw z from a mixture fitted to the codes: it gives the AE what its training did not.",
        readings.about(dataset),
    )


def _controls(compared: Pair) -> tuple[list[Pair], Draw]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pairs = two_sizes.choose(compared)
        sampler = samplers.choose("random_sampler")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.segmented_control(
            "Number of samples", COUNTS, default=64, required=True, key="random_count", bind="query-params"
        )
        seed = st.number_input("Seed of the random z", 0, 9999, 0, key="random_seed", bind="query-params", width=180)
        temperature = st.slider(
            "Temperature",
            0.0,
            2.0,
            1.0,
            0.05,
            key="temperature",
            bind="query-params",
            width=280,
            help=f"{definition('temperature')}\n\nAt 0 every z is the mean of what it is drawn from.",
        )
    return pairs, Draw(sampler, count, seed, temperature)


@st.fragment
def _walls(pairs: list[Pair], draw: Draw) -> None:
    dataset = pairs[0].vae.dataset
    picked, found = {}, {}
    with st.container(key=f"walls_of_{draw.count}"):  # the style sheet knows how high so many samples are
        for row, pair in enumerate(pairs):
            for column, (word, trained) in zip(st.columns(2), pair.named(), strict=True):
                with column:
                    # The keys of the compared pair stay the same, whether the other is shown or not.
                    key = f"wall_{word.lower()}{f'_{row + 1}' if row else ''}"
                    found[key] = trained, samples(trained, draw)
                    picked[word if not row else trained.name] = _wall(word, trained, draw, found[key][1], key)
    if server.realism(dataset.name) is None:
        st.info(f"{readings.missing(dataset)} The samples stand in the order in which they were drawn.")
    elif server.judge(dataset.name) is None:
        st.info(readings.missing(dataset))
    chosen = [sample for own in picked.values() for sample in own]
    if not chosen:
        st.caption(explained("Click samples to pick them. Point at one to see what the judge reads in it."))
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            label = f"Keep {len(chosen)} picked sample{'' if len(chosen) == 1 else 's'}"
            if st.button(label, key="keep", icon=":material/bookmark_add:"):
                tray.keep(dataset.name, chosen)
                st.rerun()  # the tray stands outside of this fragment
            nearest = nearest_training.choose()
        if nearest:
            nearest_training.show(picked, dataset)
    with st.expander("Download the samples"):
        for key, (trained, own) in found.items():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{trained.name}**", width=150)
                tray.downloads(own, dataset, f"{trained.name}-samples", f"save_{key}")


def _wall(word: str, trained: Trained, draw: Draw, found: list[Sample], key: str) -> list[Sample]:
    """Draw a model's wall, and return the picked samples."""
    spread = "" if draw.temperature == 1 else f", temperature {draw.temperature:g}"
    title = f"{word}: {trained.name} ({trained.latent_dim}-D), z ~ {samplers.SOURCES[draw.sampler]}{spread}"
    of = f"{trained.name}/{trained.key[1]}/{draw}/{server.judge_written(trained.dataset.name)}"
    return wall.show(found, trained.dataset.class_names, title, key, of)


page.begin(
    pages.RANDOM_LATENTS,
    "Every image is a sample: a random z that a decoder turned into an image. The most realistic ones come first.",
    "Compare the shares of realistic samples. Nothing drew the AE's codes to the prior, and the more dimensions there "
    "are, the more that costs.",
)
show(page.pair())
