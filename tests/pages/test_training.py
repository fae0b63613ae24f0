"""Training: curves and films of finished runs, and the run that is going."""

import time
from pathlib import Path

from tests.helpers.app import charts, open_page, texts
from tests.helpers.in_view import MOST_WORDS, words_in_view
from vae.storage.checkpoints import load
from vae.ui.frame import pages
from vae.ui.shared import server


def test_training_draws_curves_and_a_film_of_every_checkpoint_chosen(shipped: Path) -> None:
    app = open_page(pages.TRAINING)
    curves, *films = charts(app)
    assert {trace["name"] for trace in curves["data"]} == {
        f"{name}, {part}" for name in ("ae-2d", "vae-2d") for part in ("test", "train")
    }
    assert [len(film["frames"]) for film in films] == [60, 60]
    assert words_in_view(app) <= MOST_WORDS
    app.multiselect(key="curves").set_value(["vae-20d"]).run()
    assert len(charts(app)) == 2
    assert "--latent-dim 20" in app.code[0].value
    app.multiselect(key="curves").set_value([]).run()
    assert "Choose at least one model" in texts(app)


def test_the_list_follows_the_compared_pair_until_other_runs_are_chosen(shipped: Path) -> None:
    app = open_page(pages.TRAINING)
    app.selectbox(key="vae").set_value("vae-20d").run()
    assert app.multiselect(key="curves").value == ["ae-2d", "vae-20d"]
    app.switch_page(pages.TRAVERSAL.path).run()
    app.selectbox(key="ae").set_value("ae-20d").run()
    app.switch_page(pages.TRAINING.path).run()
    assert app.multiselect(key="curves").value == ["ae-20d", "vae-20d"]
    app.multiselect(key="curves").set_value(["vae-5d"]).run()
    app.selectbox(key="vae").set_value("vae-2d").run()
    assert app.multiselect(key="curves").value == ["vae-5d"]


def test_the_training_page_shows_the_run_that_is_going(copies: Path) -> None:
    app = open_page(pages.TRAINING, vae="vae-20d", ae="ae-20d")
    app.selectbox(key="budget").set_value("epochs").run()
    app.number_input(key="latent").set_value(5).run()
    app.number_input(key="epochs").set_value(500).run()
    app.button(key="retrain").click().run()
    job = server.trainer().job
    assert job is not None
    for _ in range(600):
        if job.runs[0].history:
            break
        time.sleep(0.1)
    app.run()
    assert not app.exception
    titles = [chart["layout"].get("title", {}) for chart in charts(app)]
    assert len(titles) >= 4
    assert any(
        chart["layout"].get("yaxis", {}).get("title", {}).get("text") == "KL, nats per image"
        and chart["data"][0]["type"] == "bar"
        for chart in charts(app)
    )
    assert "vae-5d-beta1, epoch" in "\n".join(heading.value for heading in app.subheader)
    app.button(key="cancel").click()
    app.run()
    for _ in range(200):
        if job.ended:
            break
        time.sleep(0.1)
    app.run()
    assert job.state == "cancelled"
    done = len(job.runs[0].history)
    assert f"The training was cancelled. {job.names[0]} is kept as it was after" in texts(app)
    assert load(job.names[0]).epochs_done == done
