"""Whose a run is: only its session cancels it, and a session that came back by its address is its session."""

from pathlib import Path

import pytest

from tests.helpers.app import open_page, texts
from vae.jobs.limits import QueueError
from vae.training.config import TrainConfig
from vae.ui.frame import ownership, pages
from vae.ui.shared import server

pytestmark = pytest.mark.usefixtures("fresh")
LONG = TrainConfig(epochs=1_000, hidden=(16,), device="cpu")


def test_who_has_only_the_id_follows_a_run_and_cancels_it_when_its_session_has_gone(
    copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = server.trainer().submit([LONG], owner="somebody")
    monkeypatch.setattr(ownership, "is_connected", lambda owner: True)
    app = open_page(pages.BETA_TRANSLATOR, run=job.id)
    assert f"Another visitor started {job.names[0]}." in texts(app)
    assert "cancel" not in [button.key for button in app.button]
    assert not app.button(key="retrain").disabled
    monkeypatch.setattr(ownership, "is_connected", lambda owner: False)
    app.run()
    assert "Another visitor started" not in texts(app)
    assert job.running, job.error
    assert app.button(key="retrain").disabled
    app.button(key="cancel").click().run()
    assert job.state == "cancelled" or job.id == app.session_state["run"]


def test_a_queue_that_is_full_is_told_in_the_place_of_a_result(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise QueueError("100 runs wait already; try again when some of them have ended.")

    monkeypatch.setattr(server.trainer(), "submit", full)
    app = open_page(pages.BETA_TRANSLATOR)
    app.button(key="retrain").click().run()
    assert not app.exception
    assert "100 runs wait already; try again when some of them have ended." in texts(app)
