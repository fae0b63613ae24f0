"""A folder of imported sets that tests may fill."""

from pathlib import Path

import pytest


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache" / "imported"
    folder.parent.mkdir()
    monkeypatch.setenv("VAE_IMPORTED", str(folder))
    return folder
