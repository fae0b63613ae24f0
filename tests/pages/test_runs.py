"""The Runs page: the table, and everything that can be done to a run there."""

import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import SHIPPED, open_page, texts
from vae.storage.archive import to_zip
from vae.storage.checkpoints import list_checkpoints, load
from vae.ui.frame import pages

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
    assert "latent dim: 2 / 20" in texts(app)
    deltas = {metric.label: metric.delta for metric in app.metric}
    assert deltas["Reconstruction, nats"].endswith("] better")
    assert "excludes 0" in texts(app)
    assert len(app.get("image")) == 2


def test_a_run_is_renamed_and_stays_the_compared_one(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-2d"))
    app.text_input(key="run_name_vae-2d").set_value("../up").run()
    app.button(key="run_rename").click().run()
    assert "no name for a checkpoint" in texts(app)
    choose(app, row_of(app, "vae-2d"))
    app.text_input(key="run_name_vae-2d").set_value("mine")
    app.button(key="run_rename").click().run()
    assert "vae-2d is called mine now" in texts(app)
    assert "mine" in names()
    assert app.selectbox(key="vae").value == "mine"


def test_a_deleted_run_can_be_brought_back(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-20d"))
    app.button(key="run_delete").click().run()
    assert "vae-20d" not in names()
    assert "**vae-20d** is deleted" in texts(app)
    app.button(key="undo_0").click().run()
    assert "vae-20d is back" in texts(app)
    assert "vae-20d" in names()


def test_retrain_with_these_settings_fills_the_form(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-20d"))
    app.button(key="run_settings").click().run()
    assert not app.exception
    assert app.number_input(key="latent").value == 20
    assert app.segmented_control(key="budget").value == "epochs"
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
