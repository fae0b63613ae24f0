"""Your images: from an upload to the first pair, with stand-ins of readers, preparation and import."""

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import charts, open_page, texts
from vae.data.imported.about import About, read_about, write_about
from vae.data.names import BUILT_IN
from vae.data.preparation.settings import Preparation
from vae.data.readers.collection import Collection, ReaderError, UnreadableImageError
from vae.data.readers.files import Options
from vae.jobs.importer import Importer, Order
from vae.training import config
from vae.training.config import TrainConfig
from vae.ui.frame import pages, retrain
from vae.ui.own import brought, source
from vae.ui.shared import server

PAGE = pages.YOUR_IMAGES
COUNT = 30


class Opened:
    """A source whose name and path tell the reader below what to find in it."""

    remarks = ("2 hidden files were left out.",)

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise ReaderError(f"There is no file or folder {path}; look at the path again.")
        self.name, self.path = path.name, path
        self.sizes = {"cats/1.png": 100}
        self.closed = False

    def close(self) -> None:
        self.closed = True


def read(rows: Sequence[int]) -> Iterator[np.ndarray | UnreadableImageError]:
    for row in rows:
        grey = np.full((20, 30), 8 * row, np.uint8)
        yield UnreadableImageError("cats/3.png is cut short.") if row == 3 else grey


def collect(files: Opened, options: Options) -> Collection:
    if files.path.read_bytes() == b"nothing":
        raise ReaderError(f"{files.name} holds no images.")
    names = ("cat", "dog") if not options.label_pattern else (options.label_pattern,)
    return Collection(
        "Pictures in folders, of which each is a class.", COUNT, read, np.arange(COUNT) % len(names), names
    )


def steps(stored: np.ndarray, preparation: Preparation, name: str) -> list[tuple[str, np.ndarray]]:
    shown = np.zeros((preparation.height, preparation.width), np.uint8)
    return [("Decoded", stored), ("Inverted" if preparation.invert else "Resized", shown)]


def look(collection: Collection, preparation: Preparation, most: int) -> SimpleNamespace:
    return SimpleNamespace(
        looked_at=most,
        count=collection.count,
        histogram=np.arange(256),
        mean_image=np.zeros(preparation.image_shape, np.uint8),
        class_counts=dict.fromkeys(collection.class_names, 15),
        copies=4,
        leaked=0,
        warnings=("3 of 30 images are all black.",),
    )


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    suggested = Preparation(16, 24, fit="crop"), ("Images are 20 × 30 pixels.",)
    for name, module in {
        "vae.data.readers.recognise": SimpleNamespace(open_source=Opened, collect=collect),
        "vae.data.preparation.suggest": SimpleNamespace(
            suggest=lambda collection: suggested, sample_rows=lambda count, most: list(range(min(count, most)))
        ),
        "vae.data.preparation.steps": SimpleNamespace(steps=steps),
        "vae.data.imported.look": SimpleNamespace(look_at_sample=look),
    }.items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def own(shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of imported sets, whose names runs may have."""
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path / "imported"))
    monkeypatch.setitem(config.CHOICES, "dataset", (*BUILT_IN, "pets"))
    return tmp_path / "imported"


def put(order: Order, folder: Path) -> None:
    about = About(
        order.name,
        order.title,
        "Pictures in folders.",
        order.preparation.image_shape,
        24,
        0,
        6,
        ("cat", "dog"),
        True,
        "0" * 64,
        order.preparation,
        order.split,
        (),
        "2026-01-01T00:00:00+00:00",
    )
    (folder / order.name).mkdir(parents=True)
    write_about(folder / order.name, about)


@pytest.fixture
def orders(own: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Order]]:
    """The orders of all imports, which an importer without a process carries out at once."""
    found: list[Order] = []

    def follow(made: Importer, one: Any) -> str:
        found.append(one.order)
        assert Path(one.order.path).exists()
        if one.order.title == "Broken":
            return "pets.zip is damaged."
        put(one.order, own)
        one.kept, one.said = True, "The judge reads 91.0% of the test images right."
        return ""

    monkeypatch.setattr(Importer, "_follow", follow)
    server.importer.clear()
    yield found
    server.importer.clear()


def upload(app: AppTest, *files: tuple[str, bytes]) -> None:
    for name, content in files:
        app.file_uploader[0].upload(name, content, "application/octet-stream")
    app.run()
    assert not app.exception


def finish(app: AppTest) -> None:
    one = server.importer().latest
    assert one is not None
    for _ in range(600):
        if one.ended:
            break
        time.sleep(0.05)
    app.run()
    assert not app.exception


def test_images_are_seen_as_the_model_sees_them_imported_and_trained_on(
    orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TrainConfig] = []
    monkeypatch.setattr(retrain, "submit", lambda plan: asked.extend(plan.configs))
    app = open_page(PAGE)
    assert "Nothing is imported yet" in texts(app)
    upload(app, ("Pets.zip", b"pictures"))
    told = texts(app)
    assert "**Pets.zip** · Pictures in folders, of which each is a class. · **30 images** · 2 classes" in told
    for sentence in ("2 hidden files were left out", "Images are 20 × 30", "3 of 30 images are all black"):
        assert sentence in told
    assert "cats/3.png is cut short" in told
    assert (app.number_input(key="own_height").value, app.number_input(key="own_width").value) == (16, 24)
    assert app.selectbox(key="own_fit").value == "crop"
    assert [list(chart["data"][0]["customdata"]) for chart in charts(app)[1:]] == [["cat", "dog"]]
    app.toggle(key="own_invert").set_value(True)
    app.number_input(key="own_test").set_value(20).run()
    app.switch_page(pages.RUNS.path).run()
    app.switch_page(PAGE.path).run()
    assert app.toggle(key="own_invert").value  # it is as it was left
    app.text_input(key="own_title").set_value("Pets").run()
    app.button(key="own_import").click().run()
    finish(app)
    (order,) = orders
    assert (order.name, order.title, order.preparation.invert, order.split.test) == ("pets", "Pets", True, 0.2)
    assert order.preparation.image_shape == (1, 16, 24)
    assert "Pets is imported. The judge reads 91.0% of the test images right." in texts(app)
    assert brought.KEY not in app.session_state
    app.button(key="own_train").click().run()
    assert not app.exception
    assert app.selectbox(key="dataset").value == "pets"
    assert [(one.model, one.dataset) for one in asked] == [("vae", "pets"), ("ae", "pets")]


def test_no_set_gets_the_name_of_the_example_or_one_that_runs_mention(
    orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.ui.own.sets.runs_on", lambda name: ["old"] if name == "pets" else [])
    app = open_page(PAGE)
    upload(app, ("pets.zip", b"pictures"))
    assert "Runs and commands will call it `pets-2`." in texts(app)
    app.text_input(key="own_title").set_value("Clothes").run()
    app.button(key="own_import").click().run()
    finish(app)
    (order,) = orders
    assert order.name.endswith("clothes-2") or order.name == "own-clothes"


def test_other_files_are_not_read_as_those_before(orders: list[Order]) -> None:
    app = open_page(PAGE)
    upload(app, ("pets.zip", b"pictures"))
    app.text_input(key="own_label_pattern").set_value("{label}_*").run()
    upload(app, ("cats.zip", b"pictures"))
    assert app.text_input(key="own_label_pattern").value == ""
    assert "**30 images** · 2 classes" in texts(app)


def test_what_cannot_be_read_is_a_sentence_and_what_was_there_stays(orders: list[Order]) -> None:
    app = open_page(PAGE)
    upload(app, ("pets.zip", b"pictures"))
    upload(app, ("notes.zip", b"nothing"))
    assert "notes.zip holds no images." in texts(app)
    assert "**pets.zip**" in texts(app)
    app.text_input(key="own_title").set_value("Broken")
    app.button(key="own_import").click().run()
    finish(app)
    assert "pets.zip is damaged." in texts(app)
    assert "**pets.zip**" in texts(app)
    app.number_input(key="own_low").set_value(300.0).run()
    assert "below high, not 300 and 255." in texts(app)
    assert not [button for button in app.button if button.key == "own_import"]


def test_a_pattern_reads_the_same_files_again(orders: list[Order]) -> None:
    app = open_page(PAGE)
    upload(app, ("pets.zip", b"pictures"))
    app.text_input(key="own_label_pattern").set_value("{label}_*").run()
    assert "**30 images** · 1 class" in texts(app)
    assert app.session_state[brought.KEY].options == Options(label_pattern="{label}_*")


def test_several_files_are_kept_together_and_go_with_the_session(orders: list[Order]) -> None:
    app = open_page(PAGE)
    upload(app, ("a.bin", b"pictures"))
    kept = app.session_state[brought.KEY].path
    assert kept.exists()
    upload(app, ("b.bin", b"pictures"))
    assert not kept.exists()
    second = app.session_state[brought.KEY]
    del app.session_state[brought.KEY]
    folder = second.path.parent
    assert folder.exists()
    second.uploads.close()
    assert not folder.exists()


def test_a_path_is_asked_for_only_where_the_browser_is_on_this_computer(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [box for box in open_page(PAGE).text_input if box.key == "own_path"]
    monkeypatch.setattr(source, "is_on_this_computer", lambda: True)
    app = open_page(PAGE)
    app.text_input(key="own_path").set_value(str(tmp_path / "gone")).run()
    assert "There is no file or folder" in texts(app)
    app.text_input(key="own_path").set_value("~nobody-of-this-name/pets").run()
    assert not app.exception
    assert app.error
    (tmp_path / "pets.bin").write_bytes(b"pictures")
    app.text_input(key="own_path").set_value(str(tmp_path / "pets.bin")).run()
    assert "**pets.bin**" in texts(app)
    assert app.text_input(key="own_title").value == "pets"


@pytest.mark.parametrize(
    ("host", "more", "here"),
    [
        ("localhost:8501", {}, True),
        ("[::1]:8501", {}, True),
        ("example.org:8501", {}, False),
        ("localhost:8501", {"X-Forwarded-For": "10.0.0.7"}, False),
        ("", {}, False),
    ],
)
def test_a_browser_is_on_this_computer_if_it_says_so_and_nobody_hands_it_over(
    host: str, more: dict[str, str], here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = SimpleNamespace(headers={"Host": host} | more, ip_address=None)
    monkeypatch.setattr(source.st, "context", context)
    assert source.is_on_this_computer() is here


def test_a_set_is_renamed_and_deleted_with_the_runs_that_need_it_named(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "imported"
    monkeypatch.setenv("VAE_IMPORTED", str(own))
    put(Order("", Options(), Preparation(), None, "pets", "Pets"), own)  # type: ignore[arg-type]
    monkeypatch.setattr("vae.ui.own.sets.runs_on", lambda name: ["pets-vae", "pets-ae"])
    app = open_page(PAGE)
    assert "**Pets** · 30 images (24 training, 6 test) · 28 × 28 pixels, grey · 2 classes" in texts(app)
    assert "of at most 10 GB" in texts(app)
    assert "Runs and commands call it `pets`." in texts(app)
    app.text_input(key="own_title_pets").set_value("My pets")
    app.button(key="own_rename_pets").click().run()
    assert read_about("pets").title == "My pets"
    assert "My pets" in app.selectbox(key="dataset").options
    app.selectbox(key="dataset").set_value("pets").run()
    app.button(key="own_delete_pets").click().run()
    assert "pets-vae, pets-ae were trained on this set and cannot be shown without it" in texts(app)
    assert app.button(key="own_delete_pets").label == "Delete anyway"
    assert (own / "pets").exists()
    app.button(key="own_delete_pets").click().run()
    assert not app.exception
    assert not (own / "pets").exists()
    assert "My pets is deleted." in texts(app)
    assert app.selectbox(key="dataset").value == "mnist"


def test_a_damaged_set_is_deleted_under_the_name_that_its_message_gives(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "imported"
    monkeypatch.setenv("VAE_IMPORTED", str(own))
    (own / "pets").mkdir(parents=True)
    (own / "pets" / "about.json").write_text("[]")
    app = open_page(PAGE)
    assert "**pets** cannot be used." in texts(app)
    assert "The images called 'pets' are damaged" in texts(app)
    app.button(key="own_delete_pets").click().run()
    app.button(key="own_delete_pets").click().run()
    assert not app.exception
    assert not (own / "pets").exists()
