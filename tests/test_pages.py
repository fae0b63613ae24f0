"""Every page as Streamlit runs it, with the checkpoints that ship and with none, damaged ones and mismatched pairs."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from vae.checkpoints import load, write_json
from vae.data import ROOT
from vae.jobs import Job
from vae.ui import resources
from vae.ui.retrain import BETAS, read_beta

PAGES = ["streamlit_app.py", "pages/2_samples.py", "pages/3_training.py"]
SHIPPED = ROOT / "checkpoints"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    resources.trainer().close()
    st.cache_resource.clear()


@pytest.fixture
def copies(folder: Path) -> Path:
    """The shipped pairs in a folder that a test may change."""
    for name in ("ae-2d", "vae-2d", "ae-20d", "vae-20d"):
        shutil.copytree(SHIPPED / name, folder / name)
    return folder


def open_page(page: str, **parameters: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    for key, value in parameters.items():
        app.query_params[key] = value
    if page != "streamlit_app.py":
        app.switch_page(page)
    app.run()
    assert not app.exception, [e.value for e in app.exception]
    return app


def finish(app: AppTest) -> Job:
    """Wait for the run that was just submitted and draw the page again."""
    job = resources.trainer().job
    assert job is not None
    for _ in range(1_200):
        if not job.running:
            app.run()
            return job
        time.sleep(0.1)
    raise AssertionError("the run was not finished within two minutes")


def charts(app: AppTest) -> list[dict]:
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def texts(app: AppTest) -> str:
    found = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.success, *app.title]
    return "\n".join(str(element.value) for element in found)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_renders_the_shipped_models(page: str, copies: Path) -> None:
    app = open_page(page)
    assert app.title[0].value
    assert app.selectbox(key="ae").value == "ae-2d"
    assert app.selectbox(key="vae").value == "vae-2d"
    assert not app.error


def test_the_first_page_draws_the_codes_of_both_models(copies: Path) -> None:
    app = open_page("streamlit_app.py")
    (figure,) = charts(app)
    assert len(figure["data"]) == 20
    assert [a["text"] for a in figure["layout"]["annotations"][:2]] == [
        "<b>AE</b> ae-2d, as they are",
        "<b>VAE</b> vae-2d, as they are",
    ]
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["kNN accuracy"] == f"{load('vae-2d').metrics['knn_accuracy']:.1%}"
    assert "Trustworthiness" not in shown


def test_same_scale_gives_both_maps_the_same_axes(copies: Path) -> None:
    app = open_page("streamlit_app.py")
    app.toggle(key="same_scale").set_value(True).run()
    layout = charts(app)[0]["layout"]
    assert layout["xaxis"]["range"] == layout["xaxis2"]["range"]
    assert layout["yaxis"]["range"] == layout["yaxis2"]["range"]


def test_above_two_dimensions_pca_says_how_far_to_trust_it(copies: Path) -> None:
    app = open_page("streamlit_app.py", ae="ae-20d", vae="vae-20d")
    assert app.selectbox(key="vae").value == "vae-20d"
    titles = [a["text"] for a in charts(app)[0]["layout"]["annotations"][:2]]
    assert all("PCA" in title for title in titles)
    trust = [float(m.value) for m in app.metric if m.label == "Trustworthiness"]
    assert len(trust) == 2
    assert all(0.5 < value < 1 for value in trust)


def test_t_sne_shows_its_progress_and_then_both_maps(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.projection.CACHE", tmp_path / "cache")
    app = open_page("streamlit_app.py", ae="ae-20d", vae="vae-20d", points="1000")
    app.segmented_control(key="projection").set_value("t-sne").run()
    assert not app.exception
    for _ in range(240):
        if charts(app):
            break
        time.sleep(0.25)
        app.run()
    assert ["t-SNE" in a["text"] for a in charts(app)[0]["layout"]["annotations"][:2]] == [True, True]
    assert len(list((tmp_path / "cache").glob("*.npz"))) == 2


def test_samples_decode_the_same_images_and_the_same_z(copies: Path) -> None:
    app = open_page("pages/2_samples.py")
    (rows,) = charts(app)
    assert len(rows["layout"]["images"]) == 36
    assert len(app.get("image")) == 4  # 64 samples and a manifold of each
    errors = [a["text"] for a in rows["layout"]["annotations"] if a["text"].startswith("0.0")]
    assert len(errors) >= 20
    assert "one draw of z each" in texts(app)


def test_the_manifold_is_for_two_dimensions_only(copies: Path) -> None:
    app = open_page("pages/2_samples.py", ae="ae-20d", vae="vae-20d")
    assert len(app.get("image")) == 2


def test_a_pair_of_different_latent_sizes_is_called_unfair(copies: Path) -> None:
    app = open_page("pages/2_samples.py", ae="ae-2d", vae="vae-20d")
    assert "not decodes of the same z" in texts(app)
    assert "These two differ in more than the idea" in texts(app)
    assert "latent dim: 2 / 20" in texts(app)


def test_a_fair_pair_has_no_such_note(copies: Path) -> None:
    assert "differ in more than the idea" not in texts(open_page("streamlit_app.py"))


def test_training_draws_curves_and_a_film_of_every_checkpoint_chosen(copies: Path) -> None:
    app = open_page("pages/3_training.py")
    curves, *films = charts(app)
    assert {trace["name"] for trace in curves["data"]} == {
        f"{name}, {part}" for name in ("ae-2d", "vae-2d") for part in ("test", "train")
    }
    assert [len(film["frames"]) for film in films] == [60, 60]
    app.multiselect(key="curves").set_value(["vae-20d"]).run()
    assert len(charts(app)) == 2
    assert "--latent-dim 20" in app.code[0].value
    app.multiselect(key="curves").set_value([]).run()
    assert "Choose at least one checkpoint" in texts(app)


@pytest.mark.parametrize("page", PAGES)
def test_with_no_checkpoint_every_page_says_what_to_do(page: str, folder: Path) -> None:
    app = open_page(page)
    assert "Retrain" in texts(app)
    assert app.button(key="retrain").label == "Retrain"


@pytest.mark.parametrize("page", PAGES)
def test_a_damaged_checkpoint_is_named_and_stops_nothing(page: str, copies: Path) -> None:
    (copies / "vae-20d" / "config.json").write_text("{")
    app = open_page(page)
    assert "**vae-20d**: config.json is not JSON" in texts(app)
    assert "vae-20d" not in app.selectbox(key="vae").options


def test_weights_that_do_not_fit_are_an_error_in_words(copies: Path) -> None:
    shutil.copy(copies / "vae-20d" / "model.safetensors", copies / "vae-2d" / "model.safetensors")
    app = open_page("streamlit_app.py")
    assert "model.safetensors lacks the tensor" in texts(app)


def test_models_of_two_data_sets_are_not_compared(copies: Path) -> None:
    content = json.loads((copies / "vae-2d" / "config.json").read_text())
    content["settings"]["dataset"] = "kmnist"
    write_json(copies / "vae-2d" / "config.json", content)
    app = open_page("streamlit_app.py")
    assert "nothing they show can be compared" in texts(app)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("beta", "hot"), ("vae", "gone"), ("latent", "900"), ("points", "7"), ("run", "0"), ("before", "../..")],
)
def test_nonsense_in_the_address_gives_way_to_the_default(parameter: str, value: str, copies: Path) -> None:
    app = open_page("streamlit_app.py", **{parameter: value})
    assert app.selectbox(key="vae").value == "vae-2d"
    assert app.select_slider(key="beta").value == 1.0
    assert len(charts(app)) == 1


def test_the_address_opens_a_view(copies: Path) -> None:
    app = open_page("pages/2_samples.py", beta="3.5", vae="vae-20d", ae="ae-20d")
    assert app.select_slider(key="beta").value == 3.5
    assert app.selectbox(key="vae").value == "vae-20d"


def test_beta_covers_zero_and_a_hundredth_to_twenty_on_a_logarithm() -> None:
    assert BETAS[0] == 0
    assert BETAS[1] == 0.01
    assert BETAS[-1] == 20
    assert {0.1, 0.5, 1.0, 2.0, 4.0, 8.0} <= set(BETAS)
    steps = np.diff(np.log(BETAS[1:]))
    assert (steps > 0).all()
    assert steps.max() < 3 * steps.min()
    assert len({read_beta(beta) for beta in BETAS}) >= 5


def test_retraining_becomes_the_compared_vae_and_shows_before_and_after(copies: Path) -> None:
    app = open_page("streamlit_app.py")
    app.select_slider(key="beta").set_value(8.0)
    app.segmented_control(key="budget").set_value("epochs").run()
    app.number_input(key="epochs").set_value(1).run()
    app.button(key="retrain").click().run()
    assert not app.exception
    job = finish(app)
    assert job.state == "done", job.error
    assert app.selectbox(key="vae").value == "vae-2d-beta8"
    assert "β: 1 / 8" in texts(app)
    assert "far fewer steps" in texts(app)
    deltas = {metric.label: metric.delta for metric in app.metric if metric.delta}
    assert "worse" in deltas["Reconstruction, nats"]
    before, after = load("vae-2d").metrics, load("vae-2d-beta8").metrics
    assert after["test_kl"] < before["test_kl"]
    assert deltas["KL, nats"] == f"{after['test_kl'] - before['test_kl']:.2f}"
    assert app.query_params["before"] == "vae-2d"
    app.button(key="close_before_after").click().run()
    assert not any(metric.delta for metric in app.metric)


def test_a_run_that_fails_is_told_and_changes_nothing(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("streamlit_app.py")
    monkeypatch.setattr("vae.ui.retrain.unused_name", lambda _: "vae-2d")
    app.segmented_control(key="budget").set_value("epochs").run()
    app.button(key="retrain").click().run()
    assert finish(app).state == "failed"
    assert "There is a checkpoint called 'vae-2d' already" in texts(app)
    assert app.selectbox(key="vae").value == "vae-2d"


def test_before_and_after_maps_codes_of_any_size(copies: Path) -> None:
    app = open_page("pages/3_training.py", before="vae-2d", vae="vae-20d")
    titles = [a["text"] for a in charts(app)[0]["layout"]["annotations"][:2]]
    assert titles == ["vae-2d, as they are", "vae-20d, PCA"]
    assert len(app.get("image")) == 2
