"""The server that sessions share."""

import gc
import tomllib
from pathlib import Path

from tests.helpers.app import open_page
from vae.folders import ROOT
from vae.ui.frame import pages
from vae.ui.shared import memory


def test_no_page_waits_for_a_collection_of_what_the_server_has_imported(fresh: None, shipped: Path) -> None:
    options = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert options["runner"]["postScriptGC"] is False
    open_page(pages.BETA_TRANSLATOR)
    gc.unfreeze()
    gc.collect()
    memory.settle()
    assert gc.get_freeze_count() > 100_000
