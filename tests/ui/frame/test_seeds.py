"""Several seeds: as many runs are queued, which differ in nothing else, and the first of them is compared."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page, texts
from vae.jobs.job import Job
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.shipped import own_first
from vae.training.config import differing
from vae.ui.frame import pages
from vae.ui.shared import server

pytestmark = pytest.mark.usefixtures("fresh")


def jobs(app: AppTest) -> list[Job]:
    return [job for job in server.trainer().jobs if job.owner == app.session_state["session"]]


def finish_all(app: AppTest) -> list[Job]:
    """Wait for all runs of a page's session, which the page follows one after the other."""
    mine = jobs(app)
    for job in mine:
        for _ in range(1_200):
            if job.ended:
                break
            time.sleep(0.1)
        app.run()
    return mine


def test_a_run_for_each_seed_is_trained_and_the_first_is_compared(copies: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR, budget="steps", steps="20", beta="8", seed="3")
    app.number_input(key="seeds").set_value(2).run()
    app.button(key="retrain").click().run()
    assert not app.exception
    assert [job.names for job in jobs(app)] == [["vae-2d-beta8-seed3"], ["vae-2d-beta8-seed4"]]
    assert app.button(key="retrain").disabled
    assert [job.state for job in finish_all(app)] == ["done", "done"]
    assert not app.button(key="retrain").disabled
    assert "vae-2d-beta8-seed3 and vae-2d-beta8-seed4 were trained and measured in" in texts(app)
    assert (app.session_state["before"], app.session_state["vae"]) == ("vae-2d", "vae-2d-beta8-seed3")
    assert "Before and after: vae-2d → vae-2d-beta8-seed3" in [heading.value for heading in app.subheader]
    one, other = (load(f"vae-2d-beta8-seed{seed}").config for seed in (3, 4))
    assert differing(one, other) == [("seed", "3", "4")]
    listed = [run.name for run in own_first(list_checkpoints()[0])]
    assert listed[:2] == ["vae-2d-beta8-seed4", "vae-2d-beta8-seed3"]


def test_a_reference_trains_beside_the_first_seed_alone_and_one_press_cancels_all(copies: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR, start_from="from scratch", budget="epochs", epochs="500", beta="8")
    app.number_input(key="seeds").set_value(3).run()
    app.button(key="retrain").click().run()
    mine = jobs(app)
    assert [[(run.config.beta, run.config.seed) for run in job.runs] for job in mine] == [
        [(8, 0), (1, 0)],
        [(8, 1)],
        [(8, 2)],
    ]
    assert "2 more seeds wait to be trained." in texts(app)
    assert app.button(key="cancel").label == "Cancel all 3 seeds"
    app.button(key="cancel").click().run()
    assert [job.state for job in finish_all(app)] == ["cancelled"] * 3
    assert "was cancelled before" in texts(app)
    assert not app.button(key="retrain").disabled


def test_more_seeds_than_the_queue_has_room_for_are_refused_in_words_before_the_press(copies: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR)
    app.number_input(key="seeds").set_value(5).run()
    assert "There is no room for 5 seeds: 3 runs of one visitor may wait at a time, so that at most 4" in texts(app)
    assert app.button(key="retrain").disabled
    app.number_input(key="seeds").set_value(4).run()
    assert "no room" not in texts(app)
    assert not app.button(key="retrain").disabled
