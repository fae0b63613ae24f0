"""β: a slider over runs that differ in β alone, their rates and distortions, measures against β, and the best β."""

import streamlit as st

from vae.beta.ladder import Ladder, comparable, ladders, telling
from vae.data.dataset import DatasetError
from vae.ui.beta import against_beta, best_beta, ladder_slider, rate_distortion
from vae.ui.beta.rungs import Look
from vae.ui.frame import data_set, page, pages
from vae.ui.frame.retrain import fill_beta
from vae.ui.shared import measuring, server
from vae.ui.shared.models import LOAD_ERRORS

SAMPLES = 64
IMAGES = 10
POINTS = 2_000


def show() -> None:
    """Draw the slider, the rate-distortion curve, the measures against β, and which β is best."""
    sound = data_set.runs()
    found = ladders(sound)
    if not found:
        st.info(
            "There are no three finished VAEs here that differ in β alone. Press **Retrain** at three β, with the same "
            "budget in epochs, or make a sweep in the terminal: "
            "`python -m vae sweep --betas 0.1,0.5,1,2,4 --latent-dims 2,10`"
        )
        return
    chosen = _choose(found)
    _slider(chosen)
    same = [ladder for ladder in found if comparable(ladder.rungs[0], chosen.rungs[0])]
    rate_distortion.show(chosen, same, sound)
    st.subheader("Samples, codes and active units against β")
    measuring.offer(chosen.runs, "ladder", paired=True)
    against_beta.show(same)
    best_beta.show(chosen, sound)


def _choose(found: list[Ladder]) -> Ladder:
    """Draw the choice of a ladder, by what its runs share and the first run's name, which the address holds too."""
    by_label = {f"{ladder.label} · {ladder.rungs[0].name}": ladder for ladder in found}
    labels = list(by_label)
    # A ladder that is gone, or has got another β since, is replaced by the default, here and in the address.
    if st.session_state.get("ladder") not in by_label:
        st.session_state.pop("ladder", None)
    label = st.selectbox(
        "Runs that differ in β alone",
        labels,
        index=found.index(telling(found)),
        key="ladder",
        bind="query-params",
    )
    return by_label[label]


def _slider(ladder: Ladder) -> None:
    try:
        data = server.dataset(ladder.config.dataset)
    except DatasetError as error:
        st.error(str(error))
        return
    with st.container(horizontal=True):
        seed = st.number_input("Seed of z", 0, 9999, 0, key="beta_seed", bind="query-params", width=180)
        first = st.number_input(
            "From test image",
            0,
            max(0, len(data.test_images) - IMAGES),
            0,
            IMAGES,
            key="beta_image",
            bind="query-params",
            width=180,
        )
    try:
        ladder_slider.show(ladder, Look(seed, first, SAMPLES, IMAGES, POINTS), fill_beta)
    except LOAD_ERRORS as error:
        st.error(str(error))
        return
    plane = "" if ladder.config.latent_dim <= 2 else ", by their first two principal components"
    st.caption(
        "This slider chooses among runs that are trained already; the β in the sidebar is that of the next run that "
        f"you train. All {SAMPLES} z and all {min(IMAGES, len(data.test_images))} images are the same at every β; the "
        f"images are decoded from the posterior's mean. The map shows the first "
        f"{min(POINTS, len(data.test_images)):,} test images{plane}, turned and mirrored to lie on the map of the "
        "β before it, on a scale of its own: read the axes. KL and reconstruction: nats per image, all test images, "
        "one draw of z each."
    )
    st.markdown(
        "**What to look for.** At a small β the code says much about its image and the copies are sharp, but the codes "
        "lie where no z of the prior falls, and samples are scrawls. At a large β the codes fill the prior, dimensions "
        "become inactive one by one, and all images become one blurred mean."
    )


page.begin(
    pages.BETA,
    "Reconstruction + β · KL: what moves when β does, with all else equal.",
)
show()
