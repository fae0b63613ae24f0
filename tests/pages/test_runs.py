"""The Runs page: the table, and everything that can be done to a run there."""

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import PAIRS, SHIPPED, open_page, texts
from vae.storage.archive import to_zip
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.files import write_json
from vae.ui.frame import pages
from vae.ui.shared import server

PAGE = pages.RUNS
LADDER = [f"ladder-vae-2d-beta{beta}-seed0" for beta in ("0", "0.05", "0.1", "0.25", "0.5", "1", "2", "4", "8", "16")]


def choose(app: AppTest, *rows: int, table: str = "runs_table") -> None:
    app.session_state[table] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    app.run()
    assert not app.exception


def own_copy(copies: Path, of: str, name: str, created: str = "2026-01-01T00:00:00+00:00") -> None:
    """Copy a run under a name of somebody's own, made at some time."""
    shutil.copytree(SHIPPED / of, copies / name, copy_function=shutil.copy)
    content = json.loads((copies / name / "config.json").read_text())
    content["run"]["created"] = created
    write_json(copies / name / "config.json", content)


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
    assert deltas["Reconstruction loss, nats"].endswith("] better")
    assert "excludes 0" in texts(app)
    (sent,) = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    assert [panel["caption"] for panel in sent["panels"]] == ["First: vae-2d, β 1", "Second: vae-20d, β 1"]
    assert "kNN accuracy" not in deltas  # it takes longer than the rest, and is measured once it is looked at
    app.session_state["first_second_more"] = True
    app.run()
    more = {metric.label: metric.delta for metric in app.metric if metric.label not in deltas}
    assert more["kNN accuracy"].endswith("] better")


def test_a_run_is_renamed_and_stays_the_compared_and_the_chosen_one(copies: Path) -> None:
    (copies / "vae-20d").rename(copies / "my-run")
    app = open_page(PAGE, vae="my-run")
    choose(app, row_of(app, "my-run"))
    app.text_input(key="run_name_my-run").set_value("../up").run()
    app.button(key="run_rename").click().run()
    assert "no name for a run" in texts(app)
    app.text_input(key="run_name_my-run").set_value("zebra")
    app.button(key="run_rename").click().run()
    assert "my-run is called zebra now" in texts(app)
    assert "zebra" in names()
    assert app.selectbox(key="vae").value == "zebra"
    assert "zebra" in headings(app)  # still chosen, though it may stand in another row


def test_a_deleted_run_leaves_the_sidebar_at_once_and_can_be_brought_back(copies: Path) -> None:
    (copies / "vae-20d").rename(copies / "my-run")
    app = open_page(PAGE, vae="my-run")
    assert app.selectbox(key="vae").value == "my-run"
    choose(app, row_of(app, "my-run"))
    app.button(key="run_delete").click().run()
    assert "my-run" not in names()
    assert "**my-run** is deleted" in texts(app)
    assert not [button for button in app.button if button.key == "run_delete"]  # no other run has become the chosen one
    vae = app.selectbox(key="vae")
    assert "my-run" not in vae.options
    # The browser is told: it would show the deleted name otherwise.
    assert (vae.value, vae.proto.set_value, vae.proto.raw_value) == ("vae-2d", True, "vae-2d")
    assert "vae" not in app.query_params
    app.button(key="undo_0").click().run()
    assert "my-run is back" in texts(app)
    assert "my-run" in names()


def test_a_run_that_comes_with_the_project_is_locked_and_can_be_copied(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-20d"))
    assert "This run comes with the project and is locked" in texts(app)
    assert app.button(key="run_delete").disabled
    assert app.button(key="run_rename").disabled
    assert app.text_input(key="run_name_vae-20d").value == "my-vae-20d"
    app.button(key="run_copy").click().run()
    assert "my-vae-20d is a copy of vae-20d." in texts(app)
    assert "vae-20d" in headings(app)  # still chosen, though the copy stands above it
    app.button(key="run_copy").click().run()
    assert "There is a run called 'my-vae-20d' already" in texts(app)
    choose(app, row_of(app, "my-vae-20d"))
    assert not app.button(key="run_delete").disabled
    app.button(key="run_delete").click().run()
    assert sorted(names()) == sorted(PAIRS)


def test_a_note_is_written_shown_in_the_table_and_removed(copies: Path) -> None:
    app = open_page(PAGE)
    assert "note" not in app.dataframe[0].value  # there is none, and it would be an empty column
    choose(app, row_of(app, "vae-20d"))
    app.text_input(key="run_note_vae-20d").set_value("the one for the lecture").run()
    assert "The note on vae-20d is kept." in texts(app)
    assert load("vae-20d").note == "the one for the lecture"
    table = app.dataframe[0].value.set_index("name")
    assert table["note"].to_dict() == dict.fromkeys(PAIRS, "") | {"vae-20d": "the one for the lecture"}
    app.text_input(key="run_note_vae-20d").set_value("").run()
    assert "The note on vae-20d is removed." in texts(app)
    assert load("vae-20d").note == ""


def test_own_runs_come_first_the_newest_at_the_top_and_no_cell_says_none(copies: Path) -> None:
    own_copy(copies, "ae-2d", "older")
    own_copy(copies, "ae-2d", "newer", "2026-02-01T00:00:00+00:00")
    app = open_page(PAGE)
    shown = ["newer", "older", "ae-2d", "vae-2d", "ae-20d", "vae-20d"]
    table = app.dataframe[0].value
    assert table["name"].tolist() == shown
    assert table["created"].is_monotonic_decreasing or table["created"].iloc[0] > table["created"].iloc[1]
    assert app.dataframe[0].proto.placeholder == "–"
    assert all(kind.kind in "ifM" for name, kind in table.dtypes.items() if name not in ("name", "model"))
    assert app.selectbox(key="ae").options == ["newer", "older", "ae-2d", "ae-20d"]
    assert app.selectbox(key="ae").value == "ae-2d"
    assert "active units" not in table
    app.toggle(key="runs_columns").set_value(True).run()
    assert {"active units", "likelihood", "seed"} <= set(app.dataframe[0].value)


def test_a_ladder_is_one_row_that_opens_with_its_runs_by_rising_beta(copies: Path) -> None:
    for name in LADDER:
        shutil.copytree(SHIPPED / name, copies / name)
    app = open_page(PAGE)
    assert sorted(app.dataframe[0].value["name"]) == sorted(PAIRS)
    assert [one.label for one in app.expander if one.label.startswith("ladder")] == [
        "ladder-vae-2d: 10 runs of latent size 2, β from 0 to 16"
    ]
    app.session_state["runs_ladder_ladder-vae-2d"] = True
    app.run()
    opened = app.dataframe[1].value
    assert opened["name"].tolist() == LADDER
    assert opened["β"].tolist() == [0, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]
    choose(app, row_of(app, "vae-2d"))
    choose(app, 0, table="runs_table_ladder-vae-2d")
    assert f"vae-2d and {LADDER[0]}" in headings(app)  # one of each table
    app.text_input(key="runs_name").set_value("beta0").run()
    assert app.dataframe[0].value["name"].tolist() == [name for name in LADDER if "beta0" in name]


def test_the_chosen_run_stays_chosen_when_a_new_one_comes_above_it(copies: Path) -> None:
    app = open_page(PAGE)
    choose(app, row_of(app, "vae-2d"))
    own_copy(copies, "ae-2d", "new")
    app.run()
    assert app.dataframe[0].value["name"].tolist()[0] == "new"
    assert "vae-2d" in headings(app)
    assert app.session_state["runs_table"]["selection"]["rows"] == [row_of(app, "vae-2d")]


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


def test_a_zip_made_here_is_loaded_under_the_runs_own_name_and_others_are_refused(copies: Path) -> None:
    content = to_zip("vae-2d")
    (copies / "vae-2d").rename(copies / "gone")
    app = open_page(PAGE)
    app.text_input(key="runs_name").set_value("20d").run()
    app.file_uploader[0].upload("run (1).zip", content, "application/zip").run()
    assert not app.exception
    assert "vae-2d was loaded. The filter was cleared, because it would hide this run." in texts(app)
    assert "vae-2d" in app.dataframe[0].value["name"].tolist()
    app.file_uploader[0].upload("run.zip", content, "application/zip").run()
    assert "vae-2d was loaded under the name vae-2d-2, because another run is called vae-2d." in texts(app)
    assert "vae-2d-2" in names()
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "hello")
    app.file_uploader[0].upload("other.zip", other.getvalue(), "application/zip").run()
    assert "other.zip: The archive holds no run: it lacks config.json" in texts(app)
    assert len(names()) == 6


def test_without_runs_it_says_what_to_do(folder: Path) -> None:
    assert "Press **Retrain**" in texts(open_page(PAGE))


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
    assert "It comes with the project: `git checkout checkpoints/ae-2d` brings it back." in texts(app)
    (deletion,) = [button for button in app.button if (button.key or "").startswith("damaged_")]
    deletion.click().run()
    assert "is deleted" in texts(app)
    assert sorted(path.name for path in copies.iterdir()) == [".vae", *sorted(PAIRS)]
