"""The latent map in a real browser: it decodes under the pointer, links its panels, tells Python what is chosen."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.helpers.browser import PATIENCE, READ, Server, settle
from tests.helpers.latent_map_page import Map, assert_decodes
from vae.data.dataset import Dataset
from vae.models.autoencoders import Autoencoder
from vae.models.codes import decode_latents, encode_images
from vae.storage.checkpoints import load
from vae.storage.frozen import frozen
from vae.storage.models import load_model
from vae.storage.recording import record
from vae.training.config import TrainConfig
from vae.training.loop import train

expect.set_options(timeout=PATIENCE)


@pytest.fixture(autouse=True)
def same_checkpoints(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_CHECKPOINTS", str(server.checkpoints))


def test_where_there_is_no_image_the_browser_shows_what_the_decoder_makes(server: Server, page: Page) -> None:
    page.goto(server.url)
    latent_map = Map(page)
    seen = []
    for panel in (0, 1):
        for _ in latent_map.empty_places(panel, 4):
            for k, name in enumerate(("ae-2d", "vae-2d")):
                assert_decodes(page, k, name, latent_map.latent(k))
            seen.append(latent_map.latent(panel))
    assert len(np.unique(np.round(seen, 4), axis=0)) == 8


def test_above_two_dimensions_it_decodes_the_plane_through_the_pinned_image(
    server: Server, page: Page, mnist: Dataset
) -> None:
    page.goto(f"{server.url}/?ae=ae-20d&vae=vae-20d")
    latent_map = Map(page)
    next(latent_map.empty_places(1, 1))
    mean = encode_images(load_model(load("vae-20d")), mnist.test_images).mean(0)
    expect(page.locator(".here .words")).to_contain_text("through the mean code")
    assert_decodes(page, 1, "vae-20d", latent_map.latent(1))
    index = latent_map.find_image(1)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".image h4")).to_have_text(
        f"Test image {index}, class {mnist.class_names[mnist.test_labels[index]]} (pinned)"
    )
    code = encode_images(load_model(load("vae-20d")), mnist.test_images[index : index + 1])[0]
    steps = []
    for _ in latent_map.empty_places(1, 3):
        expect(page.locator(".here .words")).to_contain_text(f"through image {index}")
        assert_decodes(page, 1, "vae-20d", latent_map.latent(1))
        steps.append(latent_map.latent(1) - code)
    # All in one plane through the image's code, which is not the one through the mean.
    assert np.linalg.svd(np.stack(steps))[1][2] < 0.01
    assert np.linalg.norm(code - mean) > 1


def test_a_convolutional_decoder_runs_in_the_browser_too(server: Server, page: Page, mnist: Dataset) -> None:
    for model in ("ae", "vae"):
        config = TrainConfig(model=model, latent_dim=3, body="conv", hidden=(8, 16), activation="gelu", steps=40)
        for _ in record(train(config, mnist), f"{model}-conv", config, mnist):
            pass
    page.goto(f"{server.url}/?ae=ae-conv&vae=vae-conv")
    expect(page.get_by_text("VAE vae-conv, PCA")).to_be_visible()
    latent_map = Map(page)
    latent_map.move(1, 0.3, 0.6)
    for panel, name in enumerate(("ae-conv", "vae-conv")):
        assert_decodes(page, panel, name, latent_map.latent(panel))


def test_the_image_under_the_pointer_is_highlighted_in_both_panels(server: Server, page: Page, mnist: Dataset) -> None:
    page.goto(server.url)
    latent_map = Map(page)
    # Whether each of four spokes around a place meets the ring, which has the colour of the theme's text.
    ring = """([canvas, x, y]) => {
        const box = canvas.getBoundingClientRect(), context = canvas.getContext('2d');
        const dark = (dx, dy) => {
            const at = [Math.round(x + dx - box.x), Math.round(y + dy - box.y), 1, 1];
            const [r, g, b, alpha] = context.getImageData(...at).data;
            return alpha > 200 && Math.max(r, g, b) < 130;
        };
        return [[1, 0], [-1, 0], [0, 1], [0, -1]].map(([i, j]) => [6, 7, 8].some((r) => dark(i * r, j * r)));
    }"""
    models = [load_model(load(name)) for name in ("ae-2d", "vae-2d")]
    for panel in (0, 1):
        index, codes, places = find_image_in_both(latent_map, panel, models, mnist)
        canvas = page.locator(".front").element_handle()
        page.mouse.move(1, 1)
        assert not any(all(page.evaluate(ring, [canvas, *place.tolist()])) for place in places)
        page.mouse.move(*places[panel])
        assert latent_map.hovered == index
        for place in places:
            assert all(page.evaluate(ring, [canvas, *place.tolist()]))
        title = page.locator(".image h4")
        expect(title).to_have_text(f"Test image {index}, class {mnist.class_names[mnist.test_labels[index]]}")
        original = np.array(page.locator(".original").evaluate(READ))
        np.testing.assert_array_equal(original, mnist.test_images[index].numpy().ravel())
        for k, model in enumerate(models):
            shown = np.array(page.locator(f".reconstruction-{k}").evaluate(READ))
            expected = decode_latents(model, codes[k][None])[0].ravel().astype(int)
            assert np.abs(shown - expected).max() <= 2


def find_image_in_both(
    latent_map: Map, panel: int, models: list[Autoencoder], mnist: Dataset
) -> tuple[int, list[np.ndarray], list[np.ndarray]]:
    """An image that both panels have in view: its number, codes, and places on the screen."""
    top, bottom = latent_map.top + 12, latent_map.top + latent_map.height - 60
    for start in range(0, 400, 20):
        index = latent_map.find_image(panel, start)
        codes = [encode_images(model, mnist.test_images[index : index + 1])[0] for model in models]
        places = [latent_map.screen(k, code) for k, code in enumerate(codes)]
        if all(top < place[1] < bottom for place in places):
            return index, codes, places
    raise AssertionError("no image is in view in both panels")


def inside(polygon: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Which of points (N, 2) a polygon (M, 2) holds, by the winding of its edges around each."""
    angles = np.arctan2(*(polygon[None] - points[:, None]).transpose(2, 0, 1)[::-1])
    turns = np.diff(np.concatenate([angles, angles[:, :1]], axis=1), axis=1)
    turns = (turns + np.pi) % (2 * np.pi) - np.pi
    return np.abs(turns.sum(1)) > np.pi


def draw_lasso(latent_map: Map, panel: int) -> None:
    latent_map.page.get_by_role("button", name="Lasso").click()
    corners = [(0.3, 0.3), (0.7, 0.25), (0.8, 0.6), (0.5, 0.5), (0.35, 0.75)]
    latent_map.move(panel, *corners[0])
    latent_map.page.mouse.down()
    for corner in corners[1:]:
        latent_map.move(panel, *corner)
    latent_map.page.mouse.up()


def test_a_lasso_reaches_python_with_exactly_the_images_inside_and_lasts(
    server: Server, page: Page, mnist: Dataset, tmp_path: Path
) -> None:
    page.goto(server.url)
    latent_map = Map(page)
    draw_lasso(latent_map, 1)
    polygon = np.array(json.loads(latent_map.stage.get_attribute("data-lasso") or "[]"))
    assert len(polygon) >= 5
    codes = encode_images(load_model(load("vae-2d")), mnist.test_images)
    expected = np.flatnonzero(inside(polygon, codes.astype(np.float64)))
    assert 50 < len(expected) < 9_000
    heading = page.get_by_role("heading", name=f"{len(expected):,} selected test images")
    expect(heading).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save table (CSV)").click()
    download.value.save_as(tmp_path / "selected.csv")
    table = pd.read_csv(tmp_path / "selected.csv")
    np.testing.assert_array_equal(table["number"], expected)
    np.testing.assert_array_equal(table["class"], mnist.test_labels.numpy()[expected])
    np.testing.assert_allclose(table[["VAE z1", "VAE z2"]], codes[expected], atol=1e-4)

    # It survives a change of page, a rerun and a reload, and a button lets it go.
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    page.get_by_role("link", name="Latent spaces").click()
    expect(heading).to_be_visible()
    page.reload()
    expect(heading).to_be_visible()
    expect(page.locator(".note")).to_contain_text(f"{len(expected):,} images are selected")
    expect(page.locator(".selected output")).to_have_text(f"{len(expected):,} selected")
    page.locator(".unselect").click()
    expect(heading).to_have_count(0)
    expect(page.locator(".selected")).to_be_hidden()


def test_what_is_listed_is_what_the_map_shows_when_other_images_are_chosen(server: Server, page: Page) -> None:
    def choose(name: str) -> None:
        page.locator(".st-key-images input").click()
        page.get_by_role("option", name=name).click()

    page.goto(server.url)
    draw_lasso(Map(page), 1)
    listed = page.locator(".st-key-selection h3")
    everything = listed.inner_text()
    choose("2,000 test images")
    expect(page.locator(".map[data-ready='2000']")).to_be_visible()
    expect(listed).not_to_have_text(everything)
    expect(page.locator(".note")).to_contain_text(f"{listed.inner_text().split()[0]} images are selected")
    choose("60,000 training images")
    expect(page.locator(".map[data-ready='60000']")).to_be_visible()
    expect(listed).to_have_count(0)
    page.get_by_role("button", name="Explore").click()
    choose("10,000 test images")
    expect(listed).to_have_text(everything)
    expect(page.locator(".note")).to_contain_text(f"{everything.split()[0]} images are selected")
    page.locator(".stage").focus()
    page.keyboard.press("Escape")
    expect(listed).to_have_count(0)


def test_the_keyboard_walks_pins_and_tells_the_screen_reader(server: Server, page: Page, mnist: Dataset) -> None:
    page.goto(server.url)
    Map(page)
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("aria-label", re.compile("10,000 images"))
    stage.focus()
    page.keyboard.press("ArrowRight")
    title = page.locator(".image h4")
    expect(title).to_contain_text("(pinned)")
    walked = [title.inner_text()]
    codes = encode_images(load_model(load("ae-2d")), mnist.test_images)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        walked.append(title.inner_text())
    indices = [int(re.findall(r"\d+", text)[0]) for text in walked]
    assert (np.diff(codes[indices, 0]) > 0).all()  # always to the right
    # The nearest one within the quarter that lies there.
    step = codes - codes[indices[0]]
    ahead = np.flatnonzero((step[:, 0] > np.abs(step[:, 1])) & (np.arange(len(codes)) != indices[0]))
    assert indices[1] == ahead[np.linalg.norm(step[ahead], axis=1).argmin()]
    expect(page.locator(".live")).to_have_text(re.compile(rf"Test image {indices[-1]}, class .*AE 0\.\d+, VAE 0\.\d+"))
    page.keyboard.press("Shift+ArrowUp")  # in the other panel
    above = int(re.findall(r"\d+", title.inner_text())[0])
    codes = encode_images(load_model(load("vae-2d")), mnist.test_images)
    assert codes[above, 1] > codes[indices[-1], 1]
    # A point in the AE, a region in the VAE.
    expect(page.locator(".strip canvas")).to_have_count(20)
    expect(page.locator(".regions canvas[role=img]")).to_have_attribute(
        "aria-label", re.compile("VAE: .* 0\\.\\d+ units of z each way")
    )
    expect(page.locator(".draws .words")).to_contain_text("one point")
    page.keyboard.press("Escape")
    expect(title).not_to_contain_text("(pinned)")


def test_backgrounds_say_what_they_show(server: Server, page: Page) -> None:
    page.goto(server.url)
    latent_map = Map(page)
    background, note = page.locator(".background"), page.locator(".note")
    lit = """canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
        .reduce((sum, value, i) => sum + (i % 4 === 3 && value > 0 ? 1 : 0), 0)"""
    plain = page.locator(".back").evaluate(lit)
    for kind, words in (
        ("mosaic", "what each decoder makes"),
        ("density", "aggregate posterior"),
        ("reading", "the judge"),
    ):
        background.select_option(kind)
        expect(note).to_contain_text(words)
        page.wait_for_function(
            f"([canvas, plain]) => ({lit})(canvas) > 3 * plain", arg=[page.locator(".back").element_handle(), plain]
        )
    latent_map.move(1, 0.5, 0.3)
    expect(page.locator(".here .words")).to_contain_text(re.compile(r"The judge reads \d \(\d+ %\)"))


def test_points_move_from_the_ae_to_the_vae_and_back(server: Server, page: Page) -> None:
    page.goto(server.url)
    latent_map = Map(page)
    latent_map.find_image(0)
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".where")).to_have_text("in the VAE")
    expect(page.locator(".titles h3").first).to_have_text("AE ae-2d, images at their places in the VAE")
    latent_map.move(0, 0.5, 0.5)
    expect(page.locator(".here .words")).to_contain_text("on their way")
    page.locator(".progress").fill("0")
    expect(page.locator(".where")).to_have_text("in the AE")
    latent_map.move(0, 0.5, 0.5)
    expect(page.locator(".here .words")).to_contain_text(") in the AE")


def test_a_change_of_theme_draws_the_map_again(server: Server, page: Page) -> None:
    page.goto(server.url)
    Map(page)
    # Of what the letters' layer and the axes' layer hold, the axes take the colour of the theme's text.
    mean = """canvas => { const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const drawn = data.filter((_, i) => i % 4 === 0 && data[i + 3] > 150);
        return drawn.length ? drawn.reduce((a, b) => a + b) / drawn.length : null; }"""
    axes = page.locator(".back").element_handle()
    page.wait_for_function(f"canvas => ({mean})(canvas) < 90", arg=axes)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"canvas => ({mean})(canvas) > 180", arg=axes)


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_both_panels_and_the_inspector_fit_1024_pixels(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 900})
    page.goto(server.url)
    latent_map = Map(page)
    latent_map.find_image(1)
    for part in (".stage", ".inspector", ".bar"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1024
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024


def test_a_browser_without_webgl_gets_charts_and_the_reason(server: Server, browser: Browser) -> None:
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext ="
        "function (kind, ...rest) { return kind === 'webgl2' ? null : get.call(this, kind, ...rest); }"
    )
    page.goto(server.url)
    expect(page.get_by_text("The live map cannot be drawn here: this browser has no WebGL 2")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    page.close()


def test_points_glide_through_every_beta_with_no_request_and_the_decoder_follows_once_the_slider_is_let_go(
    server: Server, page: Page, mnist: Dataset
) -> None:
    config = TrainConfig(model="multi-rate-vae", steps=400, hidden=(32,), batch_size=64, precision="float32")
    for _ in record(train(config, mnist), "every-small", config, mnist):
        pass
    sent: list[bytes] = []

    def note(frame: bytes | str) -> None:
        sent.append(frame.encode() if isinstance(frame, str) else frame)

    page.once("websocket", lambda socket: socket.on("framesent", note))
    page.goto(f"{server.url}/?vae=every-small")
    latent_map = Map(page)
    page.locator(".way").select_option("betas")
    slider = page.locator(".progress")
    place = "(slider, at) => { slider.value = at; slider.dispatchEvent(new Event('input', { bubbles: true })); }"
    settle(page)
    drawn = set()
    for at in np.linspace(5, 28, 24):
        slider.evaluate(place, float(at))
        page.evaluate("new Promise(requestAnimationFrame)")
        drawn.add(page.locator(".titles h3").nth(1).inner_text())
    assert not any(b'"beta"' in frame for frame in sent)  # some fragments of the page poll by themselves
    assert len(drawn) == 24
    slider.evaluate("slider => slider.dispatchEvent(new Event('change', { bubbles: true }))")
    expect(page.locator(".titles h3").nth(1)).to_have_text("VAE every-small at β 12, 2-D codes, not projected")
    settle(page)
    assert "beta=12" in page.url
    assert any(b'"beta"' in frame for frame in sent)
    next(latent_map.empty_places(1, 1))
    latent = latent_map.latent(1)
    shown = np.array(page.locator(".here-1").evaluate(READ))
    expected = decode_latents(load_model(frozen(load("every-small"), 12.0)), latent[None])[0].ravel().astype(int)
    assert np.abs(shown - expected).max() <= 2
