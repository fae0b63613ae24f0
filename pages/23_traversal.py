"""Traversal: what each latent dimension does to an image when it moves alone, and which dimensions are inactive."""

import streamlit as st

from vae.models.dimensions import ACTIVE_KL
from vae.ui.frame import page, pages
from vae.ui.generate import traversal
from vae.ui.shared import charts, models
from vae.ui.shared.models import Pair

SIZES = (5, 10, 20)


def show(pair: Pair) -> None:
    """Draw the controls, then a row of decodes for each dimension of both models, one page of dimensions at a time."""
    found = [models.dimensions(trained) for trained in pair]
    image, reach, rows = _controls(pair, max(map(len, found)))
    charts.show(traversal.centres(pair, image), "traversal_centre", "What both models decode before anything moves")
    for (word, trained), dimensions in zip(pair.named(), found, strict=True):
        st.markdown(f"**{word}: {trained.name}.** {traversal.summary(dimensions)}")
        shown = dimensions[rows]
        if not shown:
            st.caption(f"{trained.name} has {len(dimensions)} dimensions, none of them on this page.")
            continue
        charts.show(
            traversal.rows(trained, shown, models.centre(trained, image), reach),
            f"traversal_{word.lower()}",
            f"What each latent dimension of the {word} does to the image",
        )
    st.caption(
        "In each row one dimension moves, from left to right, and all others stay where they are. VAE: in σ of the "
        "prior, 0σ is the prior's mean. AE: in σ of that dimension's test codes, 0σ is their mean, as it has no prior: "
        "the units of the two are not the same. Here: where the code lies before it moves. Way: the length of the row, "
        "the sum of Euclidean distances between neighbouring decodes, pixels from 0 to 1. KL (mean) and σ of codes: "
        f"over {len(pair.vae.codes):,} test images. Inactive: a mean KL below {ACTIVE_KL:g} nats."
    )
    st.markdown(
        "**What to look for.** As a rule, the more KL a dimension has, the more it changes the image; an inactive one "
        "is noise that the decoder has learnt to ignore, and its row stands still. A VAE pays for every dimension that "
        "it uses, in KL; an AE pays for none, and uses them all. Far beyond ±3σ lie hardly any codes, and what is "
        "decoded there was never trained for."
    )


def _controls(pair: Pair, count: int) -> tuple[int | None, float, slice]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        around = st.segmented_control(
            "Around",
            ["image", "mean"],
            default="image",
            required=True,
            key="traversal_around",
            bind="query-params",
            help="image: a test image's code. mean: for the VAE the prior's, 0; for the AE that of its test codes.",
        )
        last = min(len(trained.codes) for trained in pair) - 1
        image = st.number_input(
            "Test image",
            0,
            last,
            0,
            key="traversal_image",
            bind="query-params",
            width=130,
            disabled=around == "mean",
        )
        reach = st.slider("Range, ± σ", 0.5, 6.0, 3.0, 0.5, key="traversal_reach", bind="query-params", width=200)
        size = st.segmented_control(
            "Dimensions a page", SIZES, default=5, required=True, key="traversal_size", bind="query-params"
        )
        pages = -(-count // size)
        number = 1
        if pages > 1:
            # The key contains the number of pages, because a page number kept from a longer list could be too high.
            key = f"traversal_page_of_{pages}"
            number = st.number_input(f"Page of {pages}", 1, pages, 1, key=key, width=120)
    return (image if around == "image" else None), reach, slice((number - 1) * size, number * size)


page.begin(pages.TRAVERSAL, "Move one latent dimension and hold all others: what does it do to the image, if anything?")
show(page.pair())
