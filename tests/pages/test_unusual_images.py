"""Unusual images: both models graded, and what needs the network."""

from pathlib import Path

from tests.helpers.app import charts, open_page
from tests.helpers.in_view import MOST_WORDS, plain_texts, words_in_view
from vae.ui.frame import pages

PAGE = pages.UNUSUAL_IMAGES


def test_the_page_grades_both_models_and_offers_what_needs_the_network(fresh: None, shipped: Path) -> None:
    app = open_page(PAGE)
    assert not app.error
    assert words_in_view(app) <= MOST_WORDS
    # Twelve images of each model stand in two halves, which a phone draws below each other.
    halves = [one for one in charts(app) if len(one["layout"].get("images", ())) == 12]
    assert len(halves) == 4
    values = {metric.label: float(metric.value) for metric in app.metric}
    assert values["AUROC, AE: ae-2d"] > 0.9
    assert values["AUROC, VAE: vae-2d"] > 0.9
    assert "ranked by its reconstruction loss" in plain_texts(app)  # of the AE, which has no ELBO
    app.selectbox(key="unusual_class").set_value("1")
    app.number_input(key="unusual_rank").set_value(9_000).run()
    assert "There are only 1,135 test images of that class" in plain_texts(app)
    app.selectbox(key="unusual_other").set_value("kmnist").run()
    assert "needs the network" in plain_texts(app)
    assert not app.exception
