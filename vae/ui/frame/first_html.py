"""The style sheet of every page, and the scripts that come before Streamlit's, in the head of a page's first HTML.

Sent as an element of the page the sheet would come after the first widgets, which would move then.
"""

from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vae.ui.shared import figure_first

_HERE = Path(__file__).parent
_SCRIPTS = ("presented.js", "sidebar_place.js", "skip_link.js")
_END_OF_HEAD = b"</head>"
# With these a browser asks for a part of Streamlit's file, for word that its copy is still good, which may be a copy
# without the style sheet or with an old one, or for gzip, into which nothing can be put.
_OF_THE_FILE = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"if-range", b"range"}
_OF_ITS_BYTES = {b"content-length", b"etag", b"last-modified", b"accept-ranges"}


class WithStyle:
    """An ASGI application whose HTML documents hold the style sheet; every other answer stays as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._more = b"".join(
            [b"<style>%b</style>" % (_HERE / name).read_bytes() for name in ("style.css", "present.css")]
            + [b"<style>%b</style>" % figure_first.rules().encode()]
            + [b"<script>%b</script>" % (_HERE / name).read_bytes() for name in _SCRIPTS]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; those of a browser for a document are asked for whole, as a GET."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or not _asks_for_html(scope):
            await self._app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name not in _OF_THE_FILE]
        answer = _Answer(send, self._more, scope["method"] == "HEAD")
        await self._app({**scope, "method": "GET", "headers": headers}, receive, answer.take)


class _Answer:
    """The messages of one answer, which are kept until it is known whether they are an HTML document."""

    def __init__(self, send: Send, more: bytes, without_body: bool) -> None:
        self._send, self._more, self._without_body = send, more, without_body
        self._start: Message | None = None
        self._body = b""

    async def take(self, message: Message) -> None:
        """Pass a message on, or keep it if it is a part of a document."""
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)
        else:
            await self._send(message)

    async def _finish(self, start: Message) -> None:
        body = self._body.replace(_END_OF_HEAD, self._more + _END_OF_HEAD, 1)
        headers = [(name, value) for name, value in start["headers"] if name.lower() not in _OF_ITS_BYTES]
        await self._send({**start, "headers": [*headers, (b"content-length", b"%d" % len(body))]})
        await self._send({"type": "http.response.body", "body": b"" if self._without_body else body})


def _asks_for_html(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _is_html(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    whole = start["status"] == 200 and b"content-encoding" not in headers and b"content-disposition" not in headers
    return whole and headers.get(b"content-type", b"").startswith(b"text/html")
