"""A client of Streamlit's WebSocket protocol: it visits pages, polls fragments and presses buttons as a browser does.

Nothing is rendered, no picture is fetched and no component's code runs.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from streamlit.proto.AppPage_pb2 import AppPage
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks.widgets import is_set, key_of, state_of

PATIENCE = 120.0  # seconds until an answer has to be complete


class ClientError(Exception):
    """A request that was not answered, or a connection that is gone."""


@dataclass(frozen=True)
class Answer:
    """The seconds from a request until its script has finished, and what came in between."""

    seconds: float
    elements: list[Element]
    exceptions: list[str]


@dataclass
class View:
    """All that a browser knows from the messages of its server."""

    pages: dict[str, str] = field(default_factory=dict)  # names by hash
    page: str = ""  # the hash of the page that is shown
    query: str = ""  # the address's parameters
    polls: dict[str, float] = field(default_factory=dict)  # seconds between two polls, by fragment
    buttons: dict[str, str] = field(default_factory=dict)  # element ids of the page's enabled buttons, by key
    states: dict[str, WidgetState] = field(default_factory=dict)  # of the page's widgets, by element id
    elements: list[Element] = field(default_factory=list)  # since the last request
    exceptions: list[str] = field(default_factory=list)  # since the last request
    runs: bool = False  # whether a run has begun since the last request

    def ask(self) -> None:
        """Forget the answer to the last request."""
        self.elements, self.exceptions, self.runs = [], [], False

    def take(self, message: ForwardMsg) -> bool:
        """Take in a message; return whether it ends the answer to the last request.

        The end of a run that began before the request is not its answer, and a run that ends early for another one,
        as that of a fragment which reruns its page does, is not its end.
        """
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begin(message)
        elif kind == "navigation":
            self._name(message.navigation.app_pages)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.polls[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self.polls.pop(fragment, None)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._draw(message.delta.new_element)
        elif kind == "session_event" and message.session_event.HasField("script_compilation_exception"):
            self.exceptions.append(_told(message.session_event.script_compilation_exception))
        elif kind == "page_not_found":
            self.exceptions.append(f"There is no page {message.page_not_found.page_name!r}.")
        elif kind == "script_finished" and self.runs:
            self.runs = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            return not self.runs
        return False

    def _begin(self, message: ForwardMsg) -> None:
        self.runs = True
        new = message.new_session
        self._name(new.app_pages)
        if not message.metadata.run.fragment_ids:
            # A server answers no poll of a fragment that a run of the whole page has not drawn again. A browser ends
            # its polls here too; the run may follow from a poll, so that this is not done with a request.
            if self.page != new.page_script_hash:
                self.states.clear()
            self.page = new.page_script_hash
            self.polls.clear()
            self.buttons.clear()

    def _name(self, pages: Iterable[AppPage]) -> None:
        """Take in names of pages, whose text ends the address; the first page's is empty."""
        self.pages |= {page.page_script_hash: page.page_name for page in pages}

    def _draw(self, element: Element) -> None:
        self.elements.append(element)
        kind = element.WhichOneof("type")
        state = state_of(element)
        if state is not None and (is_set(element) or state.id not in self.states):
            self.states[state.id] = state
        if kind == "button":
            key = key_of(element.button.id)
            self.buttons.pop(key, None)
            if not element.button.disabled:
                self.buttons[key] = element.button.id
        elif kind == "exception" and not element.exception.is_warning:
            self.exceptions.append(_told(element.exception))


class Session:
    """One visitor of a server, with at most one request at a time."""

    def __init__(self, port: int, query: str = "", patience: float = PATIENCE) -> None:
        self.view = View(query=query)
        self.patience = patience
        self._port = port
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        try:
            self._socket = await connect(
                f"ws://localhost:{self._port}/_stcore/stream",
                subprotocols=["streamlit"],  # type: ignore[list-item]  # a NewType of str
                max_size=None,
                open_timeout=self.patience,
                ping_interval=None,
            )
        except (OSError, WebSocketException, TimeoutError) as error:
            raise ClientError(f"no connection to the server: {error}") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def visit(self, page: str = "", query: str | None = None) -> Answer:
        """Go to a page by its hash, the first one by default.

        Raises:
            ClientError: if the answer is not complete in time, or the connection is closed; so do `poll` and `press`.
        """
        message = BackMsg()
        message.rerun_script.page_script_hash = page
        return await self._request(message, f"a visit to {self.view.pages.get(page, 'the first page')}", query)

    async def poll(self, fragment: str) -> Answer:
        """Run a fragment again that asked for it."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self.view.page
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = True
        return await self._request(message, f"a poll on {self.view.pages.get(self.view.page, 'a page')}")

    async def press(self, key: str) -> Answer:
        """Press a button of the page by its key."""
        if key not in self.view.buttons:
            raise ClientError(f"there is no button {key!r} to press on {self.view.pages.get(self.view.page, 'a page')}")
        message = BackMsg()
        message.rerun_script.page_script_hash = self.view.page
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self.view.buttons[key], True
        return await self._request(message, f"a press of {key!r}")

    async def _request(self, message: BackMsg, what: str, query: str | None = None) -> Answer:
        assert self._socket is not None, "a session is entered before it asks"
        message.rerun_script.query_string = self.view.query if query is None else query
        message.rerun_script.widget_states.SetInParent()
        if message.rerun_script.page_script_hash == self.view.page:
            message.rerun_script.widget_states.widgets.extend(self.view.states.values())
        self.view.ask()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self.patience):
                await self._socket.send(message.SerializeToString())
                while not self.view.take(ForwardMsg.FromString(await self._socket.recv(decode=False))):
                    pass
        except TimeoutError:
            raise ClientError(f"{what} had no answer within {self.patience:g} s") from None
        except WebSocketException as error:
            raise ClientError(f"{what}: the connection is closed ({error})") from error
        return Answer(time.perf_counter() - began, self.view.elements, self.view.exceptions)


def _told(exception: object) -> str:
    return f"{getattr(exception, 'type', '')}: {getattr(exception, 'message', '')}"[:300]
