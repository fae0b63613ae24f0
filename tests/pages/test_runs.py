"""The Runs page: the table, and everything that can be done to a run there."""

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import SHIPPED, open_page, texts
from vae.storage.archive import to_zip
from vae.storage.bin import rename
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.files import write_json
from vae.ui.frame import pages
from vae.ui.shared import server

PAGE = pages.RUNS


def choose(app: AppTest, *rows: int) -> None:
    app.session_state["runs_table"] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    app.run()
    assert not app.exception


def headings(app: AppTest) -> list[str]:
    return [heading.value for heading in app.subheader]


def row_of(app: AppTest, name: str) -> int:
    return app.dataframe[0].value["name"].tolist().index(name)


def names() -> list[str]:
    return [c.name for c in list_checkpoints()[0]]


def test_every_run_is_listed_with_what_was_measured_and_can_be_filtered(copies: Path) -> None:
    app = open_page(PAGE)
    table = app.dataframe[0].value.set_index("name")
    assert sorted(table.index) == sorted(names())
    assert table.loc["vae-20d", "KL"] == load("vae-20d").metric("test_kl")
    assert table["β"].isna().tolist() == [name.startswith("ae") for name in table.index]
    app.text_input(key="runs_name").set_value("20D").run()
    assert sorted(app.dataframe[0].value["name"]) == ["ae-20d", "vae-20d"]


def test_two_runs_are_compared_and_what_differs_is_named(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-2d"), row_of(app, "vae-20d"))
    assert "vae-2d and vae-20d" in headings(app)
    assert "latent size (2 and 20)" in texts(app)
    deltas = {metric.label: metric.delta for metric in app.metric}
    assert deltas["Reconstruction, nats"].endswith("] better")
    assert "excludes 0" in texts(app)
    (sent,) = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    assert [panel["caption"] for panel in sent["panels"]] == ["First: vae-2d, β 1", "Second: vae-20d, β 1"]
    assert "kNN accuracy" not in deltas  # it takes longer than the rest, and is measured once it is looked at
    app.session_state["first_second_more"] = True
    app.run()
    more = {metric.label: metric.delta for metric in app.metric if metric.label not in deltas}
    assert more["kNN accuracy"].endswith("] better")


def test_a_run_is_renamed_and_stays_the_compared_one(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-2d"))
    app.text_input(key="run_name_vae-2d").set_value("../up").run()
    app.button(key="run_rename").click().run()
    assert "vae-2d comes with the project" in texts(app)
    app.button(key="run_rename").click().run()
    assert "no name for a checkpoint" in texts(app)
    choose(app, row_of(app, "vae-2d"))
    app.text_input(key="run_name_vae-2d").set_value("mine")
    app.button(key="run_rename").click().run()
    assert app.button(key="run_rename").label == "Rename all the same"
    app.button(key="run_rename").click().run()
    assert "vae-2d is called mine now" in texts(app)
    assert "mine" in names()
    assert app.selectbox(key="vae").value == "mine"


def test_a_deleted_run_leaves_the_sidebar_at_once_and_can_be_brought_back(copies: Path) -> None:
    rename("vae-20d", "my-run")
    app = open_page(PAGE, vae="my-run")
    assert app.selectbox(key="vae").value == "my-run"
    choose(app, row_of(app, "my-run"))
    app.button(key="run_delete").click().run()
    assert "my-run" not in names()
    assert "**my-run** is deleted" in texts(app)
    vae = app.selectbox(key="vae")
    assert "my-run" not in vae.options
    # The browser is told: it would show the deleted name otherwise.
    assert (vae.value, vae.proto.set_value, vae.proto.raw_value) == ("vae-2d", True, "vae-2d")
    assert "vae" not in app.query_params
    app.button(key="undo_0").click().run()
    assert "my-run is back" in texts(app)
    assert "my-run" in names()


def test_a_run_that_comes_with_the_project_is_deleted_only_at_a_second_press(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-20d"))
    app.button(key="run_delete").click().run()
    assert "vae-20d comes with the project" in texts(app)
    assert "vae-20d" in names()
    choose(app, row_of(app, "ae-20d"))  # what was asked about one run is no answer for another
    app.button(key="run_delete").click().run()
    assert "ae-20d comes with the project" in texts(app)
    assert app.button(key="run_delete").label == "Delete all the same"
    app.button(key="run_delete").click().run()
    assert sorted(names()) == ["ae-2d", "vae-20d", "vae-2d"]


def test_own_runs_come_first_the_newest_at_the_top_and_no_cell_says_none(copies: Path) -> None:
    for name, created in (("older", "2026-01-01T00:00:00+00:00"), ("newer", "2026-02-01T00:00:00+00:00")):
        shutil.copytree(copies / "ae-2d", copies / name)
        content = json.loads((copies / name / "config.json").read_text())
        content["run"]["created"] = created
        write_json(copies / name / "config.json", content)
    app = open_page(PAGE)
    shown = ["newer", "older", "ae-2d", "vae-2d", "ae-20d", "vae-20d"]
    assert app.dataframe[0].value["name"].tolist() == shown
    assert app.dataframe[0].proto.placeholder == "–"
    assert app.selectbox(key="ae").options == ["newer", "older", "ae-2d", "ae-20d"]
    assert app.selectbox(key="ae").value == "ae-2d"


def test_retrain_with_these_settings_fills_the_form(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-20d"))
    app.button(key="run_settings").click().run()
    assert not app.exception
    assert app.number_input(key="latent").value == 20
    assert app.selectbox(key="budget").value == "epochs"
    assert app.number_input(key="epochs").value == 60
    assert app.select_slider(key="beta").value == 1.0
    assert "--latent-dim 20" in app.code[0].value


def test_a_run_can_be_made_one_of_the_compared(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-20d"))
    app.button(key="run_open").click().run()
    assert app.selectbox(key="vae").value == "vae-20d"


def test_a_zip_made_here_is_taken_back_and_others_are_refused(copies: Path) -> None:
    app = open_page(PAGE)
    app.file_uploader[0].upload("my run (1).zip", to_zip("vae-2d"), "application/zip").run()
    assert not app.exception
    assert "my-run-1- is among the runs now" in texts(app)
    assert "my-run-1-" in names()
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "hello")
    app.file_uploader[0].upload("other.zip", other.getvalue(), "application/zip").run()
    assert "other.zip: The archive holds no checkpoint: it lacks config.json" in texts(app)
    assert len(names()) == 5


def test_without_runs_it_says_what_to_do(folder: Path) -> None:
    assert "press **Retrain**" in texts(open_page(PAGE))


@pytest.mark.parametrize("name", ["vae-2d", "ae-2d"])
def test_the_shipped_runs_can_be_packed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_CHECKPOINTS", str(SHIPPED))
    with zipfile.ZipFile(io.BytesIO(to_zip(name))) as archive:
        assert f"{name}/model.safetensors" in archive.namelist()


def test_a_run_trains_on_and_its_before_and_after_comes_back(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-20d"))
    app.button(key="run_more").click().run()
    job = server.trainer().find(app.session_state["run"])
    assert job is not None
    config = job.runs[0].config
    assert (config.start, config.beta, config.epochs, config.hidden) == (
        "vae-20d",
        1,
        20,
        load("vae-20d").config.hidden,
    )
    server.trainer().cancel(job)
    settings = json.loads((copies / "vae-2d" / "config.json").read_text())
    settings["settings"] |= {"start": "ae-2d", "start_weights": "0" * 64, "beta": 4.0}
    write_json(copies / "vae-2d" / "config.json", settings)
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-2d"))
    assert "The weights of ae-2d that this run starts from (000000000000) are gone" in texts(app)
    app.button(key="run_before").click().run()
    assert app.session_state["before"] == "ae-2d"
    assert "Before and after: ae-2d → vae-2d" in headings(app)


def test_damaged_runs_are_named_with_the_reason_and_can_be_deleted(copies: Path) -> None:
    (copies / "ae-2d" / "metrics.json").write_text(json.dumps({"elbo": 10**400}))
    settings = json.loads((copies / "vae-20d" / "config.json").read_text())
    settings["run"]["steps_done"] = 10**30
    write_json(copies / "vae-20d" / "config.json", settings)
    (copies / "² ![x](y)").mkdir()
    app = open_page(PAGE)
    assert headings(app).count("Damaged runs") == 1
    assert "**ae-2d**: metrics.json: 'elbo' is no finite number." in texts(app)
    assert "**vae-20d**: config.json: steps_done must be a whole number" in texts(app)
    assert r"**² !\[x\](y)**: " in texts(app)
    while any(button.key == "damaged_0" for button in app.button):
        app.button(key="damaged_0").click().run()
        if any(button.key == "damaged_0" and button.label != "Delete" for button in app.button):
            app.button(key="damaged_0").click().run()
    assert sorted(names()) == ["ae-20d", "vae-2d"]
    assert sorted(path.name for path in copies.iterdir()) == [".vae", "ae-20d", "vae-2d"]
