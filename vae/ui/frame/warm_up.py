"""The work of a server before anybody needs it: imports, and a visit to every page.

The imports take longer than all the rest of the first page, and a browser takes as long to open it. The visit is a
session like any other, without a browser. The pages draw for it, in the order of the sidebar, what they draw for the
default pair, and what they keep for all sessions is there when somebody comes.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TypeVar

import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.runtime import RuntimeStoppedError
from streamlit.runtime.session_manager import SessionClient

from vae.ui.shared import visits

QUIET = 4.0  # seconds without a visitor before a page is drawn in advance: longer than the first page takes
LONGEST = 30.0  # seconds that it waits for this: where visitors keep coming, they need these pages
PATIENCE = 120.0  # seconds for a page, after which the visit ends
STOPPING = 5.0  # seconds that a server which stops waits for the page that is being drawn
FIRST_PAGE = ("torch", "vae.ui.frame.page", "vae.ui.compare.latent_map", "vae.ui.compare.selected_images")
R = TypeVar("R")


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Begin this work, in a thread, when the server starts, and end it when the server stops."""
    work = _Work(Runtime.instance(), asyncio.get_running_loop())
    thread = threading.Thread(target=work.do, daemon=True)
    thread.start()
    try:
        yield
    finally:
        work.stopped.set()
        # A thread that computes while the interpreter ends would take the process down with it.
        await asyncio.to_thread(thread.join, STOPPING)


class _Visitor(SessionClient):
    """A session without a browser: it keeps which other pages there are and lets everything else go."""

    def __init__(self) -> None:
        self.others: list[str] = []
        self.drawn = threading.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        kind = msg.WhichOneof("type")
        if kind == "navigation":
            pages, shown = msg.navigation.app_pages, msg.navigation.page_script_hash
            self.others = [page.page_script_hash for page in pages if page.page_script_hash != shown]
        elif kind == "script_finished":
            self.drawn.set()

    @property
    def client_context(self) -> None:
        return None


class _Work:
    """The imports and the visit."""

    def __init__(self, runtime: Runtime, loop: asyncio.AbstractEventLoop) -> None:
        self._runtime, self._loop = runtime, loop
        self._visitor = _Visitor()
        self.stopped = threading.Event()

    def do(self) -> None:
        """Import what the first page needs, then visit every page, until the server stops."""
        for module in FIRST_PAGE:
            if not self.stopped.is_set():
                import_module(module)
        try:
            session = self._call(lambda: self._runtime.connect_session(self._visitor, {}))
            visits.leave_out(session)
            try:
                self._visit(session, "")  # at once: who opens the browser meanwhile waits for it
                for page in list(self._visitor.others):
                    self._wait_for_quiet()
                    self._visit(session, page)
            finally:
                self._call(lambda: self._runtime.close_session(session))
        except (RuntimeStoppedError, RuntimeError, TimeoutError, CancelledError):
            return  # the server stops, or it is so busy that pages are computed for those who ask for them

    def _wait_for_quiet(self) -> None:
        began = time.monotonic()
        while time.monotonic() - visits.last() < QUIET and time.monotonic() - began < LONGEST:
            if self.stopped.wait(0.1):
                return

    def _visit(self, session: str, page: str) -> None:
        """Draw a page, given its hash, or the first page for an empty one, and wait until it is drawn."""
        if self.stopped.is_set():
            return
        self._visitor.drawn.clear()
        self._send(session, BackMsg(rerun_script=ClientState(page_script_hash=page)))
        end = time.monotonic() + PATIENCE
        while not self._visitor.drawn.wait(0.1):
            if self.stopped.is_set():
                self._send(session, BackMsg(stop_script=True))
                self._visitor.drawn.wait(STOPPING)
                return
            if time.monotonic() > end:
                raise TimeoutError

    def _send(self, session: str, message: BackMsg) -> None:
        self._call(lambda: self._runtime.handle_backmsg(session, message))

    def _call(self, call: Callable[[], R]) -> R:
        """Call something in the thread of the server's event loop, to which sessions belong, and return the result."""

        async def called() -> R:
            return call()

        return asyncio.run_coroutine_threadsafe(called(), self._loop).result(PATIENCE)
