"""Every page as Streamlit runs it, with the checkpoints that ship and with none, damaged ones and mismatched pairs."""

import json
import re
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.app import charts, finish, open_page, texts
from tests.test_latent_map import unpack
from vae.data.datasets import Dataset
from vae.models.codes import encode_images
from vae.storage.checkpoints import load, load_model
from vae.storage.files import write_json
from vae.ui.components.latent_map.message import READ_SIDE
from vae.ui.frame.beta_scale import BETAS, read_beta
from vae.ui.shared import server

PAGES = [
    "streamlit_app.py",
    "pages/11_samples.py",
    "pages/14_training.py",
    "pages/15_runs.py",
    "pages/12_beta.py",
    "pages/13_beta_translator.py",
    "pages/32_five_numbers.py",
    "pages/31_draw.py",
    "pages/33_two_of_a_kind.py",
    "pages/21_random_latents.py",
    "pages/22_interpolation.py",
    "pages/23_traversal.py",
    "pages/24_arithmetic.py",
    "pages/25_digits_on_demand.py",
    "pages/34_denoise.py",
    "pages/35_unusual_images.py",
]
pytestmark = pytest.mark.usefixtures("fresh")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_renders_the_shipped_models(page: str, shipped: Path) -> None:
    app = open_page(page)
    assert app.title[0].value
    assert app.selectbox(key="ae").value == "ae-2d"
    assert app.selectbox(key="vae").value == "vae-2d"
    assert not app.error


def latent_map(app: AppTest) -> tuple[dict, dict[str, np.ndarray]] | None:
    """Header and models of what the map was sent; None where there is no map."""
    for element in app.get("bidi_component"):
        header, parts = unpack(element.proto.bytes)
        return header, parts["models"]
    return None


def sent(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    found = latent_map(app)
    assert found is not None
    return found


def test_the_first_page_draws_the_codes_of_both_models(shipped: Path, mnist: Dataset) -> None:
    app = open_page("streamlit_app.py")
    header, models = sent(app)
    assert [panel["title"] for panel in header["panels"]] == ["ae-2d, as they are", "vae-2d, as they are"]
    assert header["of"] == "mnist/test"
    assert header["count"] == 10_000
    codes = encode_images(load_model(load("vae-2d")), mnist.test_images)
    np.testing.assert_allclose(models["1.points"], codes, atol=1e-5)
    np.testing.assert_array_equal(models["labels"], mnist.test_labels)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["kNN accuracy"] == f"{load('vae-2d').metrics['knn_accuracy']:.1%}"
    assert "Trustworthiness" not in shown
    assert charts(app) == []
    app.toggle(key="charts").set_value(True).run()
    assert len(charts(app)[0]["data"]) == 20


def test_what_the_map_is_sent_for_the_first_page_stays_under_three_megabytes(shipped: Path) -> None:
    (element,) = open_page("streamlit_app.py").get("bidi_component")
    assert element.proto.ByteSize() < 3_000_000


def test_the_training_images_can_be_shown(shipped: Path, mnist: Dataset) -> None:
    header, models = sent(open_page("streamlit_app.py", images="60,000 training images"))
    assert (header["of"], header["count"]) == ("mnist/train", 60_000)
    np.testing.assert_array_equal(models["labels"], mnist.train_labels)


def test_above_two_dimensions_pca_says_how_far_to_trust_it(shipped: Path) -> None:
    app = open_page("streamlit_app.py", ae="ae-20d", vae="vae-20d")
    assert app.selectbox(key="vae").value == "vae-20d"
    header, models = sent(app)
    assert all("PCA" in panel["title"] for panel in header["panels"])
    trust = [float(m.value) for m in app.metric if m.label == "Trustworthiness"]
    assert len(trust) == 2
    assert all(0.5 < value < 1 for value in trust)
    # Both maps are turned alike: a principal direction has no sign of its own.
    for axis in (0, 1):
        assert np.corrcoef(models["0.points"][:, axis], models["1.points"][:, axis])[0, 1] > 0


def wait_for_map(app: AppTest) -> None:
    for _ in range(480):
        if latent_map(app):
            return
        time.sleep(0.25)
        app.run()
    raise AssertionError("the map was not finished within two minutes")


@pytest.mark.usefixtures("brief")
def test_t_sne_shows_its_progress_then_aligned_maps_and_other_seeds(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.explore.projector.CACHE", tmp_path / "cache")
    app = open_page("streamlit_app.py", ae="ae-20d", vae="vae-20d", images="2,000 test images")
    app.segmented_control(key="projection").set_value("t-sne").run()
    assert not app.exception
    assert latent_map(app) is None
    assert app.button(key="wait_for_map_cancel")
    wait_for_map(app)
    header, models = sent(app)
    assert ["t-SNE" in panel["title"] for panel in header["panels"]] == [True, True]
    assert [panel["linear"] for panel in header["panels"]] == [False, False]
    assert len(list((tmp_path / "cache").glob("*.npz"))) == 2
    one, other = (models[f"{k}.points"] - models[f"{k}.points"].mean(0) for k in (0, 1))
    turn = np.linalg.svd(other.T @ one)
    np.testing.assert_allclose(turn[0] @ turn[2], np.eye(2), atol=1e-2)  # no turn brings them nearer
    app.toggle(key="more_seeds").set_value(True).run()
    for _ in range(480):
        if len(charts(app)) == 2:
            break
        time.sleep(0.25)
        app.run()
    titles = [a["text"] for chart in charts(app) for a in chart["layout"]["annotations"][:2]]
    assert ["seed 1" in title for title in titles] == [True, True, False, False]
    assert all(re.search(r"trustworthiness 0\.[6-9]", title) for title in titles)


@pytest.mark.usefixtures("brief")
def test_a_t_sne_that_is_cancelled_says_so_and_can_begin_again(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.explore.projector.CACHE", tmp_path / "cache")
    app = open_page("streamlit_app.py", ae="ae-20d", vae="vae-20d", images="2,000 test images")
    app.segmented_control(key="projection").set_value("t-sne").run()
    app.button(key="wait_for_map_cancel").click().run()
    assert "The t-SNE was cancelled" in texts(app)
    assert latent_map(app) is None
    app.button(key="wait_for_map_again").click().run()
    wait_for_map(app)


def test_what_a_lasso_chose_is_counted_listed_and_kept(shipped: Path, mnist: Dataset) -> None:
    app = open_page("streamlit_app.py")
    indices = [3, 7, 11, 9_999]
    app.session_state["latent_map"] = {"selection": {"of": "mnist/test", "indices": indices}}
    app.run()
    assert "4 selected test images" in [heading.value for heading in app.subheader]
    counts = np.bincount(mnist.test_labels[indices].numpy())
    assert f"**{counts.argmax()}**: {counts.max()}" in texts(app)
    table = app.dataframe[0].value
    assert table["number"].tolist() == indices
    assert table["class"].tolist() == [str(int(label)) for label in mnist.test_labels[indices]]
    assert table["image"].str.startswith("data:image/png;base64,").all()
    # A change of page clears the component's state and not the selection.
    app.session_state["latent_map"] = {"selection": None}
    app.run()
    assert "4 selected test images" in [heading.value for heading in app.subheader]
    app.session_state["latent_map"] = {"selection": {"of": "mnist/test", "indices": []}}
    app.run()
    assert "4 selected test images" not in [heading.value for heading in app.subheader]


@pytest.mark.parametrize(
    "said", [{"of": "mnist/test", "indices": [-1, "7", 10**9]}, {"indices": None}, [], "all", {"of": 7, "indices": {}}]
)
def test_nonsense_from_the_browser_selects_nothing(said: object, shipped: Path) -> None:
    app = open_page("streamlit_app.py")
    app.session_state["latent_map"] = {"selection": said}
    app.run()
    assert not app.exception
    assert not any("selected" in heading.value for heading in app.subheader)


def test_the_classifier_reads_the_decoded_places_when_asked(shipped: Path) -> None:
    app = open_page("streamlit_app.py")
    assert "0.read" not in sent(app)[1]
    app.session_state["latent_map"] = {"background": "reading"}
    app.run()
    header, models = sent(app)
    assert re.search(r"independent classifier \(99\.\d% right", header["judge"])
    for number in (0, 1):
        assert models[f"{number}.read"].shape == (READ_SIDE, READ_SIDE)
        # Most classes are to be found, and between them the classifier hesitates.
        assert len(np.unique(models[f"{number}.read"])) >= 8
        assert np.percentile(models[f"{number}.confidence"], 2) < 200 < np.median(models[f"{number}.confidence"])


def test_charts_stand_in_where_the_browser_cannot_draw_the_map(shipped: Path) -> None:
    app = open_page("streamlit_app.py")
    app.session_state["latent_map"] = {"unsupported": "this browser has no WebGL 2"}
    app.run()
    assert "cannot be drawn here: this browser has no WebGL 2" in texts(app)
    assert len(charts(app)) == 1
    assert latent_map(app) is None


def test_samples_decode_the_same_images_and_the_same_z(shipped: Path) -> None:
    app = open_page("pages/11_samples.py")
    (rows,) = charts(app)
    assert len(rows["layout"]["images"]) == 36
    assert len(app.get("image")) == 4  # 64 samples and a manifold of each
    errors = [a["text"] for a in rows["layout"]["annotations"] if a["text"].startswith("0.0")]
    assert len(errors) >= 20
    assert "one draw of z each" in texts(app)


def test_the_manifold_is_for_two_dimensions_only(shipped: Path) -> None:
    app = open_page("pages/11_samples.py", ae="ae-20d", vae="vae-20d")
    assert len(app.get("image")) == 2


def test_a_pair_of_different_latent_sizes_is_called_unfair(shipped: Path) -> None:
    app = open_page("pages/11_samples.py", ae="ae-2d", vae="vae-20d")
    assert "not decodes of the same z" in texts(app)
    assert "These two differ in more than the idea" in texts(app)
    assert "latent dim: 2 / 20" in texts(app)


def test_a_fair_pair_has_no_such_note(shipped: Path) -> None:
    assert "differ in more than the idea" not in texts(open_page("streamlit_app.py"))


def test_training_draws_curves_and_a_film_of_every_checkpoint_chosen(shipped: Path) -> None:
    app = open_page("pages/14_training.py")
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
    assert re.search("Retrain|train one", texts(app))
    assert app.button(key="retrain").label == "Retrain"


@pytest.mark.parametrize("page", ["streamlit_app.py", "pages/15_runs.py"])
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
    [("beta", "hot"), ("vae", "gone"), ("latent", "900"), ("images", "7"), ("run", "0"), ("before", "../..")],
)
def test_nonsense_in_the_address_gives_way_to_the_default(parameter: str, value: str, shipped: Path) -> None:
    app = open_page("streamlit_app.py", **{parameter: value})
    assert app.selectbox(key="vae").value == "vae-2d"
    assert app.select_slider(key="beta").value == 1.0
    assert sent(app)[0]["count"] == 10_000


def test_the_address_opens_a_view(shipped: Path) -> None:
    app = open_page("pages/11_samples.py", beta="3.5", vae="vae-20d", ae="ae-20d")
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
    app.number_input(key="seconds").set_value(2).run()
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


def test_what_is_typed_just_before_the_click_is_what_is_trained(copies: Path) -> None:
    app = open_page("pages/13_beta_translator.py")
    app.segmented_control(key="budget").set_value("epochs").run()
    app.number_input(key="epochs").set_value(3)
    app.number_input(key="latent").set_value(7)
    app.button(key="retrain").click().run()  # one message, as from a browser that was quicker than the page
    job = server.trainer().find(app.session_state["run"])
    assert job is not None
    server.trainer().cancel(job)
    assert (job.runs[0].config.epochs, job.runs[0].config.latent_dim) == (3, 7)


def test_three_sessions_that_press_retrain_each_see_their_own_result(copies: Path) -> None:
    sessions = [open_page("pages/13_beta_translator.py") for _ in range(3)]
    for app, beta, seconds in zip(sessions, (2.0, 4.0, 8.0), (5, 1, 1), strict=True):
        app.select_slider(key="beta").set_value(beta)
        app.number_input(key="seconds").set_value(seconds).run()
        app.button(key="retrain").click().run()
        assert not app.exception
        assert app.button(key="retrain").disabled
    assert "begins after" in texts(sessions[2])
    jobs = [finish(app) for app in sessions]
    assert [job.state for job in jobs] == ["done"] * 3
    assert [job.began for job in jobs] == sorted(job.began for job in jobs)
    assert len({job.owner for job in jobs}) == 3
    for app, name in zip(sessions, ("2", "4", "8"), strict=True):
        assert app.selectbox(key="vae").value == f"vae-2d-beta{name}"
        assert f"β: 1 / {name}" in texts(app)
        assert not app.button(key="retrain").disabled


def test_the_training_page_shows_the_run_that_is_going(copies: Path) -> None:
    app = open_page("pages/14_training.py", vae="vae-20d", ae="ae-20d")
    app.segmented_control(key="budget").set_value("epochs").run()
    app.number_input(key="latent").set_value(5).run()
    app.number_input(key="epochs").set_value(500).run()
    app.button(key="retrain").click().run()
    job = server.trainer().job
    assert job is not None
    for _ in range(600):
        if job.runs[0].history:
            break
        time.sleep(0.1)
    app.run()
    assert not app.exception
    titles = [chart["layout"].get("title", {}) for chart in charts(app)]
    assert len(titles) >= 4
    assert any(
        chart["layout"].get("yaxis", {}).get("title", {}).get("text") == "KL, nats per image"
        and chart["data"][0]["type"] == "bar"
        for chart in charts(app)
    )
    assert "vae-5d-beta1, epoch" in "\n".join(heading.value for heading in app.subheader)
    app.button(key="cancel").click()
    app.run()
    for _ in range(200):
        if job.ended:
            break
        time.sleep(0.1)
    app.run()
    assert job.state == "cancelled"
    assert "Cancelled." in texts(app)


def test_a_run_that_fails_is_told_and_changes_nothing(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("streamlit_app.py")
    monkeypatch.setattr("vae.jobs.trainer.unused_name", lambda _, reserved: "vae-2d")
    app.segmented_control(key="budget").set_value("epochs").run()
    app.button(key="retrain").click().run()
    assert finish(app).state == "failed"
    assert "There is a checkpoint called 'vae-2d' already" in texts(app)
    assert app.selectbox(key="vae").value == "vae-2d"


def test_before_and_after_maps_codes_of_any_size(shipped: Path) -> None:
    app = open_page("pages/14_training.py", before="vae-2d", vae="vae-20d")
    titles = [a["text"] for a in charts(app)[0]["layout"]["annotations"][:2]]
    assert titles == ["vae-2d, as they are", "vae-20d, PCA"]
    assert len(app.get("image")) == 2
