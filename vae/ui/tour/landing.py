"""Random z on both maps: where they land, and what the models of twenty dimensions decode such z to."""

import streamlit as st

from vae.data.to_picture import tile
from vae.explore.projection import ProjectionSettings
from vae.figures.maps import latent_maps
from vae.measure.intervals import Measure
from vae.measure.recorded import recorded_quality
from vae.measure.region import share_in_prior
from vae.ui.compare import latent_map, maps
from vae.ui.compare.maps import View
from vae.ui.shared import charts, models, pictures
from vae.ui.shared.models import Pair, Trained, drawn, kept
from vae.ui.tour import prediction, shipped
from vae.ui.tour.shares import percent

VIEW = View("test", 10_000, ProjectionSettings("direct"))
SCENE = "landing"
QUESTION = "64 random z fall on the maps of both 2-D models. On which map do they reach most of the codes?"
OUTCOMES = (
    "On both",
    "On the AE's alone",
    "On the VAE's alone",
)
MOST = 0.5  # share of a model's codes that lie where z land, from which on these land among the codes of all digits
LARGE = 20  # latent dimensions of the pair whose samples differ for everybody to see
WALL, COLUMNS = 64, 8
CROSSES = "On the maps, a + is a z that lands where codes are, and an orange × is one that lands where none are."
PRESS = 1  # of the button Sample, whose z the map shows once the reader has predicted


def show() -> None:
    """Draw the prediction, and both maps beside what the larger pair makes of random z once something is predicted."""
    small, large = shipped.pair(2), shipped.pair(LARGE)
    chosen = prediction.ask(SCENE, QUESTION, OUTCOMES)
    if chosen is not None:
        shares = [_share(trained) for trained in small]
        prediction.reveal(OUTCOMES, chosen, happened(*shares), _why(shares))
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(key="tour_landing"):
        st.fragment(_maps)(small, PRESS if chosen is not None else 0)
    with right:
        if chosen is None:
            st.caption(f"The samples of both {LARGE}-D models appear here, once you have predicted.")
        else:
            _walls(large)
            st.caption(CROSSES)


def happened(ae: float, vae: float) -> int | None:
    """Return which outcome these shares of codes, of those that lie where z land, amount to; None for none of them."""
    return {(True, True): 0, (True, False): 1, (False, True): 2}.get((ae >= MOST, vae >= MOST))


def _why(shares: list[float]) -> str:
    ae, vae = map(percent, shares)
    return (
        f"These z reach {vae} of the VAE's codes, which the KL drew to N(0, I), and {ae} of the AE's, which nothing "
        "drew there, so that its samples show few kinds of image."
    )


def _realistic(trained: Trained) -> Measure | None:
    quality = recorded_quality(trained.checkpoint.metrics)
    return None if quality is None else quality.samples.get("prior", {}).get("realistic")


@kept(max_entries=8)
def _share(trained: Trained) -> float:
    return share_in_prior(latent_map.aggregate_posterior(trained.codes, trained.deviations))


def _maps(pair: Pair, press: int) -> None:
    found = maps.projections(pair, VIEW)
    assert found is not None  # no t-SNE is asked for
    reason = latent_map.show(pair, VIEW, found, draw=press)
    if reason:
        st.caption(f"The live map cannot be drawn here: {reason}. These charts show the same points.")
        panels = [maps.panel(t, p, VIEW, word) for (word, t), p in zip(pair.named(), found, strict=True)]
        figure = latent_maps(panels, pair.vae.dataset.class_names, prior=True)
        charts.show(figure, "tour_landing_maps", "Both latent maps with the place that samples are drawn from")


@drawn()
def _walls(pair: Pair) -> None:
    st.markdown(f"**Samples of the {pair.latent_dim}-D models**")
    for column, (word, trained) in zip(st.columns(2), pair.named(), strict=True):
        with column:
            picture = tile(trained.decode(models.draw(trained, "prior", WALL, 0)), COLUMNS, scale=2)
            caption = f"{word} {trained.name}: {WALL} samples."
            if (share := _realistic(trained)) is not None:
                caption += f" Of {share.images:,} such samples, {percent(share.value)} are realistic."
            pictures.show(picture, caption, f"tour_samples_{trained.name}")
