"""The slider over one model's β: everything follows it in the browser, which decodes what Python decodes."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, Request, expect

from tests.helpers.app import SHIPPED
from tests.helpers.browser import PATIENCE, Server, assert_sound, serve, settle
from tests.helpers.multi_rate import record_every_beta
from vae.data.dataset import Dataset
from vae.generate.draws import prior_latents
from vae.models.codes import decode_latents, reconstruct
from vae.models.multi_rate import MultiRateVAE
from vae.storage.checkpoints import load
from vae.storage.models import load_model

expect.set_options(timeout=PATIENCE)
READY = ".every[data-ready]"
LADDER = [path.name for path in sorted(SHIPPED.glob("ladder-vae-2d-*"))]
# Moves the slider to the place that is nearest below a β, and waits until everything is drawn.
MOVE = """(slider, beta) => new Promise((done) => {
  const { dataset } = slider.getRootNode().querySelector(".every");
  const set = (value) => { slider.value = value; slider.dispatchEvent(new Event("input", { bubbles: true })); };
  let low = 0, high = Number(slider.max);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    set(middle);
    if (Number(dataset.beta) <= beta) low = middle;
    else high = middle;
  }
  set(low);
  const wait = () => requestAnimationFrame(dataset.ready === dataset.beta ? () => done(low) : wait);
  wait();
})"""
SEEN = """(root) => ({
  beta: Number(root.dataset.ready),
  said: root.querySelector("output").textContent,
  numbers: root.querySelector(".numbers").textContent,
  drawn: [...root.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()),
  walls: Number(root.dataset.walls),
})"""
# Drags by `steps` even steps of the slider, each once the wall of the one before is drawn.
DRAG = """(slider, [first, last, steps]) => new Promise((done) => {
  const root = slider.getRootNode().querySelector(".every"), seen = [];
  let step = 0;
  const drawn = () => [...root.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL());
  const observer = new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(() => {
    seen.push({ beta: Number(root.dataset.ready), drawn: drawn() });
    if (step > steps) { observer.disconnect(); done(seen); }
    else next();
  })));
  observer.observe(root, { attributeFilter: ["data-walls"] });
  const next = () => {
    slider.value = first + Math.round(((last - first) * step++) / steps);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  };
  next();
})"""
PIXELS = """(root, kind) => {
  const canvas = root.querySelector(`.${kind} canvas`), { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return { width, height, values: [...data].filter((_, i) => i % 4 === 0) };
}"""


@pytest.fixture(scope="module")
def every_server(mnist: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the ladder of two dimensions and a small model for every β."""
    for server in serve(tmp_path_factory.mktemp("every"), LADDER):
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("VAE_CHECKPOINTS", str(server.checkpoints))
            record_every_beta(mnist, "every-small", steps=200)
        yield server


def tiles(found: dict, columns: int, rows: int) -> np.ndarray:
    """The images (rows · columns, 28, 28) of a canvas on which they lie a pixel apart."""
    picture = np.array(found["values"]).reshape(found["height"], found["width"])
    return np.stack(
        [
            picture[29 * row : 29 * row + 28, 29 * column : 29 * column + 28]
            for row in range(rows)
            for column in range(columns)
        ]
    )


def test_the_whole_page_follows_the_slider_without_a_request(every_server: Server, page: Page) -> None:
    page.goto(f"{every_server.url}/beta")
    page.wait_for_selector(READY)
    settle(page)
    page.wait_for_selector(".js-plotly-plot")
    slider, root = page.locator(".every input[type=range]"), page.locator(READY)
    sent: list[str] = []

    def watch(request: Request) -> None:
        sent.append(request.url)

    page.on("request", watch)
    high, low = slider.evaluate(MOVE, 10), slider.evaluate(MOVE, 0.1)
    seen = slider.evaluate(DRAG, [low + 1, high, 60])
    page.remove_listener("request", watch)
    assert sent == []
    betas = [one["beta"] for one in seen]
    assert len(seen) == 61
    assert betas == sorted(betas)
    assert betas[0] == pytest.approx(0.1, rel=0.1)
    assert betas[-1] == pytest.approx(10, rel=0.05)
    for panel in range(5):  # of samples, map, curve, reconstructions and bars
        assert len({one["drawn"][panel] for one in seen}) == len(seen)
    assert_sound(page)

    # The keys move it by one step, and what is decoded is what Python decodes.
    slider.press("ArrowRight")
    page.wait_for_function(
        f"(root) => root.dataset.ready === root.dataset.beta && Number(root.dataset.ready) > {betas[-1]}",
        arg=root.element_handle(),
    )
    now = root.evaluate(SEEN)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("VAE_CHECKPOINTS", str(every_server.checkpoints))
        model = load_model(load("every-small"))
    assert isinstance(model, MultiRateVAE)
    frozen = model.at(now["beta"])
    walls = tiles(root.evaluate(PIXELS, "samples"), 10, 10)
    expected = decode_latents(frozen, prior_latents(100, 2, 0))[:, 0]
    assert np.abs(walls - expected.astype(int)).max() <= 2


def test_reconstructions_lie_below_their_images_and_the_place_outlives_another_z(
    every_server: Server, page: Page, mnist: Dataset
) -> None:
    page.goto(f"{every_server.url}/beta")
    page.wait_for_selector(READY)
    settle(page)
    slider, root = page.locator(".every input[type=range]"), page.locator(READY)
    slider.evaluate(MOVE, 4)
    before = root.evaluate(SEEN)
    copies = tiles(root.evaluate(PIXELS, "copies"), 10, 2)
    np.testing.assert_array_equal(copies[:10], mnist.test_images[:10, 0])
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("VAE_CHECKPOINTS", str(every_server.checkpoints))
        model = load_model(load("every-small"))
    assert isinstance(model, MultiRateVAE)
    expected = reconstruct(model.at(before["beta"]), mnist.test_images[:10])[0][:, 0]
    assert np.abs(copies[10:] - expected.astype(int)).mean() <= 1  # codes are interpolated between 32 β
    expect(page.locator(".every .gap")).to_contain_text("Against the ladder's VAE of β = 4, this model has at that β:")
    seed = page.locator(".st-key-beta_seed input")
    seed.fill("7")
    seed.press("Enter")
    settle(page)
    page.wait_for_function(
        "([root, walls]) => Number(root.dataset.walls) > walls", arg=[root.element_handle(), before["walls"]]
    )
    after = root.evaluate(SEEN)
    assert after["said"] == before["said"]
    assert after["drawn"][0] != before["drawn"][0]
    assert after["drawn"][3] == before["drawn"][3]


def test_beta_moves_by_itself_until_it_is_stopped_and_its_film_can_be_saved(every_server: Server, page: Page) -> None:
    page.goto(f"{every_server.url}/beta")
    page.wait_for_selector(READY)
    settle(page)
    root, film = page.locator(READY), page.locator(".every .film")
    before = root.evaluate(SEEN)
    page.get_by_role("button", name="Move β up and down").click()
    page.wait_for_function(
        "([root, walls]) => Number(root.dataset.walls) > walls + 5", arg=[root.element_handle(), before["walls"]]
    )
    page.get_by_role("button", name="Stop β here").click()
    moved = root.evaluate(SEEN)
    assert moved["said"] != before["said"]
    page.wait_for_timeout(300)
    assert root.evaluate(SEEN)["said"] == root.evaluate(SEEN)["said"]
    expect(page.get_by_role("button", name="Move β up and down")).to_be_visible()
    # A film that is stopped is dropped.
    expect(film).to_have_text("Save a film of 20 s")
    film.click()
    expect(film).to_contain_text("s are recorded")
    film.click()
    expect(film).to_have_text("Save a film of 20 s")
