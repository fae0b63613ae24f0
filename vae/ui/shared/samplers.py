"""The control that chooses what z is drawn from, and the words for it, which several pages share."""

from collections.abc import Sequence

import streamlit as st

from vae.generate.draws import SAMPLERS
from vae.ui.shared.models import Pair

# Every sampler of `generate.draws.SAMPLERS`, as it is called under a picture.
SOURCES = {"prior": "N(0, I)", "gaussian": "a Gaussian of its codes", "mixture": "10 Gaussians of its codes"}


def choose(key: str, more: Sequence[str] = ()) -> str:
    """Draw the control and return the name of the sampler that is chosen in it, or one of `more`."""
    return st.segmented_control(
        "Draw z from",
        [*SAMPLERS, *more],
        default="prior",
        required=True,
        help="prior: N(0, I), what a VAE is trained for. gaussian: one Gaussian fitted to 10,000 training images' "
        "codes of each model. mixture: ten, by expectation maximisation.",
        key=key,
        bind="query-params",
    )


def note_unequal_sizes(pair: Pair) -> None:
    """Say that two models of unequal latent sizes cannot decode the same z; draw nothing where they are equal."""
    if pair.latent_dim is None:
        st.caption(
            f":material/balance: {pair.ae.name} has {pair.ae.latent_dim} latent dimensions and {pair.vae.name} "
            f"{pair.vae.latent_dim}, so these are not decodes of the same z."
        )
