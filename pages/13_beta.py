"""β: a slider over VAEs that differ in β alone, their rates and distortions, measures against β, and the best β."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vae.beta.ladder import Ladder, comparable, ladders, telling
from vae.data.dataset import DatasetError
from vae.ui.beta import against_beta, best_beta, ladder_slider, latent_sizes, rate_distortion
from vae.ui.beta.rungs import Look
from vae.ui.frame import data_set, page, pages
from vae.ui.frame.retrain import fill_beta
from vae.ui.shared import measuring, server
from vae.ui.shared.models import LOAD_ERRORS
from vae.ui.shared.terms import definition, explained

SAMPLES = 64
IMAGES = 10
POINTS = 2_000


def show() -> None:
    """Draw the slider, the rate-distortion curve, the measures against β, and which β is best."""
    sound = data_set.runs()
    found = ladders(sound)
    if not found:
        st.info(
            "There are no three finished VAEs here that differ in β alone. Press **Retrain** at three values of β, "
            "with the same budget in epochs, or train a ladder in the terminal: `python -m vae sweep --betas "
            "0.1,0.5,1,2,4 --latent-dims 2,10`"
        )
        return
    place = st.container(key="ladder_place")  # the pictures stand above the controls that say what they are of
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _choose(found)
        images = _slider(chosen, place)
    st.caption("The slider chooses among trained VAEs. The β in the sidebar is that of the next model that you train.")
    same = [ladder for ladder in found if comparable(ladder.rungs[0], chosen.rungs[0])]
    rate_distortion.show(chosen, same, sound)
    st.subheader("Samples, codes and active units at every β")
    measuring.offer(chosen.runs, "ladder", paired=True)
    against_beta.show(same)
    best_beta.show(chosen)
    latent_sizes.show(chosen, sound)
    with st.expander("More to look for"):
        _more_to_look_for(chosen, images)


def _choose(found: list[Ladder]) -> Ladder:
    """Draw the choice of a ladder, by what its runs share and the first run's name, which the address holds too."""
    by_label = {f"{ladder.label} · {ladder.rungs[0].name}": ladder for ladder in found}
    labels = list(by_label)
    # A ladder that is gone, or has got another β since, is replaced by the default, here and in the address.
    if st.session_state.get("ladder") not in by_label:
        st.session_state.pop("ladder", None)
    label = st.selectbox(
        "Ladder of VAEs",
        labels,
        index=found.index(telling(found)),
        key="ladder",
        bind="query-params",
        width=560,
        help=definition("ladder"),
    )
    return by_label[label]


def _slider(ladder: Ladder, place: DeltaGenerator) -> int:
    """Draw the slider in its place, and here the choice of z and images; return how many test images there are."""
    try:
        data = server.dataset(ladder.config.dataset)
    except DatasetError as error:
        st.error(str(error))
        return 0
    seed = st.number_input("Seed of z", 0, 9999, 0, key="beta_seed", bind="query-params", width=140)
    first = st.number_input(
        "First test image",
        0,
        max(0, len(data.test_images) - IMAGES),
        0,
        IMAGES,
        key="beta_image",
        bind="query-params",
        width=140,
    )
    try:
        with place:
            ladder_slider.show(ladder, Look(seed, first, SAMPLES, IMAGES, POINTS), fill_beta)
    except LOAD_ERRORS as error:
        st.error(str(error))
    return len(data.test_images)


def _more_to_look_for(ladder: Ladder, images: int) -> None:
    plane = "" if ladder.config.latent_dim <= 2 else " by their first two principal components"
    lines = [
        "**A small β.** The code says much about its image and the reconstructions are sharp, but the codes lie "
        "where no z of the prior falls, so the samples are scrawls.",
        "**A large β.** The codes fill the prior, latent dimensions become inactive one by one, and in the end all "
        "images become one blurred mean.",
        f"**What is alike at every β.** All {SAMPLES} z and all {min(IMAGES, images)} images are the same at every β, "
        f"and the images are decoded from the posterior mean. The map shows the first {min(POINTS, images):,} test "
        f"images{plane}, turned and mirrored to lie on the map of the β before it, on one scale for all β.",
        "**The numbers.** KL and reconstruction loss are means over all test images, with one draw of z each.",
    ]
    st.markdown(explained("\n".join(f"- {line}" for line in lines)))


page.begin(
    pages.BETA,
    "Move the slider: every stop is a VAE that was trained alike but for β.",
    "Watch the samples become realistic as β rises, up to a point, and the reconstructions lose their detail.",
)
show()
