"""The page of mistakes asks its question."""

from tests.helpers.app import open_page, texts
from vae.ui.frame import pages


def test_it_names_its_question() -> None:
    assert pages.BREAK_IT.question in texts(open_page(pages.BREAK_IT))
