"""The visit in advance, on a server of a small app: every page is drawn once, in order, when nobody comes."""

import time
from pathlib import Path

import pytest

from benchmarks.clients import Session
from benchmarks.server import serve
from tests.helpers import coroutines
from tests.helpers.waiting import wait
from vae.folders import ROOT

# Every page writes down that it was drawn, and for whom: a visitor with a browser has an address of its own.
PAGE = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
import streamlit as st
from vae.ui.shared import visits

visits.note()
with Path("drawn").open("a") as drawn:
    drawn.write(f"{{Path(__file__).stem}} {{st.query_params.get('who', 'nobody')}}\\n")
"""
APP = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import streamlit as st
from vae.ui.frame import warm_up

warm_up.QUIET, warm_up.FIRST_PAGE = 0.5, ["json"]
app = st.App("main.py", lifespan=warm_up.lifespan)
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "streamlit_app.py").write_text(APP)
    (tmp_path / "pages").mkdir()
    for name in ("main.py", "pages/2_second.py", "pages/1_first.py", "pages/3_third.py"):
        (tmp_path / name).write_text(PAGE)
    return tmp_path


def test_every_page_is_drawn_in_advance_once_in_the_order_of_the_sidebar(app: Path) -> None:
    async def come() -> None:
        for _ in range(2):
            async with Session(server.port, "who=somebody") as session:
                await session.visit()

    with serve(app) as server:
        coroutines.run(come())
        wait(lambda: (app / "drawn").read_text().count("nobody") >= 4)
        time.sleep(0.5)  # in which a second round would show
        drawn = (app / "drawn").read_text().splitlines()
    assert [one for one in drawn if one.endswith("somebody")] == ["main somebody"] * 2
    in_advance = [one.split()[0] for one in drawn if one.endswith("nobody")]
    assert in_advance == ["main", "1_first", "2_second", "3_third"]
