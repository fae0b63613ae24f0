"""The app as Streamlit runs it without a browser: opening a page, and reading what it shows."""

import json
import re
import time

from streamlit.testing.v1 import AppTest

from vae.folders import ROOT
from vae.jobs.job import Job
from vae.ui.frame.pages import LATENT_SPACES, Page
from vae.ui.shared import server

SHIPPED = ROOT / "checkpoints"
PAIRS = ("ae-2d", "vae-2d", "ae-20d", "vae-20d")
LADDER = tuple(f"ladder-vae-10d-beta{beta}-seed0" for beta in (0, 1, 16))  # of the tour; three make a ladder
MODELS = (*PAIRS, "ae-5d", "vae-5d", "classifier-vae-10d")


def open_page(page: Page, /, **parameters: str) -> AppTest:
    """A page as it is drawn first, with `parameters` in its address."""
    app = AppTest.from_file(str(ROOT / "latent_spaces.py"), default_timeout=120)
    for key, value in parameters.items():
        app.query_params[key] = value
    if page != LATENT_SPACES:
        app.switch_page(page.path)
    app.run()
    assert not app.exception, [e.value for e in app.exception]
    return app


def charts(app: AppTest) -> list[dict]:
    """The Plotly figures on a page."""
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def texts(app: AppTest) -> str:
    """All words of a page outside of its widgets and headings, without the links of its terms to the glossary."""
    found = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.success, *app.title]
    return unlinked("\n".join(str(element.value) for element in found))


def unlinked(text: str) -> str:
    """A text as it is read: without the links of its terms to the glossary."""
    return re.sub(r'\[([^\]]+)\]\(glossary\?term=[^ ]+ "[^"]*"\)', r"\1", text)


def finish(app: AppTest) -> Job:
    """Wait for the run that was just submitted, which a page may have seen the end of, and draw the page again."""
    job = [one for one in server.trainer().jobs if one.owner == app.session_state["session"]][-1]
    for _ in range(1_200):
        if job.ended:
            app.run()
            return job
        time.sleep(0.1)
    raise AssertionError("the run was not finished within two minutes")
