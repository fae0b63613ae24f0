"""Sessions on a tiny app that is served for real, and how answers, figures and strange values are told."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import load
from benchmarks.clients import ClientError, Session, View
from benchmarks.isolation import Visitor
from benchmarks.load import Log, Memory, Pace
from benchmarks.server import Server, ServerError, serve
from tests.helpers import coroutines

# A fragment that is polled, reruns its page at the second poll and is not drawn again.
FIRST = """
import streamlit as st

@st.fragment(run_every=0.1)
def polled():
    st.session_state["polls"] = st.session_state.get("polls", 0) + 1
    if st.session_state["polls"] > 2:
        st.rerun()

st.page_link("pages/slow.py")
st.page_link("pages/broken.py")
for draw, *options in (
    (st.number_input, 0, 9, 4), (st.toggle, True), (st.text_input, "words"), (st.slider, 0.0, 1.0, 0.5),
    (st.select_slider, [1, 2], 2), (st.selectbox, ["a", "b"], 1), (st.radio, ["a", "b"], 1),
):
    draw(draw.__name__, *options, key=draw.__name__)
st.segmented_control("Choice", ["a", "b"], default="b", key="choice")
KEPT = ("number_input", "toggle", "text_input", "slider", "select_slider", "selectbox", "radio", "choice")
st.button("Retrain", key="retrain", on_click=lambda: st.session_state.update(told=[st.session_state[k] for k in KEPT]))
st.header(str(st.session_state.get("told")))
if st.session_state.get("polls", 0) < 3:
    polled()
"""
SLOW = "import time\ntime.sleep(0.3)"
BROKEN = """
import streamlit as st

@st.cache_resource
def shared():
    return []

shared().append(st.query_params.get("sample_seed"))
st.number_input("Seed of z", 0, 99, int(shared()[0]), key="sample_seed")
raise ValueError("this page is broken")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("app")
    (folder / "pages").mkdir()
    (folder / "streamlit_app.py").write_text(FIRST)
    (folder / "pages" / "slow.py").write_text(SLOW)
    (folder / "pages" / "broken.py").write_text(BROKEN)
    with serve(folder) as found:
        yield found


def test_visits_are_timed_and_their_polls_exceptions_and_strange_values_are_told(server: Server) -> None:
    pace = Pace(visits=3, think=0.5, spread=0, draws=True)
    logs, more = coroutines.run(load.walk_stages(server, [2], pace, pace))
    log = logs[2]
    assert more is None
    assert log.errors == []
    assert len(log.polls) >= 2
    # Each of the two has been on every page, and only one of them finds its own seed on the page that shares it.
    assert sorted({page for page, _ in log.visits} - {"the first page"}) == ["broken", "slow", "streamlit app"]
    assert all(seconds >= 0.3 for page, seconds in log.visits if page == "slow")
    assert log.exceptions == ["broken: ValueError: this page is broken"] * 2
    assert len(log.strange) == 1
    assert "sample_seed is" in log.strange[0]
    assert load.by_page(log)["slow"] >= 0.3


def test_polls_end_with_their_fragment_and_one_without_an_answer_is_an_error(server: Server) -> None:
    async def poll() -> None:
        async with Session(server.port) as session:
            await session.visit()
            (fragment,) = session.view.polls
            while session.view.polls:
                await session.poll(fragment)
            session.patience = 0.2
            with pytest.raises(ClientError, match=r"a poll on .* had no answer within 0\.2 s"):
                await session.poll(fragment)
            with pytest.raises(ClientError, match="no button 'cancel'"):
                await session.press("cancel")

    coroutines.run(poll())


def test_a_button_is_pressed_with_the_values_of_all_widgets(server: Server) -> None:
    async def press() -> list[str]:
        async with Session(server.port) as session:
            await session.visit()
            answer = await session.press("retrain")
            assert answer.exceptions == []
            return [element.heading.body for element in answer.elements if element.WhichOneof("type") == "heading"]

    assert coroutines.run(press()) == ["[4, True, 'words', 0.5, 2, 'b', 'b', 'b']"]


def test_the_measurement_ends_with_the_reason_when_the_server_does(tmp_path: Path) -> None:
    (tmp_path / "streamlit_app.py").write_text("import os\nprint('out of everything', flush=True)\nos._exit(3)")
    args = Namespace(draws=False, visits=1, think=0.1, stages=[1], minutes=0.0, idle=60.0, quick=True)
    with serve(tmp_path) as server, pytest.raises(ServerError, match=r"ended with status 3.*out of everything"):
        coroutines.run(load.measure(server, args))


def test_sessions_come_and_go_for_minutes_while_the_memory_is_told(server: Server) -> None:
    args = Namespace(draws=False, visits=0, think=0.1, minutes=0.005, idle=0.0, quick=True)
    found = coroutines.run(load.measure(server, args))
    assert found["minutes"] == 0.005
    assert found["visits"]["10"] >= 10
    assert len(found["server_mb_by_minute"]) == 1
    assert found["errors"] == []
    assert 0 < found["server_mb"]["start"] <= found["server_mb"]["peak"]
    assert found["server_mb"]["after"] <= found["server_mb"]["peak"]


def begun(view: View, *fragments: str) -> None:
    message = ForwardMsg()
    message.new_session.page_script_hash = "page"
    message.metadata.run.fragment_ids.extend(fragments)
    assert not view.take(message)


def asked_for(view: View, fragment: str) -> None:
    message = ForwardMsg()
    message.auto_rerun.fragment_id, message.auto_rerun.interval = fragment, 0.5
    assert not view.take(message)


def finished(status: "ForwardMsg.ScriptFinishedStatus.ValueType") -> ForwardMsg:
    message = ForwardMsg()
    message.script_finished = status
    return message


def test_an_answer_ends_with_the_run_that_the_request_began() -> None:
    view = View()
    view.ask()
    assert not view.take(finished(ForwardMsg.FINISHED_SUCCESSFULLY))  # of an earlier request
    begun(view)
    asked_for(view, "status")
    begun(view, "status")
    assert list(view.polls) == ["status"]  # a run of the fragment itself leaves it
    assert not view.take(finished(ForwardMsg.FINISHED_EARLY_FOR_RERUN))
    begun(view)
    assert view.polls == {}
    assert view.take(finished(ForwardMsg.FINISHED_SUCCESSFULLY))


def test_a_fragment_that_is_stopped_is_not_polled() -> None:
    view = View()
    begun(view)
    asked_for(view, "status")
    message = ForwardMsg()
    message.stop_auto_rerun.fragment_ids.append("status")
    view.take(message)
    assert view.polls == {}


def slider(*options: str) -> Element:
    element = Element()
    element.slider.id = "$$ID-0-beta"
    element.slider.options.extend(options)
    return element


def button(key: str) -> Element:
    element = Element()
    element.button.id = f"$$ID-0-{key}"
    return element


def heading(words: str) -> Element:
    element = Element()
    element.heading.body = words
    return element


def test_a_visitor_knows_its_own_values_from_anothers() -> None:
    first, second = Visitor(1), Visitor(2, trains=True)
    assert (first.beta, second.beta) == ("2.0001", "2.0002")
    own = heading("Before and after: vae-2d → vae-2d-beta2.0002")
    assert list(first.strange([slider("1", "2", "2.0001", "2.5"), button("retrain")])) == []
    assert list(second.strange([slider("2.0002"), button("cancel"), own])) == []
    assert len(list(first.strange([slider("1", "2.0001", "2.0002")]))) == 1
    assert len(list(first.strange([slider("1", "2")]))) == 1
    assert len(list(first.strange([button("cancel"), own]))) == 2
    assert len(list(second.strange([heading("Before and after: vae-2d → vae-2d-beta2.0001")]))) == 1


def test_three_of_ten_train_and_nobody_of_one() -> None:
    assert [sum(v.trains for v in load.visitors_of(count, 1)) for count in (1, 3, 10, 30)] == [0, 1, 3, 3]


def test_quantiles_are_those_of_nearest_rank() -> None:
    assert load.quantiles([]) is None
    assert load.quantiles([2.0]) == {"count": 1, "median": 2.0, "p95": 2.0, "max": 2.0}
    values = [float(value) for value in range(100, 0, -1)]
    assert load.quantiles(values) == {"count": 100, "median": 50.5, "p95": 95.0, "max": 100.0}


def test_a_stage_is_summed_up_under_the_number_of_its_sessions() -> None:
    logs = {1: Log([("beta", 0.25)], [0.5]), 10: Log([("beta", 1.0), ("runs", 2.0)], errors=["no answer"])}
    found = load.summary(logs)
    assert found["p95_seconds"] == {"1": 0.25, "10": 2.0}
    assert found["median_seconds"] == {"1": 0.25, "10": 1.5}
    assert found["polls"]["1"]["median"] == 0.5
    assert found["errors"] == ["no answer"]
    assert found["pages"]["10"] == {"runs": 2.0, "beta": 1.0}


def test_memory_is_told_at_start_at_most_at_the_end_and_by_minute() -> None:
    memory = Memory([(0.0, 100.0, 10.0), (10.0, 300.0, 30.0), (65.0, 200.0, 20.0)])
    assert memory.of(1) == {"start": 100, "peak": 300, "after": 200}
    assert memory.of(2) == {"start": 10, "peak": 30, "after": 20}
    assert memory.by_minute() == [200.0, 200.0]
