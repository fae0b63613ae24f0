"""The β page as Streamlit runs it: with the ladders that ship, with none, with damaged and unmeasured runs."""

import json
import re
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import SHIPPED, open_page, texts, unlinked
from tests.helpers.browser_messages import unpack
from tests.helpers.in_view import MOST_WORDS, words_in_view
from tests.helpers.multi_rate import record_every_beta
from vae.beta.best import CRITERIA
from vae.beta.curve import BETAS, Curve
from vae.data.dataset import Dataset
from vae.storage.checkpoints import load
from vae.storage.files import write_json
from vae.storage.metrics import add_metrics
from vae.storage.replicates import REPLICATES, Replicates
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
    assert {"other VAEs", "VAE with the optimal σ"} <= set(names)
    rungs = [load(path.name) for path in ladder.glob("ladder-*-seed0")]
    best = max(rungs, key=lambda run: run.metric("elbo") or -999)
    assert names[-1] == f"slope −1 through {best.name}: −ELBO = {-(best.metric('elbo') or 0):.1f} nats"
    for number in (1, 2, 3):
        (line,) = chart(app, f"against_beta_{number}")["data"]
        assert (line["name"], len(line["x"])) == ("2-D", 10)
    assert words_in_view(app) <= MOST_WORDS
    assert "Which β is best?" in [header.value for header in app.subheader]


def test_every_criterion_names_a_beta_or_refuses_to(ladder: Path) -> None:
    for path in ladder.glob("ladder-*-seed0"):
        (path / REPLICATES).unlink(missing_ok=True)
    app = open_page(PAGE)
    said = set()
    for criterion in CRITERIA:
        app.selectbox(key="criterion").set_value(criterion.label).run()
        assert not app.exception
        words = [box.value for box in [*app.success, *app.warning, *app.info] if "best" in box.value]
        assert len(words) == 1, criterion.label
        said.add("refused" if words[0].startswith("No β") else "named")
        # What a model wins by itself says so, and names no winner.
        assert ("does not make it the best β" in words[0]) == bool(criterion.trivial)
        assert "bootstrap" in texts(app)
    assert "named" in said
    assert "Measure them again" in texts(app)  # none of these runs has replicates
    # Made as uncertain as can be, nobody is named.
    for path in ladder.glob("ladder-*-seed0"):
        metrics = json.loads((path / "metrics.json").read_text())
        bound = metrics["quality"]["likelihood"]["bound_50"]
        bound["low"], bound["high"] = bound["value"] - 1_000, bound["value"] + 1_000
        write_json(path / "metrics.json", metrics)
    app.selectbox(key="criterion").set_value(CRITERIA[0].label).run()
    (refusal,) = (box.value for box in app.warning if "best" in box.value)
    assert refusal.startswith("No β can be called best.")


def test_paired_differences_name_the_best_and_those_that_cannot_be_told_from_it(ladder: Path) -> None:
    """All runs get per-image bounds of which two differ by chance alone, though all marginal intervals overlap."""
    random = np.random.default_rng(0)
    hard = random.normal(-140, 30, 2_000)
    rows = [random.integers(len(hard), size=len(hard)) for _ in range(200)]
    for path in ladder.glob("ladder-*-seed0"):
        run = load(path.name)
        behind = 0.02 if run.config.beta == 0.5 else abs(run.config.beta - 1) ** 0.5
        bounds = hard - behind + random.normal(0, 2, len(hard))
        bounds += hard.mean() - behind - bounds.mean()
        measure = run.metrics["quality"]["likelihood"]["bound_50"]
        measure |= {"value": bounds.mean(), "draws": 200, "images": len(hard)}
        replicates = np.array([bounds[row].mean() for row in rows], np.float32)
        add_metrics(
            load(path.name).stored, run.metrics, Replicates({"likelihood/bound_50": replicates}, {"data": "mnist"})
        )
    app = open_page(PAGE)
    (words,) = (box.value for box in app.warning if "best" in box.value)
    assert words.startswith("No β can be called best. β = 1 has the best value")
    assert "but β = 0.5 cannot be told from it" in words
    assert words.endswith("The other 8 values of β are worse.")
    table = app.dataframe[0].value.set_index("β")
    assert list(table.index) == [0, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]
    assert table.verdict[1] == "best value"
    assert table.verdict[0.5] == "undecided"
    assert set(table.verdict.drop([0.5, 1])) == {"decided: worse"}
    assert table["difference from the best"][4] == pytest.approx(3**0.5)  # a loss in nats is higher
    assert "Another seed of training would move it too" in texts(app)
    assert "Measure them again" not in texts(app)
    # The tie gone, β = 1 is named.
    shutil.rmtree(ladder / "ladder-vae-2d-beta0.5-seed0")
    (named,) = (box.value for box in open_page(PAGE).success)
    assert named.startswith("**β = 1** is the best of 9 values of β")


def test_every_purpose_has_its_beta_and_none_by_a_number_that_a_useless_model_wins(folder: Path) -> None:
    for path in [*SHIPPED.glob("ladder-vae-10d-beta*"), SHIPPED / "ae-2d", SHIPPED / "vae-2d"]:
        shutil.copytree(path, folder / path.name)
    app = open_page(PAGE)
    (table,) = (text for text in map(unlinked, (str(one.value) for one in app.markdown)) if "For samples" in text)
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()[2:]]
    assert [(purpose, best) for purpose, best, _ in rows] == [
        ("For samples", "**β 1 to 2**"),
        ("", "**β 2 to 4**"),
        ("For a model of the images", "**β 1**"),
        ("For codes that keep classes apart", "**β 0**"),
        ("For reconstructions", "**β 0**"),
    ]
    assert "Fréchet distance of 10,000 samples" in rows[0][2]
    assert "the smallest β wins by itself" in rows[-1][2]
    assert words_in_view(app) <= MOST_WORDS
    precision = next(one for one in CRITERIA if "precision" in one.label)
    app.selectbox(key="criterion").set_value(precision.label).run()
    assert not app.success
    assert any("β = 0 has the best value, 0.9353, but that alone" in box.value for box in app.info)
    # Every number in nats on the page is a loss.
    sizes = next(table.value for table in app.dataframe if "latent size" in table.value)
    assert (sizes["−ELBO, nats per image"] > 0).all()
    assert "ELBO, nats" not in sizes


def test_it_opens_on_the_ladder_of_more_dimensions_and_keeps_the_choice_in_the_address(ladder: Path) -> None:
    for beta in ("0.1", "1", "8"):
        name = f"ladder-vae-10d-beta{beta}-seed0"
        shutil.copytree(SHIPPED / name, ladder / name)
    app = open_page(PAGE, ladder="any text")
    box = app.selectbox(key="ladder")
    assert str(box.value).startswith("10-D")
    two = next(option for option in box.options if option.startswith("2-D"))
    assert open_page(PAGE, ladder=two).selectbox(key="ladder").value == two


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
    assert any("Too few of these models were measured" in info.value for info in app.info)
    assert chart(app, "against_beta_3")["data"][0]["x"]  # the active units are known all the same
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
        "AE, z from N(0, I)",
        "AE, z from a mixture",
        "VAE, z from N(0, I)",
        "VAE, z from a mixture",
    ]
    # Each share says of how many samples it is, and each number which direction is better.
    assert "Each row is of 10,000 samples." in texts(app)
    assert {"realistic ↑", "Fréchet ↓", "distance to nearest image"} <= set(table.columns)
    assert "2 latent dimensions in numbers" in [header.value for header in app.subheader]
    assert {metric.label for metric in app.metric} == {f"{word}: realistic of 400" for word in ("AE", "VAE")}
    said = texts(app)
    assert "From N(0, I), the VAE draws better samples than the AE: the Fréchet distance is 88.9 against 277.9." in said
    assert "From a mixture fitted to its codes, the AE draws worse samples than the VAE from its prior" in said
    assert "The mixture improves" not in said  # its intervals overlap
    for sampler, sources in {
        "prior": ["N(0, I)"],
        "gaussian": ["a Gaussian of its codes"],
        "both": ["N(0, I)", "10 Gaussians of its codes"],
    }.items():
        app.segmented_control(key="sampler").set_value(sampler).run()
        pictures = app.get("image")[: 2 * len(sources)]
        assert [picture.proto.imgs[0].caption for picture in pictures] == [
            f"{model}: 64 samples with z ~ {source}" for model in ("AE ae-2d", "VAE vae-2d") for source in sources
        ]


CURVE = Curve(BETAS, np.linspace(130, 190, 61), np.linspace([5.0, 4], [1, 0], 61))


@pytest.fixture
def every(folder: Path, mnist: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small model for every β, of two dimensions, whose curve is not known yet."""
    monkeypatch.setattr("vae.beta.curves.CACHE", tmp_path / "curves")
    server.curves.clear()
    return record_every_beta(mnist, "every-small")


def measured(app: AppTest) -> AppTest:
    """The page once the curve is measured."""
    for _ in range(600):
        if app.get("bidi_component"):
            return app
        time.sleep(0.1)
        app.run()
        assert not app.exception
    raise AssertionError("the curve was not measured within a minute")


def test_one_model_for_every_beta_comes_first_and_the_ladder_is_a_click_away(
    ladder: Path, every: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = threading.Event()

    def measure(*_: object) -> Curve:
        seen.wait(60)
        return CURVE

    monkeypatch.setattr("vae.ui.beta.every_beta.measure_curve", measure)
    app = open_page(PAGE)
    assert app.segmented_control(key="beta_by").value == "One model for every β"
    assert "Measuring every-small at 61 values of β" in str(app.get("progress")[0].proto.text)
    seen.set()
    header, parts = unpack(measured(app).get("bidi_component")[0].proto.bytes)
    assert header["of"] == every
    assert len(parts["decoder"]["latents"]) == 100
    assert parts["codes"]["means"].shape == (32, 2_000, 2)
    assert [gap["beta"] for gap in header["gaps"]] == [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]
    for gap in header["gaps"]:  # beside the ladder's run of that very β
        run = load(f"ladder-vae-2d-beta{gap['beta']:g}-seed0")
        assert gap["runs"] == [[run.metric("test_kl"), run.metric("test_reconstruction")]]
    assert f"trained once, for {load(every).epochs_done:.3g} epochs, with one seed." in texts(app)
    assert "The ladder's 10 VAEs were trained for 20 epochs each, with one seed." in texts(app)
    lines = {line["name"]: line for line in chart(app, "inactive")["data"]}
    assert list(lines) == ["measured of this model", "expected of a linear VAE", "measured of the ladder's VAEs"]
    assert lines["measured of the ladder's VAEs"]["x"] == [0, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]
    assert "theory for a linear decoder" in texts(app)
    assert words_in_view(app) <= MOST_WORDS
    app.segmented_control(key="beta_by").set_value("A ladder of VAEs").run()
    assert not app.exception
    assert str(app.selectbox(key="ladder").value).startswith("2-D")
    assert json.loads(app.get("bidi_component")[0].proto.json)["rungs"]
    assert words_in_view(app) <= MOST_WORDS


def test_one_model_needs_no_ladder_and_what_goes_wrong_is_said(every: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("The disk is gone.")

    with monkeypatch.context() as patched:
        patched.setattr("vae.ui.beta.every_beta.measure_curve", fail)
        app = open_page(PAGE)
        for _ in range(50):
            if app.error:
                break
            time.sleep(0.1)
            app.run()
        assert app.error[0].value == "every-small could not be measured at every β: The disk is gone."
    monkeypatch.setattr("vae.ui.beta.every_beta.measure_curve", lambda *_: CURVE)
    app.button(key="curve_again").click().run()
    header, _ = unpack(measured(app).get("bidi_component")[0].proto.bytes)
    assert header["gaps"] == []
    assert not [one for one in app.get("segmented_control") if one.key == "beta_by"]
    assert "The ladder's 10 VAEs" not in texts(app)
    assert "Which β is best?" not in [header.value for header in app.subheader]
