"""The three questions that the tour ends with, whose answers unfold."""

import streamlit as st

from vae.ui.shared import presenting
from vae.ui.shared.terms import explained

QUESTIONS = {
    "Why can a VAE be sampled, and an AE not?": "To sample is to decode a random z ~ N(0, I). The KL drew the VAE's "
    "codes to N(0, I), so that z lands where its decoder was trained. Nothing told the AE where to put its codes. With "
    "two dimensions z lands in one corner of them, and the samples show few kinds of image; with twenty it lands where "
    "there are no codes, and the samples are no images.",
    "What does β trade?": "It trades how much a code says about its image for how well the codes fill the prior. A "
    "small β gives sharp reconstructions and poor samples, a larger one better samples and blurred reconstructions, "
    "and one that is too large blurs all images until only the average image is left.",
    "What do the two circles on the map mean?": "They show the prior N(0, I), from which z is drawn: the inner one "
    "holds 39 % of all z (1σ), the outer one 86 % (2σ). On the AE's map both are so small that one ring marks them.",
}


def show() -> None:
    """Draw the questions, each of which unfolds its answer; a presented page folds all of them into one button."""
    if presenting.active():
        with st.popover("Three questions", icon=":material/quiz:"):
            _unfolding()
        return
    st.markdown("**Three questions to end with.** Answer each before you unfold its answer.")
    _unfolding()


def _unfolding() -> None:
    for question, answer in QUESTIONS.items():
        with st.expander(question):
            st.markdown(explained(answer))
