"""Times and shifts of a page of a few lines, in a real Chromium, and that there is something to do on every page."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Error, Page, sync_playwright

from benchmarks import app
from benchmarks.actions import ACTIONS
from benchmarks.window import Shift, Times, cumulative, opened, rest, shifts, timed
from tests.helpers.browser import ARGUMENTS, CHROMIUM

# A click makes the script run for 0.4 s; one picture is drawn while it runs, another in a shadow root after it.
CONTENT = """<div data-testid="stApp" data-test-script-state="notRunning"><button>Again</button>
<p id="before">before</p><p class="st-key-moved">words that move</p><div class="picture"></div>
<div class="late"></div></div>
<script>
const app = document.querySelector("[data-testid=stApp]");
const root = document.querySelector(".late").attachShadow({ mode: "open" });
document.querySelector("button").onclick = () => {
  app.dataset.testScriptState = "running";
  setTimeout(() => { document.querySelector(".picture").append("drawn"); }, 100);
  setTimeout(() => { app.dataset.testScriptState = "notRunning"; }, 400);
  setTimeout(() => { root.append("drawn late"); }, 600);
};
setTimeout(() => { document.querySelector("#before").style.height = "300px"; }, 100);
</script>"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with opened(browser) as page:
            page.goto(f"data:text/html,{quote(CONTENT)}")
            yield page
        browser.close()


def test_an_input_is_timed_until_the_script_rests_and_each_part_is_drawn(page: Page) -> None:
    times = timed(page, {"picture": ".picture", "late": ".late"}, page.get_by_role("button").click)
    assert times.drawn["picture"] >= 0.1
    assert times.rest >= 0.4
    assert times.all == times.drawn["late"] >= 0.6
    with pytest.raises(Error, match="nothing new was drawn in: other"):
        timed(page, {"picture": ".picture", "other": ".other"}, page.get_by_role("button").click, patience=1_000)


def test_what_moves_without_an_input_is_a_shift_that_names_it(page: Page) -> None:
    page.reload()
    page.wait_for_function("bench.shifts.length > 0")
    rest(page, 100)
    (shift,) = shifts(page)
    assert any(source.startswith("st-key-moved “words that move”, y ") for source in shift.sources)
    assert cumulative([shift]) == shift.value > 0


def test_the_cumulative_shift_is_that_of_the_worst_burst() -> None:
    def at(*times: float) -> list[Shift]:
        return [Shift(time, 0.1, []) for time in times]

    assert cumulative([]) == 0
    assert cumulative(at(0, 500, 1_400)) == pytest.approx(0.3)
    assert cumulative(at(0, 1_100, 1_200)) == pytest.approx(0.2)
    assert cumulative(at(*range(0, 8_000, 900))) == pytest.approx(0.6)  # a burst ends after five seconds


def test_a_page_that_is_moved_whole_by_the_sidebar_is_told_apart_from_its_content() -> None:
    whole = Shift(100, 0.244, ["stAppViewContainer “Draw”, x 0 → 300, width 1440 → 1140"])
    part = Shift(200, 0.05, ["st-key-spoilt, y 338 → 394", "stAppViewContainer, x 0 → 300"])
    found = app.shift_figures({"Draw": [whole, part], "Runs": []})
    assert found["layout_shift"] == {"Draw": 0.294, "Runs": 0}
    assert found["layout_shift_of_content"] == {"Draw": 0.05, "Runs": 0}
    assert found["layout_shift_sources"]["Draw"] == ["0.050: st-key-spoilt, y 338 → 394; stAppViewContainer, x 0 → 300"]


def test_an_action_that_cannot_be_done_is_told_and_the_others_are_measured() -> None:
    def fails() -> list[Times]:
        raise Error("nothing new was drawn in: walls\nat look")

    done, failed = app.measured({"first": fails, "second": lambda: [Times(0.5, {"walls": 0.7})]})
    assert failed == {"first": "nothing new was drawn in: walls"}
    assert done["second"][0].all == 0.7


def test_there_is_an_action_on_every_page() -> None:
    assert {one.page for one in ACTIONS} == {page for _, page in app.ALL}
    assert len({one.name for one in ACTIONS}) == len(ACTIONS)
