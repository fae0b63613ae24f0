"""The tour asks its questions."""

from tests.helpers.app import open_page, texts
from vae.ui.frame import pages


def test_it_names_its_question() -> None:
    assert pages.TOUR.question in texts(open_page(pages.TOUR))
