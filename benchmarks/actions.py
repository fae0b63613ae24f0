"""Things that people do on the pages, the main control of every page among them, and the pictures that answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from playwright.sync_api import Page

from benchmarks.window import rest, timed
from vae.ui.frame import pages
from vae.ui.frame.pages import Page as AppPage

PICTURES = "[data-testid=stMain] [data-testid=stImage]"
ROW = 35  # pixels, of a table
STROKES = ([(70, 70), (130, 66), (200, 70), (170, 130), (145, 180), (125, 230)], [(140, 40), (138, 140), (142, 240)])


@dataclass(frozen=True)
class Action:
    """An input on a page and the parts that it draws anew.

    `act` gets the number of the time that it is done, from 0; `before` what makes the next time possible.
    """

    name: str
    page: AppPage
    parts: dict[str, str]  # selectors by label
    act: Callable[[Page, int], None]
    before: Callable[[Page, int], None] | None = None


def step(key: str) -> Callable[[Page, int], None]:
    """Return the click on the plus of a number field."""
    return lambda page, _: page.locator(f".st-key-{key} [data-testid=stNumberInputStepUp]").click()


def press(key: str) -> Callable[[Page, int], None]:
    """Return the click on a button."""
    return lambda page, _: page.locator(f".st-key-{key} button").first.click()


def slide(key: str) -> Callable[[Page, int], None]:
    """Return a step of a slider to the right with the keyboard."""
    return lambda page, _: page.locator(f".st-key-{key} input[type=range]").first.press("ArrowRight")


def slide_to_and_fro(key: str) -> Callable[[Page, int], None]:
    """Return a step of a slider with the keyboard, to the right and back in turn: a short slider has an end."""
    return lambda page, time: page.locator(f".st-key-{key} input[type=range]").first.press(
        ("ArrowRight", "ArrowLeft")[time % 2]
    )


def pick(key: str, *options: str) -> Callable[[Page, int], None]:
    """Return the choice of one option of a segmented control after the other."""
    return lambda page, time: (
        page.locator(f".st-key-{key} button").get_by_text(options[time % len(options)], exact=True).click()
    )


def choose(key: str, *options: str) -> Callable[[Page, int], None]:
    """Return the choice of one option of a list after the other."""

    def act(page: Page, time: int) -> None:
        page.locator(f".st-key-{key} input").click()
        page.get_by_role("option", name=options[time % len(options)], exact=True).click()

    return act


def stroke(page: Page, time: int) -> None:
    """Draw a 7 or a 1 on the canvas."""
    box = page.locator(".drawing canvas").bounding_box()
    assert box is not None
    scale = box["width"] / 280
    places = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in STROKES[time % 2]]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def clear(page: Page, time: int) -> None:
    """Empty the canvas, on which there is nothing at first."""
    if time:
        page.get_by_role("button", name="Clear").click()
        rest(page)


def select_row(page: Page, row: int) -> None:
    """Click the box at the left of a row of the table of runs."""
    box = page.locator(".st-key-runs_table [data-testid=stDataFrame] canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 18, box["y"] + ROW * (row + 1) + ROW / 2)


def other_first_row(page: Page, time: int) -> None:
    """Choose another single run than before, in the place of the two."""
    if time:
        for row in (time - 1, time):
            timed(page, {}, partial(select_row, page, row))
    timed(page, {"run": ".st-key-run_actions"}, partial(select_row, page, time))


def stronger_noise(page: Page, _: int) -> None:
    """Go back to the noise, and to a strength at which nothing was hidden yet."""
    timed(page, {}, partial(pick("spoil", "Gaussian noise"), page, 0))
    timed(page, SPOILT, partial(slide("spoil_strength"), page, 0))


def add_curve(page: Page, _: int) -> None:
    """Choose one more run on the page Training."""
    page.locator(".st-key-curves input").click()
    page.get_by_role("option").nth(1).click()  # the first one is all of them


def look_up(page: Page, time: int) -> None:
    """Find one term of the glossary after the other."""
    field = page.locator(".st-key-sought input")
    field.fill(("posterior", "prior")[time % 2])
    field.press("Enter")


def bring(page: Page, time: int) -> None:
    """Bring the example of one's own images, once."""
    if not time:
        press("own_example")(page, time)
        page.wait_for_selector(".st-key-own_out img")


def invert(page: Page, _: int) -> None:
    """Make black white, or white black again."""
    page.locator(".st-key-own_invert label").click()


MAP = {"map": ".st-key-latent_map"}
BETA = {"slider": ":is(.ladder, .every)"}
WALLS = {"walls": PICTURES}
ROUTE = {"strips": ".st-key-strip_vae", "film": ".st-key-path_film"}
DRAWN = {"pictures": ".st-key-draw_pictures", "maps": ".st-key-draw_maps"}
STYLES = {"grid": ".st-key-demand_rows"}
SPOILT = {"pictures": ".st-key-spoilt"}  # the table below them is the last that the script draws
COUNTS = ("5,000 test images", "2,000 test images", "10,000 test images")

ACTIONS = (
    Action("Tour: other images", pages.TOUR, {"scene": ".st-key-scene"}, press("tour_others")),
    Action("Latent spaces: another number of images", pages.LATENT_SPACES, MAP, choose("images", *COUNTS)),
    Action("Samples: new seed", pages.SAMPLES, WALLS, step("sample_seed")),
    Action("Samples: other test images", pages.SAMPLES, {"pictures": ".st-key-reconstructions_1"}, step("first_image")),
    Action("Samples: manifold over prior or codes", pages.SAMPLES, WALLS, pick("grid", "codes", "prior")),
    Action("β: the slider", pages.BETA, BETA, slide_to_and_fro("ladder_place")),
    Action("β: new seed", pages.BETA, BETA, step("beta_seed")),
    Action(
        "β: distortion in other units",
        pages.BETA,
        {"curve": ".st-key-rate_distortion"},
        pick("distortion", "MSE", "nats"),
    ),
    Action(
        "β translator: another weight", pages.BETA_TRANSLATOR, {"code": "[data-testid=stCode]"}, step("t_kl_weight")
    ),
    Action(
        "Break it: another mistake",
        pages.BREAK_IT,
        {"samples": "[class*='st-key-mistake_samples']"},
        pick("mistake", "No noise", "Mean over pixels"),
    ),
    Action("Glossary: a term", pages.GLOSSARY, {"terms": ".st-key-glossary"}, look_up),
    Action("Training: one more run", pages.TRAINING, {"curves": ".st-key-loss_curves"}, add_curve),
    Action(
        "Runs: two compared",
        pages.RUNS,
        {"pictures": ".st-key-compared"},
        lambda page, time: select_row(page, time + 1),
        other_first_row,
    ),
    Action("Your images: inverted", pages.YOUR_IMAGES, {"pictures": ".st-key-own_out"}, invert, bring),
    Action("Random latents: new seed", pages.RANDOM_LATENTS, {"walls": ".st-key-wall_vae"}, step("random_seed")),
    Action("Interpolation: other images", pages.INTERPOLATION, ROUTE, press("path_others")),
    Action("Interpolation: steps", pages.INTERPOLATION, ROUTE, slide("path_steps")),
    Action("Traversal: another image", pages.TRAVERSAL, {"rows": ".st-key-traversal_vae"}, step("traversal_image")),
    Action("Arithmetic: another image", pages.ARITHMETIC, {"strips": ".st-key-sum_strip_vae"}, step("sum_c")),
    Action("Digits on demand: new seed", pages.DIGITS_ON_DEMAND, STYLES, step("demand_seed")),
    Action("Draw: a stroke", pages.DRAW, DRAWN, stroke, clear),
    Action("Edit a code: another image", pages.EDIT_A_CODE, {"ledger": ".st-key-five_ledger_VAE"}, step("five_index")),
    Action("Two images: another pair", pages.TWO_IMAGES, {"codes": ".st-key-kind_codes"}, press("kind_another")),
    Action("Denoise: other images", pages.DENOISE, SPOILT, step("spoil_image")),
    Action("Denoise: strength of the noise", pages.DENOISE, SPOILT, slide("spoil_strength")),
    Action("Denoise: the lower part hidden", pages.DENOISE, SPOILT, pick("spoil", "lower part"), stronger_noise),
    Action("Unusual images: rank", pages.UNUSUAL_IMAGES, {"pictures": ".st-key-unusual_VAE_1"}, step("unusual_rank")),
    Action(
        "Unusual images: score",
        pages.UNUSUAL_IMAGES,
        {"pictures": ".st-key-unusual_VAE_1"},
        pick("unusual_score", "squared error", "reconstruction loss"),
    ),
)
