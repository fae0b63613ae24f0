"""The β page as Streamlit runs it: with the ladders that ship, with none, with damaged and unmeasured runs."""

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import SHIPPED, open_page
from vae.beta.best import CRITERIA
from vae.storage.checkpoints import load
from vae.storage.files import write_json
from vae.ui.frame import pages
from vae.ui.shared import server

PAGE = pages.BETA


@pytest.fixture
def ladder(folder: Path) -> Path:
    """Copies of the shipped ladder of two dimensions, its optimal-σ run and the AE and VAE that a page begins with."""
    for path in [*SHIPPED.glob("ladder-vae-2d-*"), SHIPPED / "ae-2d", SHIPPED / "vae-2d"]:
        shutil.copytree(path, folder / path.name)
    return folder


def chart(app: AppTest, key: str) -> dict:
    (found,) = (one for one in app.get("plotly_chart") if key in one.proto.id)
    return json.loads(found.proto.spec)


def texts(app: AppTest) -> str:
    return "\n".join(
        one.value for kind in (app.markdown, app.caption, app.info, app.warning, app.success) for one in kind
    )


def test_with_no_ladder_it_says_what_makes_one(folder: Path) -> None:
    for name in ("ae-2d", "vae-2d"):
        shutil.copytree(SHIPPED / name, folder / name)
    app = open_page(PAGE)
    assert "python -m vae sweep" in app.info[0].value
    assert not app.get("plotly_chart")


def test_the_shipped_ladder_under_a_slider_with_its_curve_and_its_numbers(ladder: Path) -> None:
    app = open_page(PAGE)
    assert len(app.get("bidi_component")) == 1
    curve = chart(app, "rate_distortion")["data"]
    names = [trace["name"] for trace in curve]
    assert names[0].startswith("2-D · mlp 200-200-200 · 20 epochs · 10 β from 0 to 16")
    assert {"other runs", "optimal σ (σ-VAE)"} <= set(names)
    rungs = [load(path.name) for path in ladder.glob("ladder-*-seed0")]
    best = max(rungs, key=lambda run: run.metric("elbo") or -999)
    assert names[-1] == f"slope −1: −ELBO = {-(best.metric('elbo') or 0):.1f} nats, of {best.name}"
    against = chart(app, "against_beta")["data"]
    assert [len(trace["x"]) for trace in against] == [10, 10, 10]
    assert "Which β is best?" in [header.value for header in app.subheader]


def test_every_criterion_names_a_beta_or_refuses_to(ladder: Path) -> None:
    app = open_page(PAGE)
    said = set()
    for criterion in CRITERIA:
        app.selectbox(key="criterion").set_value(criterion.label).run()
        assert not app.exception
        words = [box.value for box in [*app.success, *app.warning] if "best" in box.value]
        assert len(words) == 1, criterion.label
        said.add("refused" if words[0].startswith("No β") else "named")
        assert "bootstrap" in texts(app)
    assert "named" in said
    # Made as uncertain as can be, nobody is named.
    for path in ladder.glob("ladder-*-seed0"):
        metrics = json.loads((path / "metrics.json").read_text())
        bound = metrics["quality"]["likelihood"]["bound_50"]
        bound["low"], bound["high"] = bound["value"] - 1_000, bound["value"] + 1_000
        write_json(path / "metrics.json", metrics)
    app.selectbox(key="criterion").set_value(CRITERIA[0].label).run()
    (refusal,) = (box.value for box in app.warning if "best" in box.value)
    assert refusal.startswith("No β can be called best.")


def test_a_run_that_is_damaged_is_said_and_the_rest_of_the_page_stays(ladder: Path) -> None:
    weights = ladder / "ladder-vae-2d-beta4-seed0" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-4000:] = b"\xff" * 4000  # not finite, behind a sound header
    weights.write_bytes(bytes(content))
    app = open_page(PAGE)
    assert any("not finite" in error.value for error in app.error)
    assert chart(app, "rate_distortion")["data"]


def test_what_was_not_measured_can_be_and_the_rest_is_shown(ladder: Path) -> None:
    for path in ladder.glob("ladder-*-seed0"):
        metrics = json.loads((path / "metrics.json").read_text())
        del metrics["quality"]
        write_json(path / "metrics.json", metrics)
    app = open_page(PAGE)
    assert app.button(key="ladder_measure").label == "Measure these models"
    assert any("Too few of these runs were measured" in info.value for info in app.info)
    assert [trace["name"] for trace in chart(app, "against_beta")["data"] if trace.get("x")]
    app.button(key="ladder_measure").click().run()
    assert not app.exception
    asked = server.measurer().find([path.name for path in ladder.glob("ladder-*-seed0")])
    assert len(asked) == 10
    server.measurer().cancel([task.name for task in asked])
    assert all(task.ended for task in asked)


def test_samples_come_from_the_prior_or_from_what_was_fitted_and_their_numbers_are_read(folder: Path) -> None:
    for name in ("ae-2d", "vae-2d"):
        shutil.copytree(SHIPPED / name, folder / name)
    app = open_page(pages.SAMPLES)
    table = app.dataframe[0].value
    assert list(table["samples of"][:4]) == [
        "AE + N(0, I)",
        "AE + mixture of 10",
        "VAE + N(0, I)",
        "VAE + mixture of 10",
    ]
    assert "From N(0, I) the VAE samples better than the AE: Fréchet distance 88.9 against 277.9." in texts(app)
    assert "With a mixture fitted to its codes the AE samples worse than the VAE from its prior" in texts(app)
    assert "The mixture helps the VAE too" not in texts(app)  # its intervals overlap
    for sampler, sources in {
        "prior": ["N(0, I)"],
        "gaussian": ["a Gaussian of its codes"],
        "prior beside mixture": ["N(0, I)", "10 Gaussians of its codes"],
    }.items():
        pictures = open_page(pages.SAMPLES, sampler=sampler).get("image")[: 2 * len(sources)]
        assert [picture.proto.imgs[0].caption for picture in pictures] == [
            f"{model}, 64 decodes of z ~ {source}" for model in ("AE: ae-2d", "VAE: vae-2d") for source in sources
        ]
