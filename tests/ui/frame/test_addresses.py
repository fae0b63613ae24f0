"""Any address: whatever its parameters hold, every page opens, with the defaults of what cannot be used."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.helpers.addresses import (
    DOUBTFUL,
    OF_STATE,
    PARAMETERS,
    UNUSABLE,
    VIEWS,
    bound_in_sources,
    bound_widgets,
)
from tests.helpers.app import MODELS, SHIPPED, open_page
from tests.helpers.fuzzing import fuzzed
from vae.measure.realism import Realism
from vae.ui.frame import pages
from vae.ui.frame.pages import Page

pytestmark = pytest.mark.usefixtures("fresh", "brief")
LIGHT = (pages.BETA_TRANSLATOR, pages.TRAVERSAL, pages.TWO_IMAGES)


@pytest.fixture(scope="module")
def _everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("everything")
    for name in (*MODELS, *(path.name for path in SHIPPED.glob("ladder-vae-2d-*")), "every-vae-2d"):
        shutil.copytree(SHIPPED / name, folder / name)
    return folder


@pytest.fixture
def everything(_everything: Path, monkeypatch: pytest.MonkeyPatch, realism: Realism) -> Path:
    """A folder of the shipped models and a ladder, so that every page has something to show."""
    monkeypatch.setenv("VAE_CHECKPOINTS", str(_everything))
    return _everything


def usual(page: Page, view: dict[str, str]) -> dict[str, Any]:
    """The values of a page's bound widgets that come without anything else in the address, but for a typed text."""
    return {key: value for key, value in bound_widgets(open_page(page, **view)).items() if key != "path_images"}


def assert_usual(page: Page, view: dict[str, str], value: Any) -> None:
    """Assert that a page opens as usual where every other parameter there is, and an unknown one, has a value."""
    app = open_page(page, **dict.fromkeys((*PARAMETERS, "run", "before", "unknown"), value) | view)
    found = bound_widgets(app)
    defaults = usual(page, view)
    assert {key: found.get(key) for key in defaults} == defaults
    assert {key: app.query_params.get(key) for key in view} == view


@pytest.mark.parametrize("page", LIGHT, ids=lambda page: page.title)
@pytest.mark.parametrize("value", ["infinite", "empty", "very long"])
def test_what_no_widget_can_hold_gives_way_to_the_defaults(page: Page, value: str, shipped: Path) -> None:
    assert_usual(page, VIEWS[page][0], UNUSABLE[value])


@pytest.mark.slow
@pytest.mark.parametrize("page", VIEWS, ids=lambda page: page.title)
@pytest.mark.parametrize("value", UNUSABLE)
def test_what_no_widget_can_hold_gives_way_to_the_defaults_of_all_pages(
    page: Page, value: str, everything: Path
) -> None:
    for view in VIEWS[page]:
        assert_usual(page, view, UNUSABLE[value])


@pytest.mark.slow
@pytest.mark.parametrize("page", VIEWS, ids=lambda page: page.title)
@pytest.mark.parametrize("value", DOUBTFUL)
def test_what_some_widgets_can_hold_opens_all_pages(page: Page, value: str, everything: Path) -> None:
    for view in VIEWS[page]:
        open_page(page, **dict.fromkeys(PARAMETERS, DOUBTFUL[value]) | view)


def test_parameters_whose_names_the_sources_do_not_tell_are_known() -> None:
    """Whoever binds a widget with a key of another kind than a text adds its parameter to `PARAMETERS`."""
    assert bound_in_sources()[1] == Counter(
        {
            "pages/33_two_images.py": 1,
            "vae/ui/beta/loss_form.py": 3,
            "vae/ui/frame/data_set.py": 1,
            "vae/ui/frame/retrain.py": 1,
            "vae/ui/frame/settings.py": 2,
            "vae/ui/frame/sidebar.py": 1,
            "vae/ui/generate/image_groups.py": 1,
            "vae/ui/generate/on_demand.py": 1,
            "vae/ui/shared/samplers.py": 1,
        }
    )


@pytest.mark.slow
def test_every_parameter_is_tried_on_the_page_that_draws_it(everything: Path) -> None:
    drawn = {key for page, views in VIEWS.items() for view in views for key in bound_widgets(open_page(page, **view))}
    assert drawn - OF_STATE == set(PARAMETERS) - OF_STATE


NUMBERS = st.one_of(st.integers(1, 9), st.integers(), st.integers(-10, 10_000), st.floats(), st.floats(0, 10)).map(str)
WORDS = st.sampled_from(
    ["prior", "vae-5d", "ae-5d", "square", "steps", "true", "ClassifierVAE", "codes", "Fashion-MNIST"]
)
ONE = st.one_of(
    NUMBERS, WORDS, st.text(max_size=30), st.sampled_from([*UNUSABLE.values(), *DOUBTFUL.values(), "y" * 100_000])
)
VALUES = st.one_of(ONE, st.lists(st.one_of(NUMBERS, st.text(max_size=5)), min_size=1, max_size=3))
KEYS = st.one_of(st.sampled_from([*PARAMETERS, "run", "before"]), st.text(min_size=1, max_size=10))


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> list[Page]:
    """Light pages in the default run, all of them with `-m fuzz`."""
    thorough = request.config.option.markexpr == "fuzz"
    request.getfixturevalue("everything" if thorough else "shipped")
    return list(VIEWS) if thorough else [*LIGHT]


@pytest.mark.fuzz
@given(data=st.data())
@fuzzed(few=25, many=600)
def test_any_address_opens_its_page(data: st.DataObject, tried: list[Page]) -> None:
    page = data.draw(st.sampled_from(tried))
    parameters = data.draw(st.dictionaries(KEYS, VALUES, min_size=8, max_size=40))
    app = open_page(page, **parameters | data.draw(st.sampled_from(VIEWS[page])))
    kept = set(parameters) & set(bound_widgets(app)) & set(app.query_params)
    event("accepted" if kept else "refused: none of it is of a widget of the page, or none can be held")
