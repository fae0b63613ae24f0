"""Names of checkpoints."""

from pathlib import Path

import pytest

from vae.storage.names import checkpoint_path, usable_name


@pytest.mark.parametrize("text", ["vae-2d", "my run (1)", "../../etc", "", ".hidden", "é" * 200, "a" * 200])
def test_any_text_gives_a_name_that_is_allowed(text: str, folder: Path) -> None:
    assert checkpoint_path(usable_name(text)).parent == folder
