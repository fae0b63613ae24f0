"""β: a slider over one model for every β, or over a ladder; rates and distortions, measures against β, the best β."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vae.beta.against_ladder import ladder_beside
from vae.beta.curve import Curve
from vae.beta.ladder import Ladder, comparable, ladders, telling
from vae.data.dataset import DatasetError
from vae.storage.checkpoints import Checkpoint
from vae.training.config import MULTI_RATE
from vae.ui.beta import against_beta, best_beta, every_beta, ladder_slider, latent_sizes, rate_distortion
from vae.ui.beta.rungs import Look
from vae.ui.frame import data_set, page, pages
from vae.ui.frame.retrain import fill_beta
from vae.ui.shared import measuring, server
from vae.ui.shared.models import LOAD_ERRORS
from vae.ui.shared.terms import definition, explained

SAMPLES, WALL = 64, 100  # of each of a ladder's runs, and of one model for every β
IMAGES = 10
POINTS = 2_000
ONE, LADDER = "One model for every β", "A ladder of VAEs"


def show() -> None:
    """Draw the slider, the rate-distortion curve, the measures against β, and which β is best."""
    sound = data_set.runs()
    found, every = ladders(sound), [run for run in sound if run.model == MULTI_RATE and run.finished]
    if not found and not every:
        st.info(
            "There are no three finished VAEs here that differ in β alone. Press **Retrain** at three values of β, "
            "with the same budget in epochs, or train a ladder in the terminal: `python -m vae sweep --betas "
            "0.1,0.5,1,2,4 --latent-dims 2,10`"
        )
        return
    place = st.container(key="ladder_place")  # the pictures stand above the controls that say what they are of
    with st.container(horizontal=True, vertical_alignment="bottom"):
        run = _one_model(every, found)
        ladder = ladder_beside(run, found) if run is not None else _choose(found)
        curve, images = _slider(run, ladder, place)
    if run is None:
        st.caption("The slider chooses among trained VAEs. The β in the sidebar is that of the next model you train.")
    elif curve is not None:
        with _said():
            every_beta.show_forecast(run, ladder, curve)
    if ladder is not None:
        _measured(ladder, found, sound)
    with st.expander("More to look for"):
        _more_to_look_for(run, ladder, images)


def _measured(ladder: Ladder, found: list[Ladder], sound: list[Checkpoint]) -> None:
    """Draw what was measured of a ladder's runs, and of others that can be compared with them."""
    same = [one for one in found if comparable(one.rungs[0], ladder.rungs[0])]
    rate_distortion.show(ladder, same, sound)
    st.subheader("Samples, codes and active units at every β")
    measuring.offer(ladder.runs, "ladder", paired=True)
    against_beta.show(same)
    best_beta.show(ladder)
    latent_sizes.show(ladder, sound)


def _one_model(every: Sequence[Checkpoint], found: list[Ladder]) -> Checkpoint | None:
    """Draw the choice of one model for every β; return None where there is none, or a ladder is chosen in its place."""
    if not every:
        return None
    if found:
        shown = st.segmented_control(
            "The slider moves",
            [ONE, LADDER],
            default=ONE,
            required=True,
            key="beta_by",
            bind="query-params",
            help=definition("multi-rate VAE"),
        )
        if shown == LADDER:
            return None
    by_name = {run.name: run for run in every}
    if st.session_state.get("every") not in by_name:
        st.session_state.pop("every", None)
    size = telling(found).config.latent_dim if found else max(run.config.latent_dim for run in every)
    first = next((number for number, run in enumerate(every) if run.config.latent_dim == size), 0)
    name = st.selectbox(
        "Model for every β",
        list(by_name),
        index=first,
        key="every",
        bind="query-params",
        format_func=lambda name: f"{name} · {by_name[name].config.latent_dim}-D",
        width=260,
    )
    return by_name[name]


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


def _slider(run: Checkpoint | None, ladder: Ladder | None, place: DeltaGenerator) -> tuple[Curve | None, int]:
    """Draw the slider in its place, and here the choice of z and images.

    Returns:
        The curve of the one model, once it is measured, and how many test images there are.
    """
    shown = run or ladder.rungs[0] if ladder is not None else run
    assert shown is not None
    try:
        data = server.dataset(shown.config.dataset)
    except DatasetError as error:
        st.error(str(error))
        return None, 0
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
    curve = None
    with _said(), place:
        if run is not None:
            curve = every_beta.show(run, ladder, Look(seed, first, WALL, IMAGES, POINTS))
        elif ladder is not None:
            ladder_slider.show(ladder, Look(seed, first, SAMPLES, IMAGES, POINTS), fill_beta)
    return curve, len(data.test_images)


@contextmanager
def _said() -> Iterator[None]:
    """Say in its sentence why a model cannot be loaded, in the place of what it is part of."""
    try:
        yield
    except LOAD_ERRORS as error:
        st.error(str(error))


def _more_to_look_for(run: Checkpoint | None, ladder: Ladder | None, images: int) -> None:
    lines = [
        "**A small β.** The code says much about its image and the reconstructions are sharp, but the codes lie "
        "where no z of the prior falls, so the samples are scrawls.",
        "**A large β.** The codes fill the prior, latent dimensions become inactive one by one, and in the end all "
        "images become one blurred mean.",
        *(_of_one_model(run, images) if run is not None else _of_a_ladder(ladder, images)),
        "**The numbers.** KL and reconstruction loss are means over all test images, with one draw of z each.",
    ]
    st.markdown(explained("\n".join(f"- {line}" for line in lines)))


def _of_a_ladder(ladder: Ladder | None, images: int) -> list[str]:
    plane = "" if ladder is None or ladder.config.latent_dim <= 2 else " by their first two principal components"
    return [
        f"**What is alike at every β.** All {SAMPLES} z and all {min(IMAGES, images)} images are the same at every β, "
        f"and the images are decoded from the posterior mean. The map shows the first {min(POINTS, images):,} test "
        f"images{plane}, turned and mirrored to lie on the map of the β before it, on one scale for all β."
    ]


def _of_one_model(run: Checkpoint, images: int) -> list[str]:
    two = run.config.latent_dim <= 2
    plane = "The map is" if two else "The map shows the two latent dimensions with most KL at the largest β, and is"
    return [
        f"**What is alike at every β.** All z and all {min(IMAGES, images)} images are the same at every β, and the "
        f"images are decoded from the posterior mean. {plane} neither turned nor scaled with β. The dashed circles are "
        "1σ and 2σ of the prior.",
        "**What moves on the map.** Where the codes hardly move, β changes the discs, whose radius is the posterior's "
        "σ: the larger β is, the less a code says about where its image lies.",
        "**The slider's scale.** Equal steps lose equal amounts of KL, so that most of the way lies where most "
        "happens; the labels are β.",
        "**The ticks over the bars.** They are the KL of a linear VAE, the largest above the first bar. A grey bar is "
        "an inactive dimension: its KL is below 0.1 nats.",
    ]


page.begin(
    pages.BETA,
    "Move the slider: everything shows a VAE of that β.",
    "Watch the samples become realistic as β rises, up to a point, and the reconstructions lose their detail.",
)
show()
