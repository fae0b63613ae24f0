"""The data set at the top of the sidebar: models, form and pages follow it, and so does the address."""

import json
import shutil
from pathlib import Path

import pytest

from tests.helpers.app import open_page, texts
from vae.data.imported.about import About, write_about
from vae.data.preparation.settings import Preparation
from vae.jobs.job import Job, Run
from vae.storage.files import write_json
from vae.training.config import TrainConfig
from vae.ui.frame import data_set, pages, retrain
from vae.ui.shared import server

pytestmark = pytest.mark.usefixtures("fresh")
OTHER = {"ae-2d": "my-ae", "vae-2d": "my-vae", "vae-20d": "large"}  # runs of KMNIST, made of these


def on(dataset: str, folder: Path, names: dict[str, str]) -> None:
    """Copies of runs, in other settings' words trained on another data set."""
    for name, copy in names.items():
        shutil.copytree(folder / name, folder / copy)
        content = json.loads((folder / copy / "config.json").read_text())
        content["settings"]["dataset"] = dataset
        write_json(folder / copy / "config.json", content)


@pytest.fixture
def two_sets(copies: Path) -> Path:
    on("kmnist", copies, OTHER)
    return copies


def bring(folder: Path, name: str, title: str, shape: tuple[int, int, int] = (1, 28, 28)) -> None:
    about = About(name, title, "A folder", shape, 20, 0, 5, ("a", "b"), True, "0" * 64, Preparation(), None, (), "2026")
    (folder / name).mkdir(parents=True)
    write_about(folder / name, about)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of imported sets, whose names runs may have."""
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path / "imported"))
    return tmp_path / "imported"


def test_models_form_and_runs_follow_the_set_and_it_is_found_again_as_it_was_left(two_sets: Path) -> None:
    app = open_page(pages.RUNS, vae="vae-20d")
    images = app.sidebar.selectbox[0]
    assert (images.key, images.label, images.value, images.options[0]) == ("dataset", "Images", "mnist", "MNIST")
    assert app.selectbox(key="vae").options == ["vae-2d", "vae-20d"]
    images.set_value("kmnist").run()
    assert app.selectbox(key="ae").options == ["my-ae"]
    assert sorted(app.selectbox(key="vae").options) == ["large", "my-vae"]
    assert sorted(app.dataframe[0].value["name"]) == ["large", "my-ae", "my-vae"]
    assert "deleted or renamed" not in texts(app)
    app.selectbox(key="vae").set_value("large").run()
    assert (app.number_input(key="latent").value, app.toggle(key="ae_too").value) == (20, False)
    app.selectbox(key="dataset").set_value("mnist").run()
    assert app.selectbox(key="vae").value == "vae-20d"
    app.selectbox(key="dataset").set_value("kmnist").run()
    assert (app.selectbox(key="ae").value, app.selectbox(key="vae").value) == ("my-ae", "large")
    assert app.query_params["dataset"] == "KMNIST"


def test_the_set_survives_a_change_of_page_and_a_reload(two_sets: Path) -> None:
    app = open_page(pages.RUNS, dataset="KMNIST", vae="large")
    for page in (pages.BETA_TRANSLATOR, pages.TRAINING):
        app.switch_page(page.path).run()
        app.run()
        assert app.selectbox(key="dataset").value == "kmnist"
        assert app.session_state["vae"] == "large"
        again = open_page(page, **{key: app.query_params[key] for key in app.query_params})
        assert (again.selectbox(key="dataset").value, again.session_state["vae"]) == ("kmnist", "large")
    assert app.multiselect(key="curves").value == ["my-ae", "large"]


@pytest.mark.parametrize("page", [pages.RUNS, pages.BETA_TRANSLATOR], ids=lambda page: page.title)
def test_a_link_to_a_run_of_another_set_opens_that_set(page: pages.Page, two_sets: Path) -> None:
    app = open_page(page, vae="my-vae", beta="3.5")
    assert app.selectbox(key="dataset").value == "kmnist"
    assert app.session_state["vae"] == "my-vae"
    assert app.session_state["ae"] == "my-ae"
    assert app.select_slider(key="beta").value == 3.5
    app.run()
    assert (app.query_params["dataset"], app.query_params["vae"], app.query_params["beta"]) == (
        "KMNIST",
        "my-vae",
        "3.5",
    )


def test_a_link_may_name_the_set_by_its_name(two_sets: Path) -> None:
    app = open_page(pages.RUNS, dataset="kmnist")
    assert app.selectbox(key="dataset").value == "kmnist"
    assert open_page(pages.RUNS, dataset="nonsense").selectbox(key="dataset").value == "mnist"


def test_a_set_without_models_says_what_to_press_and_retrain_makes_a_pair(
    two_sets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TrainConfig] = []
    monkeypatch.setattr(retrain, "submit", lambda plan: asked.extend(plan.configs))
    app = open_page(pages.RUNS, vae="vae-20d")
    app.selectbox(key="dataset").set_value("fashion-mnist").run()
    assert app.toggle(key="ae_too").value
    assert "There is no run of Fashion-MNIST yet" in texts(app)
    app.button(key="retrain").click().run()
    assert [(one.model, one.dataset) for one in asked] == [("vae", "fashion-mnist"), ("ae", "fashion-mnist")]
    for page in (pages.LATENT_SPACES, pages.EDIT_A_CODE):
        app = open_page(page, dataset="Fashion-MNIST")
        assert "There is no model of Fashion-MNIST yet. Press **Retrain**" in texts(app)
        assert app.toggle(key="ae_too").value
    app = open_page(pages.DIGITS_ON_DEMAND, dataset="KMNIST")
    assert "There is no ClassifierVAE" in texts(app)
    assert not app.toggle(key="ae_too").value


def test_imported_sets_are_listed_by_titles_that_differ(copies: Path, own: Path) -> None:
    bring(own, "garments", "My clothes")
    bring(own, "pets", "My clothes")
    on("garments", copies, {"vae-2d": "shirts"})
    app = open_page(pages.RUNS, dataset="My clothes (garments)")
    assert app.selectbox(key="dataset").options[-2:] == ["My clothes (garments)", "My clothes (pets)"]
    assert app.selectbox(key="dataset").value == "garments"
    assert "not on this machine" not in texts(app)


def test_a_set_that_runs_name_but_that_is_not_here_is_listed_with_what_to_do(copies: Path, own: Path) -> None:
    on("gone", copies, {"vae-2d": "orphan"})
    app = open_page(pages.RUNS, vae="orphan")
    assert app.selectbox(key="dataset").options[-1] == "gone (not on this machine)"
    assert "There are no images called 'gone' on this machine; import them again with" in texts(app)
    assert "python -m vae import PATH --name gone" in texts(app)
    assert app.dataframe[0].value["name"].tolist() == ["orphan"]
    assert "is not known before gone is imported" in texts(app)


def test_a_set_that_is_deleted_elsewhere_gives_way_with_a_sentence(copies: Path, own: Path) -> None:
    bring(own, "garments", "My clothes")
    app = open_page(pages.RUNS, dataset="My clothes")
    shutil.rmtree(own / "garments")
    app.run()
    assert "The images garments were deleted; MNIST is shown in their place." in texts(app)
    assert (app.selectbox(key="dataset").value, app.selectbox(key="vae").value) == ("mnist", "vae-2d")


def test_a_run_that_ends_while_another_set_is_chosen_is_compared_when_its_set_is_chosen(
    two_sets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(TrainConfig(dataset="kmnist", steps=1), "large", history=[{"epoch": 1.0}])
    monkeypatch.setattr(server.trainer(), "find", lambda job_id: Job("ended", [run], state="done") if job_id else None)
    app = open_page(pages.RUNS, run="ended")
    assert (app.selectbox(key="dataset").value, app.selectbox(key="vae").value) == ("mnist", "vae-2d")
    assert "large was trained and measured" in texts(app)
    app.selectbox(key="dataset").set_value("kmnist").run()
    assert app.selectbox(key="vae").value == "large"


def test_a_set_is_here_if_it_is_imported_or_downloaded(own: Path) -> None:
    bring(own, "garments", "My clothes")
    assert [data_set.is_here(name) for name in ("mnist", "garments", "pets")] == [True, True, False]


def test_the_first_models_of_large_images_get_more_time_and_later_ones_do_not(copies: Path, own: Path) -> None:
    bring(own, "large", "Large", (3, 64, 64))
    app = open_page(pages.RUNS, dataset="Large")
    assert app.number_input(key="seconds").value == retrain.CONV_SECONDS
    app.selectbox(key="dataset").set_value("mnist").run()
    assert app.number_input(key="seconds").value == 10
    app.selectbox(key="model").set_value("classifier-vae")
    app.selectbox(key="dataset").set_value("large").run()
    assert app.number_input(key="seconds").value == retrain.CONV_SECONDS
    assert app.selectbox(key="model").value == "vae"
    app.number_input(key="seconds").set_value(30).run()
    app.selectbox(key="dataset").set_value("mnist").run()
    assert app.number_input(key="seconds").value == 30


def test_runs_of_other_images_with_the_name_of_the_set_are_not_built_upon(
    copies: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TrainConfig] = []
    monkeypatch.setattr(retrain, "submit", lambda plan: asked.extend(plan.configs))
    bring(own, "garments", "Garments")
    on("garments", copies, {"vae-2d": "shirts"})
    app = open_page(pages.RUNS, dataset="Garments")
    assert "is not compared with shirts, which was trained on other images of this name" in texts(app)
    app.select_slider(key="beta").set_value(4.0).run()
    app.button(key="retrain").click().run()
    assert [(one.start, one.beta) for one in asked if one.model == "vae"] == [("", 4.0)]


def test_the_example_that_is_deleted_while_it_is_chosen_gives_way(copies: Path, own: Path) -> None:
    bring(own, "clothes", "Clothes")
    app = open_page(pages.YOUR_IMAGES, dataset="Clothes")
    app.button(key="own_delete_clothes").click().run()
    app.button(key="own_delete_clothes").click().run()
    assert not app.exception
    assert (app.selectbox(key="dataset").value, app.session_state["vae"]) == ("mnist", "vae-2d")
    assert not (own / "clothes").exists()
