"""Every test of a page opens it on a server that nobody has visited."""

import pytest


@pytest.fixture(autouse=True)
def _fresh(fresh: None) -> None:
    """The fixture `fresh`, for every page."""
