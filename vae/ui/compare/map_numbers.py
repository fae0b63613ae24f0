"""The numbers of the two latent maps, each under its model's name, and what they mean."""

from collections.abc import Sequence

import streamlit as st

from vae.explore.projection import Projection
from vae.ui.shared import models, numbers, words
from vae.ui.shared.models import Pair
from vae.ui.shared.numbers import NUMBERS, TRUSTWORTHINESS, Number
from vae.ui.shared.terms import explained

OF_CLASSES = ("knn_accuracy", "silhouette")  # numbers that compare codes with labels


def show(pair: Pair, projections: Sequence[Projection]) -> None:
    """Draw each model's numbers in a box under its name, and say which are left out where there are no labels."""
    for column, (word, trained), projection in zip(st.columns(2), pair.named(), projections, strict=True):
        with column, st.container(border=True):
            st.markdown(f"**{word} {trained.name}**")
            with st.container(horizontal=True):
                for number in _shown(pair, projections):
                    is_of_map = number == TRUSTWORTHINESS
                    numbers.show(
                        number, projection.trustworthiness if is_of_map else models.number(trained, number.key)
                    )
    if not pair.vae.dataset.labelled:
        left_out = " and ".join(NUMBERS[key].label for key in OF_CLASSES)
        st.caption(
            f"The colours are clusters of the images' own pixels. {left_out} are left out: each {words.NEEDS_LABELS}."
        )


def explain(pair: Pair, projections: Sequence[Projection]) -> None:
    """Write what each of the numbers means."""
    lines = [f"**{number.label}.** {number.help}" for number in _shown(pair, projections)]
    st.caption(explained("  \n".join(lines)))


def _shown(pair: Pair, projections: Sequence[Projection]) -> list[Number]:
    found = [NUMBERS[key] for key in OF_CLASSES if pair.vae.dataset.labelled]
    if any(projection.trustworthiness is not None for projection in projections):
        found.append(TRUSTWORTHINESS)
    return found
