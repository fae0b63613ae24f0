"""The control that chooses what z is drawn from, and the words for it, which several pages share."""

from collections.abc import Sequence

import streamlit as st

from vae.generate.draws import SAMPLERS
from vae.ui.shared.models import Pair
from vae.ui.shared.terms import definition

# Every sampler of `generate.draws.SAMPLERS`, as it is called under a picture and in the control.
SOURCES = {
    "prior": "N(0, I)",
    "gaussian": "a Gaussian of its codes",
    "mixture": "10 Gaussians of its codes",
}
CHOICES = {
    "prior": "the prior",
    "gaussian": "a Gaussian fitted to the codes",
    "mixture": "a mixture fitted to the codes",
}
HELP = (
    f"The prior is N(0, I), from which a VAE is trained to decode z. {definition('mixture')} A Gaussian is a mixture "
    "of one, and the mixture here has ten. They are fitted to each model's codes of 10,000 training images."
)


def choose(key: str, more: Sequence[str] = ()) -> str:
    """Draw the control and return the name of the sampler that is chosen in it, or one of `more`."""
    return st.segmented_control(
        "Draw z from",
        [*SAMPLERS, *more],
        default="prior",
        required=True,
        format_func=lambda name: CHOICES.get(name, name),
        help=HELP,
        key=key,
        bind="query-params",
    )


def note_unequal_sizes(pair: Pair) -> None:
    """Say that two models of unequal latent sizes cannot decode the same z; draw nothing where they are equal."""
    if pair.latent_dim is None:
        st.caption(
            f":material/balance: {pair.ae.name} has {pair.ae.latent_dim} latent dimensions and {pair.vae.name} has "
            f"{pair.vae.latent_dim}, so the two models do not decode the same z."
        )
