"""The address: it opens a view, and nonsense in it gives way to the default."""

import shutil
from pathlib import Path

import pytest

from tests.helpers.app import open_page, texts
from tests.helpers.browser_messages import sent
from vae.ui.frame import pages

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("beta", "hot"), ("vae", "gone"), ("latent", "900"), ("images", "7"), ("run", "0"), ("before", "../..")],
)
def test_nonsense_in_the_address_gives_way_to_the_default(parameter: str, value: str, shipped: Path) -> None:
    app = open_page(pages.LATENT_SPACES, **{parameter: value})
    assert app.selectbox(key="vae").value == "vae-2d"
    assert app.select_slider(key="beta").value == 1.0
    assert sent(app)[0]["count"] == 10_000


def test_the_address_opens_a_view(shipped: Path) -> None:
    app = open_page(pages.SAMPLES, beta="3.5", vae="vae-20d", ae="ae-20d")
    assert app.select_slider(key="beta").value == 3.5
    assert app.selectbox(key="vae").value == "vae-20d"


def test_what_cannot_be_held_is_refused_and_the_rest_of_the_address_stays(shipped: Path) -> None:
    nonsense = {"budget": "", "seed": "inf", "latent": "-inf", "seconds": "1e400", "sample_seed": "inf", "grid": ""}
    app = open_page(
        pages.SAMPLES,
        beta="3.5",
        vae="vae-5d",
        sampler="a mixture fitted to the codes",
        ae_too="true",
        other="kept",
        **nonsense,
    )
    assert app.select_slider(key="beta").value == 3.5
    assert app.selectbox(key="vae").value == "vae-5d"
    assert app.toggle(key="ae_too").value
    assert app.selectbox(key="budget").value == "seconds"
    assert [app.number_input(key=key).value for key in ("seed", "latent", "seconds", "sample_seed")] == [0, 5, 10, 0]
    left = {
        "beta": "3.5",
        "vae": "vae-5d",
        "sampler": "a mixture fitted to the codes",
        "ae_too": "true",
        "other": "kept",
    }
    assert dict(app.query_params) == left


def test_nonsense_for_another_page_is_gone_when_its_link_is_followed(shipped: Path) -> None:
    app = open_page(pages.LATENT_SPACES, kind_first="inf", kind_second="", beta="3.5", latent="7")
    assert dict(app.query_params) == {"beta": "3.5", "latent": "7"}
    app.switch_page(pages.TWO_IMAGES.path).run()
    assert not app.exception
    assert [app.number_input(key=key).value for key in ("kind_first", "kind_second", "latent")] == [0, 1, 7]


def test_nonsense_in_the_link_that_leads_to_another_page_is_refused(shipped: Path) -> None:
    app = open_page(pages.TRAVERSAL, beta="3.5", latent="7")
    app.query_params["kind_first"] = "inf"
    app.switch_page(pages.TWO_IMAGES.path).run()
    assert not app.exception
    assert app.number_input(key="kind_first").value == 0
    assert app.number_input(key="latent").value == 7
    assert app.select_slider(key="beta").value == 3.5


def test_nonsense_for_a_panel_that_is_not_there_yet_is_gone_when_it_comes(shipped: Path) -> None:
    app = open_page(pages.TRAVERSAL, epochs="inf", sigma="nan", classifier_weight="inf")
    app.selectbox(key="budget").select("epochs")
    app.selectbox(key="likelihood").select("gaussian")
    app.selectbox(key="model").select("classifier-vae")
    app.run()
    assert not app.exception
    assert [app.number_input(key=key).value for key in ("epochs", "sigma", "classifier_weight")] == [5, 0.5, 10.0]


def test_nonsense_typed_into_a_text_field_stays_there_and_is_named(shipped: Path) -> None:
    app = open_page(pages.INTERPOLATION)
    app.text_input(key="hidden").input("many")
    app.text_input(key="path_images").input("")
    app.run()
    app.run()
    assert not app.exception
    assert app.text_input(key="hidden").value == "many"
    assert "hidden sizes are numbers" in texts(app)
    assert "Give 2 to" in texts(app)


def test_a_run_may_be_called_like_a_number_that_no_field_can_hold(copies: Path) -> None:
    shutil.copytree(copies / "vae-2d", copies / "inf")
    app = open_page(pages.TRAVERSAL, vae="inf", seed="inf")
    assert app.selectbox(key="vae").value == "inf"
    assert app.number_input(key="seed").value == 0


def test_nonsense_in_an_address_that_a_session_goes_back_to_is_refused(shipped: Path) -> None:
    app = open_page(pages.TRAVERSAL, latent="7", beta="3.5")
    app.query_params["seed"] = "inf"
    app.query_params["budget"] = ""
    app.run()
    assert not app.exception
    assert [app.number_input(key=key).value for key in ("seed", "latent")] == [0, 7]
    assert dict(app.query_params) == {"latent": "7", "beta": "3.5"}
