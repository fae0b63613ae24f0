"""The tour as Streamlit runs it: every scene, both predictions and what comes of them, and missing models."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import LADDER, PAIRS, SHIPPED, charts, open_page, texts
from tests.helpers.drawings import draw, seven
from vae.measure.realism import Realism
from vae.measure.recorded import recorded_quality
from vae.storage.checkpoints import load
from vae.ui.frame import pages
from vae.ui.tour import onwards, questions, scenes
from vae.ui.tour.shares import percent

PAGE = pages.TOUR
WRONG = ("landing", 0), ("kl", 0), ("cost", 0)
RIGHT = ("landing", 2), ("kl", 1), ("cost", 2)
SCENE_OF = {"landing": 4, "kl": 5, "cost": 6}
SIZES = "2-D", "20-D", "20-D", "2-D", "10-D", "10-D", "2-D"  # of each scene's models


@pytest.fixture(scope="module")
def _models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tour")
    for name in (*PAIRS, *LADDER):
        shutil.copytree(SHIPPED / name, folder / name)
    return folder


@pytest.fixture
def models(_models: Path, monkeypatch: pytest.MonkeyPatch, realism: Realism) -> Path:
    """The shipped models that the tour is about, with three β of its ladder."""
    monkeypatch.setenv("VAE_CHECKPOINTS", str(_models))
    return _models


def scene(number: int, **parameters: str) -> AppTest:
    return open_page(PAGE, scene=str(number), **parameters)


@pytest.mark.parametrize("number", range(1, len(scenes.SCENES) + 1))
def test_every_scene_asks_its_question_and_shows_a_picture(number: int, models: Path) -> None:
    app = scene(number)
    assert PAGE.question in texts(app)
    assert app.subheader[0].value == scenes.SCENES[number - 1].question
    assert f"{number} of 7" in texts(app)
    assert app.get("plotly_chart") or app.get("bidi_component")
    assert app.button(key="present_back").disabled == (number == 1)
    assert [one.label for one in app.button if one.key == "present_next"] == ["Next"] * (number < 7)
    assert not app.error


def test_a_scene_whose_models_have_another_latent_size_says_so_in_its_first_sentence() -> None:
    before = ""
    for scene, size in zip(scenes.SCENES, SIZES, strict=True):
        first = scene.words.split(". ")[0]
        assert (size in first) or size == before, scene.question
        before = size


@pytest.mark.parametrize("number", [2, 3, 6])
def test_the_titles_of_figures_name_the_latent_size(number: int, models: Path) -> None:
    app = scene(number)
    if number == SCENE_OF["cost"]:
        app.button(key="outcome_cost_0").click().run()
    assert any(SIZES[number - 1] in json.dumps(figure["layout"]) for figure in charts(app))


def test_next_and_back_lead_through_the_scenes_and_the_address_names_them(models: Path) -> None:
    app = open_page(PAGE)
    app.button(key="present_next").click().run()
    app.button(key="present_next").click().run()
    assert app.query_params["scene"] == "3"
    assert app.subheader[0].value == scenes.SCENES[2].question
    app.button(key="present_back").click().run()
    assert app.subheader[0].value == scenes.SCENES[1].question


@pytest.mark.parametrize("asked", ["0", "8", "-1", "two", "inf", "", "٣", "1.5", "07"])
def test_an_address_that_names_no_scene_opens_the_first(asked: str, models: Path) -> None:
    app = open_page(PAGE, scene=asked)
    assert not app.exception
    assert app.subheader[0].value == scenes.SCENES[0].question


@pytest.mark.parametrize(("name", "number"), [*WRONG, *RIGHT])
def test_what_was_predicted_is_answered_with_what_happened(name: str, number: int, models: Path) -> None:
    app = scene(SCENE_OF[name])
    assert "Predict first" in texts(app)
    app.button(key=f"outcome_{name}_{number}").click().run()
    assert not app.exception
    assert "Predict first" not in texts(app)
    (answer,) = [one.value for one in (*app.success, *app.info)]
    if (name, number) in RIGHT:
        assert answer.startswith("**You were right")
        assert app.success
    else:
        assert "It was “" in answer
    for said in measured(name, models):
        assert said in answer


def measured(name: str, models: Path) -> list[str]:
    """What the answer to a prediction says of the models' own records."""
    if name == "cost":
        losses = [load(run).metric("test_reconstruction") for run in (LADDER[0], LADDER[-1])]
        return [f"from {losses[0]:.0f} to {losses[1]:.0f} nats"]
    if name == "landing":
        return ["98 % of the VAE's codes", "31 % of the AE's"]
    shares, images = realistic(LADDER)
    return [f"Of {images:,} samples", *map(percent, shares)]


def realistic(runs: Sequence[str]) -> tuple[list[float], int]:
    """Each run's recorded share of realistic samples, and how many samples that is of."""
    found = []
    for run in runs:
        quality = recorded_quality(load(run).metrics)
        assert quality is not None
        found.append(quality.samples["prior"]["realistic"])
    return [one.value for one in found], found[0].images


def test_samples_of_the_larger_models_stand_over_their_shares_with_the_number_of_samples(models: Path) -> None:
    app = scene(4)
    assert not app.get("image")
    app.button(key="outcome_landing_2").click().run()
    said = [one.proto.imgs[0].caption for one in app.get("image")]
    shares, images = realistic(("ae-20d", "vae-20d"))
    assert len(said) == 2
    for caption, share in zip(said, shares, strict=True):
        assert f"64 samples. Of {images:,} such samples, {percent(share)} are realistic." in caption
    assert "orange ×" in texts(app)


def test_the_frame_and_the_bars_of_a_strip_are_explained(models: Path) -> None:
    app = scene(2)
    assert "The orange frame holds the least realistic image" in texts(app)
    assert "the probability that it gives this class" in texts(app)
    assert sum("least realistic" in json.dumps(figure["layout"]) for figure in charts(app)) == 2


def test_the_last_scene_leads_on_to_other_pages_with_their_questions(models: Path) -> None:
    app = scene(7)
    links = [one.proto for one in app.main.get("page_link")]
    assert links[0].label == "Next: Latent spaces"
    assert [one.label for one in links[1:]] == [f"**{page.title}**" for page in onwards.PAGES]
    for page in onwards.PAGES:
        assert page.question in texts(app)


def test_another_image_has_another_code(models: Path) -> None:
    app = scene(1)
    before = [one.value for one in app.markdown if "Its code" in one.value]
    app.button(key="tour_others").click().run()
    assert [one.value for one in app.markdown if "Its code" in one.value] != before


def test_both_models_are_taken_through_the_same_two_images(models: Path) -> None:
    app = scene(3)
    assert len(charts(app)) == 4
    shares = [one.value for one in app.markdown if "random pairs of images" in one.value]
    assert [said.split(":")[0] for said in shares] == ["**AE", "**VAE"]


def test_a_drawn_digit_gets_a_star_on_both_maps_and_the_questions_have_answers(models: Path) -> None:
    app = draw(scene(7), seven())
    (figure,) = charts(app)
    assert [trace["name"] for trace in figure["data"]].count("your digit") == 2
    assert [one.label for one in app.expander if one.label in questions.QUESTIONS] == list(questions.QUESTIONS)


@pytest.mark.parametrize(("number", "missing"), [(1, "ae-2d"), (4, "vae-20d"), (5, "ladder-vae-10d-beta")])
def test_a_scene_without_its_models_says_which_and_what_to_do(number: int, missing: str, copies: Path) -> None:
    for folder in copies.glob(f"{missing}*"):
        shutil.rmtree(folder)
    app = scene(number)
    (said,) = [one.value for one in app.info]
    assert missing in said
    assert "bring them back on the page Runs" in said
    assert not app.get("plotly_chart")


def test_a_presented_scene_has_its_question_as_the_title_and_no_other_words(models: Path) -> None:
    app = scene(2, present="1")
    assert app.title[0].value == scenes.SCENES[1].question
    assert not app.subheader or app.subheader[0].value == "Retrain"
    app.button(key="present_next").click().run()
    assert app.query_params["present"] == "1"
    assert app.title[0].value == scenes.SCENES[2].question
    app.button(key="present_leave").click().run()
    assert "present" not in app.query_params
    assert app.title[0].value == "Tour"
