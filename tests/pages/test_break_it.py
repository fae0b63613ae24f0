"""Break it: each mistake beside the right model with its measured symptom, and the runs that the page trains."""

import re
import shutil
import time
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import SHIPPED, open_page, texts
from vae.jobs.job import Job
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.mistakes import SHIPPED_MISTAKES, again_name, shipped_name
from vae.training.config import MISTAKES
from vae.ui.frame import pages
from vae.ui.mistakes import sides
from vae.ui.mistakes.lessons import LESSONS
from vae.ui.shared import server

PAGE = pages.BREAK_IT
LADDER = ("ladder-vae-10d-beta1-seed0", "ladder-vae-10d-beta16-seed0")
BASE = ("ae-2d", "vae-2d")


# The number that tells, and how the wrong one compares with the right one.
SYMPTOMS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "mean": ("KL", lambda wrong, right: wrong < 0.05 < 10 < right),
    "no-noise": ("σ of the posteriors", lambda wrong, right: wrong > 0.9 > 0.6 > right),
    "at-mean": ("−ELBO", lambda wrong, right: wrong < right - 1),
    "no-half": ("−ELBO", lambda wrong, right: wrong > right + 1),
    "kl-sign": ("KL", lambda wrong, right: wrong > 100 * right),
    "beta": ("Reconstruction loss", lambda wrong, right: wrong > right + 20),
    "ae": ("Realistic, of 10,000 samples", lambda wrong, right: wrong < right - 20),
}


def copy(folder: Path, *names: str) -> None:
    for name in names:
        shutil.copytree(SHIPPED / name, folder / name)


@pytest.fixture(scope="module")
def _all_sides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sides")
    copy(folder, *BASE, "ae-20d", "vae-20d", *LADDER, *SHIPPED_MISTAKES)
    return folder


@pytest.fixture
def all_sides(_all_sides: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped models of every mistake, which tests share and leave as they are."""
    monkeypatch.setenv("VAE_CHECKPOINTS", str(_all_sides))
    return _all_sides


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of thirty steps."""
    monkeypatch.setattr(sides, "RECIPE", replace(sides.RECIPE, epochs=None, steps=30, hidden=(16,)))


def numbers(app: AppTest) -> dict[str, tuple[float, float, str]]:
    """The rows of the table: the wrong number, the right one, and the difference, by the number's name."""
    rows = app.dataframe[0].value.to_numpy().tolist()

    def read(text: str) -> float:
        mantissa, _, power = text.replace(",", "").replace("%", "").partition(" × 10")
        return float(mantissa) * 10 ** int(unicodedata.normalize("NFKC", power) or 0)

    return {row[0]: (read(row[1]), read(row[2]), row[3]) for row in rows}


def wait(app: AppTest) -> Job:
    job = server.trainer().jobs[-1]
    for _ in range(1_200):
        if job.ended:
            app.run()
            assert not app.exception
            return job
        time.sleep(0.1)
    raise AssertionError("the run was not finished within two minutes")


@pytest.mark.parametrize("key", LESSONS)
def test_each_mistake_stands_beside_the_right_model_with_its_symptom(key: str, all_sides: Path) -> None:
    app = open_page(PAGE, mistake=key)
    lesson, said = LESSONS[key], texts(app)
    assert app.segmented_control(key="mistake").value == key
    assert not app.error
    assert all(f"**{side}**" in said for side in lesson.sides)
    assert len(app.get("imgs") or app.get("image")) == (2 if key == "at-mean" else 4)
    assert [line[0] for line in app.code[0].value.splitlines() if line[0] in "+-"] == ["-", "+"]
    assert app.code[0].language == "diff"
    assert "**In your own program.**" in said
    assert not re.search(r"{\w+(:[^}]*)?}", said)
    assert "(difference " in said
    assert "[" in next(iter(row[2] for row in numbers(app).values() if row[2] != "–"))
    assert bool([button for button in app.button if button.key == "mistake_train"]) == (key in MISTAKES)
    number, tells = SYMPTOMS[key]
    wrong, right, difference = numbers(app)[number]
    assert tells(wrong, right)
    assert difference.startswith("+" if wrong > right else "−")


@pytest.mark.parametrize("asked", ["MEAN", "x" * 300])
def test_an_address_that_names_no_mistake_opens_the_first(asked: str, all_sides: Path) -> None:
    assert open_page(PAGE, mistake=asked).segmented_control(key="mistake").value == "mean"


def test_the_address_follows_the_choice(all_sides: Path) -> None:
    app = open_page(PAGE)
    app.segmented_control(key="mistake").set_value("no-half").run()
    assert app.query_params["mistake"] in ("no-half", ["no-half"])
    assert "The factor ½" in texts(app)


def test_a_large_beta_goes_into_the_form(all_sides: Path) -> None:
    app = open_page(PAGE, mistake="beta")
    app.button(key="mistake_beta").click().run()
    assert app.session_state["beta"] == 16
    assert not app.exception


def test_no_list_of_models_has_them(all_sides: Path) -> None:
    app = open_page(pages.LATENT_SPACES, vae=shipped_name("mean"))
    assert not [name for name in app.selectbox(key="vae").options if name.startswith("mistake")]
    assert app.selectbox(key="vae").value == "vae-2d"
    table = open_page(pages.RUNS).dataframe[0].value
    assert not [name for name in table["name"] if name.startswith("mistake")]


@pytest.mark.parametrize("key", ["mean", "at-mean", "ae"])
def test_a_missing_model_is_named_and_how_to_get_it(key: str, folder: Path) -> None:
    copy(folder, "vae-2d")
    app = open_page(PAGE, mistake=key)
    (said,) = [one.value for one in app.info if "Not among the models here" in one.value]
    if key in MISTAKES:
        assert f"{shipped_name(key)} and {shipped_name('')}" in said
        assert app.button(key="mistake_train").label == "Train both models"
    elif key == "at-mean":
        assert shipped_name("") in said
        assert app.button(key="mistake_train").label == "Train it again"
    else:
        assert "train_all.sh" in said
    assert app.code[0].value


def test_a_damaged_model_is_an_error_in_words(folder: Path) -> None:
    copy(folder, *BASE, *SHIPPED_MISTAKES)
    weights = folder / shipped_name("mean") / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-4000:] = b"\xff" * 4000  # not finite, behind a sound header
    weights.write_bytes(bytes(content))
    app = open_page(PAGE, mistake="mean")
    assert any("not finite" in error.value for error in app.error)
    assert app.button(key="mistake_train")


def test_a_mistake_is_trained_again_and_shown_and_compared_with_nothing_else(folder: Path, brief: None) -> None:
    copy(folder, *BASE, *SHIPPED_MISTAKES)
    app = open_page(PAGE, mistake="no-half")
    app.button(key="mistake_train").click().run()
    assert not app.exception
    job = wait(app)
    assert (job.state, job.names) == ("done", [again_name("no-half")])
    assert load(again_name("no-half")).config.mistake == "no-half"
    assert f"({again_name('no-half')})" in texts(app)
    assert "was trained here in" in texts(app)
    assert (app.session_state["vae"], app.session_state["run"]) == ("vae-2d", "")
    assert len([run for run in list_checkpoints()[0] if run.config.mistake == "no-half"]) == 2
    # Another session sees the shipped one.
    assert f"({shipped_name('no-half')})" in texts(open_page(PAGE, mistake="no-half"))
    assert again_name("no-half") not in open_page(pages.LATENT_SPACES).selectbox(key="vae").options
    # A second press takes the place of the first.
    app.button(key="mistake_train").click().run()
    assert not app.exception
    server.trainer().cancel(server.trainer().jobs[-1])
    assert wait(app).names == [again_name("no-half")]
    assert f"({shipped_name('no-half')})" in texts(app)


def test_where_the_right_model_is_missing_both_are_trained(folder: Path, brief: None) -> None:
    copy(folder, *BASE)
    app = open_page(PAGE, mistake="mean")
    app.button(key="mistake_train").click().run()
    assert wait(app).names == [again_name("mean"), again_name("")]
    said = texts(app)
    assert f"({again_name('mean')})" in said
    assert f"({again_name('')})" in said
    assert app.button(key="mistake_train").label == "Train it again"


def test_a_run_is_seen_as_it_comes_along_by_everybody_and_cancelled_by_who_asked(folder: Path) -> None:
    copy(folder, *BASE, *SHIPPED_MISTAKES)
    app = open_page(PAGE, mistake="mean")
    app.button(key="mistake_train").click().run()
    job = server.trainer().jobs[-1]
    for _ in range(600):
        if job.runs[0].seen:
            break
        time.sleep(0.05)
    app.run()
    assert not app.exception
    assert not [button for button in app.button if button.key == "mistake_train"]
    other = open_page(PAGE, mistake="mean")
    assert not other.exception
    app.button(key="mistake_cancel").click().run()
    assert wait(app).state == "cancelled"
    assert "was cancelled" in texts(app)
    assert f"({shipped_name('mean')})" in texts(app)
    assert app.session_state["vae"] == "vae-2d"
