"""Retrain: what is pressed is trained, by this session, and compared when it ends."""

import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.app import finish, open_page, texts
from vae.jobs import journal
from vae.jobs.job import Job, Run
from vae.storage.checkpoints import load
from vae.storage.names import CheckpointError
from vae.training.config import TrainConfig
from vae.ui.frame import pages
from vae.ui.frame.beta_scale import BETAS, read_beta
from vae.ui.shared import server

pytestmark = pytest.mark.usefixtures("fresh")


def test_beta_covers_zero_and_a_hundredth_to_twenty_on_a_logarithm() -> None:
    assert BETAS[0] == 0
    assert BETAS[1] == 0.01
    assert BETAS[-1] == 20
    assert {0.1, 0.5, 1.0, 2.0, 4.0, 8.0} <= set(BETAS)
    steps = np.diff(np.log(BETAS[1:]))
    assert (steps > 0).all()
    assert steps.max() < 3 * steps.min()
    assert len({read_beta(beta) for beta in BETAS}) >= 5


def test_retraining_becomes_the_compared_vae_and_shows_before_and_after(copies: Path) -> None:
    app = open_page(pages.LATENT_SPACES)
    app.select_slider(key="beta").set_value(8.0)
    app.number_input(key="seconds").set_value(2).run()
    app.button(key="retrain").click().run()
    assert not app.exception
    job = finish(app)
    assert job.state == "done", job.error
    assert app.selectbox(key="vae").value == "vae-2d-beta8"
    assert "The two models differ in β alone (1 and 8)." in texts(app)
    assert "vae-2d-beta8 started from the weights of vae-2d" in texts(app)
    run = job.runs[0]
    assert run.looks[0]["beta"] == 1
    assert run.looks[-1]["beta"] == 8
    assert run.looks[-1]["kl"] < run.looks[0]["kl"]
    assert run.looks[-1]["reconstruction"] > run.looks[0]["reconstruction"]
    deltas = {metric.label: metric.delta for metric in app.metric if metric.delta}
    assert "worse" in deltas["Reconstruction loss, nats"]
    before, after = load("vae-2d").metrics, load("vae-2d-beta8").metrics
    assert after["test_kl"] < before["test_kl"]
    change, interval = deltas["KL, nats"].split(" [")
    assert change == f"{after['test_kl'] - before['test_kl']:.2f}"
    assert all(float(end.replace("−", "-")) < 0 for end in interval.rstrip("]").split(", "))
    assert app.query_params["before"] == "vae-2d"
    app.button(key="close_before_after").click().run()
    assert not any(metric.delta for metric in app.metric)


def test_what_is_typed_just_before_the_click_is_what_is_trained(copies: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR)
    app.selectbox(key="budget").set_value("epochs").run()
    app.number_input(key="epochs").set_value(3)
    app.number_input(key="latent").set_value(7)
    app.button(key="retrain").click().run()  # one message, as from a browser that was quicker than the page
    job = server.trainer().find(app.session_state["run"])
    assert job is not None
    server.trainer().cancel(job)
    config = job.runs[0].config
    assert (config.epochs, config.latent_dim, config.start) == (3, 7, "")


def test_a_setting_that_the_weights_do_not_fit_to_makes_a_run_from_scratch_and_the_form_says_so(copies: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR)
    assert app.radio(key="start_from").value == "from vae-2d"
    app.number_input(key="latent").set_value(7).run()
    assert "This run starts from scratch, because the weights of vae-2d fit to no other latent size." in texts(app)
    app.number_input(key="latent").set_value(2).run()
    assert "starts from scratch" not in texts(app)


def test_a_run_from_scratch_is_compared_with_one_of_its_recipe_and_budget_at_the_old_beta(copies: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR)
    app.radio(key="start_from").set_value("from scratch").run()
    app.selectbox(key="budget").set_value("steps").run()
    app.number_input(key="steps").set_value(40)
    app.select_slider(key="beta").set_value(8.0).run()
    assert "A second VAE with β = 1 trains alongside" in texts(app)
    app.button(key="retrain").click().run()
    job = finish(app)
    assert job.state == "done", job.error
    assert [run.config.beta for run in job.runs] == [8, 1]
    assert app.session_state["vae"] == "vae-2d-beta8"
    assert "The two models differ in β alone (1 and 8)." in texts(app)
    assert app.session_state["before"] == "vae-2d-beta1"
    # The reference is there now: another β needs no second one.
    app = open_page(
        pages.BETA_TRANSLATOR, vae="vae-2d", start_from="from scratch", budget="steps", steps="40", beta="4"
    )
    assert "The result will be compared with vae-2d-beta1." in texts(app)


def test_three_sessions_that_press_retrain_each_see_their_own_result(copies: Path) -> None:
    sessions = [open_page(pages.BETA_TRANSLATOR) for _ in range(3)]
    for app, beta, seconds in zip(sessions, (2.0, 4.0, 8.0), (5, 1, 1), strict=True):
        app.select_slider(key="beta").set_value(beta)
        app.number_input(key="seconds").set_value(seconds).run()
        app.button(key="retrain").click().run()
        assert not app.exception
        assert app.button(key="retrain").disabled
    assert "begins after" in texts(sessions[2])
    jobs = [finish(app) for app in sessions]
    assert [job.state for job in jobs] == ["done"] * 3
    assert [job.began for job in jobs] == sorted(job.began for job in jobs)
    assert len({job.owner for job in jobs}) == 3
    for app, name in zip(sessions, ("2", "4", "8"), strict=True):
        assert app.session_state["vae"] == f"vae-2d-beta{name}"
        assert f"differ in β alone (1 and {name})." in texts(app)
        assert not app.button(key="retrain").disabled


def test_a_run_that_fails_is_told_and_changes_nothing(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(pages.LATENT_SPACES)
    monkeypatch.setattr("vae.jobs.naming.claim_unused", lambda _: "vae-2d")
    app.selectbox(key="budget").set_value("epochs").run()
    app.button(key="retrain").click().run()
    assert finish(app).state == "failed"
    assert "Another run has got the name 'vae-2d' meanwhile; it stays" in texts(app)
    assert app.selectbox(key="vae").value == "vae-2d"


def test_a_folder_that_cannot_be_written_is_told_when_retrain_is_pressed(
    copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> str:
        raise CheckpointError("/read/only could not be written: Read-only file system.")

    app = open_page(pages.LATENT_SPACES)
    monkeypatch.setattr("vae.jobs.naming.claim_unused", refuse)
    app.button(key="retrain").click().run()
    assert not app.exception
    assert "could not be written: Read-only file system" in texts(app)
    assert server.trainer().job is None


def test_a_page_that_comes_back_after_its_server_was_stopped_is_told_what_became_of_its_run(copies: Path) -> None:
    kept = Job("0badcafe", [Run(load("vae-20d").config, "vae-20d")], state="running")
    lost = Job("0badbeef", [Run(load("vae-20d").config, "never")], state="queued")
    other = Job("0badf00d", [Run(TrainConfig(steps=1, seed=77), "vae-20d")], state="running")  # whose name it has now
    for job in (kept, lost, other):
        journal.note(job)
    app = open_page(pages.RUNS, run="0badcafe")
    assert "The server was stopped while this run was waiting or training: vae-20d is kept" in texts(app)
    assert app.session_state["vae"] == "vae-20d"
    assert app.query_params["vae"] == "vae-20d"  # and the next reload finds it, too
    assert "run" not in app.query_params
    app = open_page(pages.RUNS, run="0badbeef", vae="vae-2d")
    assert "never had not completed its first epoch, so that nothing of it is kept" in texts(app)
    assert "vae-20d had not completed its first epoch" in texts(open_page(pages.RUNS, run="0badf00d"))
    assert app.session_state["vae"] == "vae-2d"


def test_a_compared_run_that_is_deleted_elsewhere_gives_way_with_a_sentence(copies: Path) -> None:
    app = open_page(pages.SAMPLES, vae="vae-20d", ae="ae-20d")
    shutil.rmtree(copies / "vae-20d")
    app.run()
    assert not app.exception
    assert "vae-20d was deleted or renamed; vae-2d is shown in its place." in texts(app)
    app.run()
    assert "deleted or renamed" not in texts(app)


def test_a_run_that_collapses_ends_with_a_warning_that_says_why(copies: Path) -> None:
    config = TrainConfig(steps=60, beta=1000.0, hidden=(16,), device="cpu")
    job = server.trainer().submit([config])
    for _ in range(600):
        if job.ended:
            break
        time.sleep(0.1)
    app = open_page(pages.SAMPLES, run=job.id)
    (warning,) = [one.value for one in app.warning if "average image" in one.value]
    assert warning.startswith(f"{job.names[0]} was trained and measured in")
    assert f"{job.names[0]} has collapsed: it reconstructs no better than the average image (206 nats per" in warning
    assert "set β to 8" in warning


def test_what_was_compared_comes_back_when_nothing_is_kept_of_a_cancelled_run(copies: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR, before="vae-20d", vae="vae-2d", budget="epochs", epochs="500")
    app.button(key="retrain").click().run()
    assert app.session_state["before"] == "vae-2d"
    app.button(key="cancel").click().run()
    assert finish(app).state == "cancelled"
    assert "before the first epoch was complete" in texts(app) or "before the training began" in texts(app)
    assert (app.session_state["before"], app.session_state["vae"]) == ("vae-20d", "vae-2d")
