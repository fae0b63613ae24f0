"""A plugin of pytest that has the small data set alone, for machines on which the tests' conftest.py cannot be read."""

import pytest

from tests.helpers.images import blobs
from vae.data.dataset import Dataset


@pytest.fixture
def small() -> Dataset:
    return blobs()
