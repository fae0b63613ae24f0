"""The pairs that a page of samples shows: the compared one and, where that has few dimensions, the shipped 20-D one."""

import streamlit as st

from vae.ui.shared import models, server
from vae.ui.shared.models import LOAD_ERRORS, Pair

FEW = 5  # latent dimensions from which on a pair shows by itself that an AE cannot be sampled
SIZE = 20
OPTIONS = ["two latent sizes", "compared pair alone"]


def choose(compared: Pair) -> list[Pair]:
    """Draw the control that shows or hides the shipped 20-D pair and return the pairs to show, the compared one first.

    There is no control, and the compared pair alone, where that has 5 dimensions or more, or no 20-D pair of the same
    data is there.
    """
    if max(trained.latent_dim for trained in compared) >= FEW:
        return [compared]
    found = {c.name: c for c in server.checkpoints()[0] if c.config.dataset == compared.vae.checkpoint.config.dataset}
    ae, vae = found.get(f"ae-{SIZE}d"), found.get(f"vae-{SIZE}d")
    if ae is None or vae is None:
        return [compared]
    chosen = st.segmented_control(
        "Show",
        OPTIONS,
        default=OPTIONS[0],
        required=True,
        key="sizes",
        bind="query-params",
        help=f"**{OPTIONS[0]}** shows the compared pair, and {ae.name} and {vae.name} below it. In two or three "
        "dimensions a random z often lies among an AE's codes by chance; in 20 dimensions it hardly ever does.",
    )
    if chosen != OPTIONS[0]:
        return [compared]
    try:
        return [compared, Pair(models.trained(ae), models.trained(vae))]
    except LOAD_ERRORS as error:
        st.caption(f":material/info: The {SIZE}-D pair is left out: {error}")
        return [compared]


def name(pair: Pair) -> str:
    """Return the heading of a pair's row: its latent size, or sizes, and its models' names."""
    return f"{size(pair)}: {pair.ae.name} and {pair.vae.name}"


def size(pair: Pair) -> str:
    """Return the latent size of a pair in words, or its sizes."""
    sizes = " and ".join(map(str, dict.fromkeys(trained.latent_dim for trained in pair)))
    return f"{sizes} latent dimension{'' if sizes == '1' else 's'}"
