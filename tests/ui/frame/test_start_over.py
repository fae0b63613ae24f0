"""Start over: a session is as at its first visit again, and nothing is deleted."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page, texts
from vae.ui.frame import pages

pytestmark = pytest.mark.usefixtures("fresh")


def form(app: AppTest) -> dict[str, object]:
    widgets = [*app.sidebar.selectbox, *app.sidebar.number_input, *app.sidebar.toggle, *app.sidebar.radio]
    return {str(widget.key): widget.value for widget in widgets}


def test_models_settings_and_comparison_are_those_of_a_first_visit_and_all_runs_stay(shipped: Path) -> None:
    runs = sorted(path.name for path in shipped.iterdir())
    first = open_page(pages.LATENT_SPACES)
    app = open_page(pages.SAMPLES, vae="vae-20d", ae="ae-20d", beta="8", before="vae-5d", latent="7", seeds="3")
    assert "Before and after: vae-5d → vae-20d" in "\n".join(heading.value for heading in app.subheader)
    app.selectbox(key="likelihood").set_value("gaussian").run()
    app.button(key="reset_to_start").click().run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Latent spaces"]
    app.switch_page(pages.LATENT_SPACES.path).run()
    assert form(app) == form(first)
    assert app.select_slider(key="beta").value == 1
    assert "Before and after" not in texts(app)
    assert dict(app.query_params) == dict(first.query_params)
    assert sorted(path.name for path in shipped.iterdir()) == runs


def test_it_asks_before_it_does_anything_and_says_that_no_run_is_deleted(shipped: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR)
    (asked,) = [block for block in app.sidebar.get("popover") if "Start over" in str(block.proto)]
    assert "No run is deleted" in asked.markdown[0].value
    assert asked.button[0].label == "Start over now"
