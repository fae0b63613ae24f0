"""The style sheet in the first HTML: it is there in every document, and nothing else is changed."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message

from tests.helpers import coroutines
from tests.helpers.app import open_page
from vae.ui.frame import pages
from vae.ui.frame.first_html import WithStyle
from vae.ui.shared.figure_first import HEIGHTS

HTML = "<!DOCTYPE html><html><head><title>β</title></head><body>" + "é" * 2_000 + "</body></html>"
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept_encoding": "gzip, br"}
RULE = "stSkeleton"


def application(folder: Path, *middleware: Middleware) -> Starlette:
    """An application that serves as Streamlit does: a file, and compressed what is large enough."""
    (folder / "index.html").write_text(HTML, encoding="utf-8")

    def file(request: Request) -> Response:
        return FileResponse(folder / "index.html", headers={"cache-control": "no-cache"})

    def pieces(request: Request) -> Response:
        return StreamingResponse(iter([HTML[:30], HTML[30:]]), media_type="text/html")

    def text(request: Request) -> Response:
        return PlainTextResponse(HTML, headers={"etag": "as-it-was", "x-method": request.method})

    def download(request: Request) -> Response:
        return HTMLResponse(HTML, headers={"content-disposition": "attachment"})

    def missing(request: Request) -> Response:
        return HTMLResponse(HTML, status_code=404)

    ends = {"file": file, "pieces": pieces, "text": text, "download": download, "missing": missing}
    routes = [Route(f"/{name}", end, methods=["GET", "HEAD", "POST"]) for name, end in ends.items()]
    return Starlette(routes=routes, middleware=[*middleware, Middleware(GZipMiddleware, minimum_size=500)])


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Client:
    """What a browser says to an application, and what it gets."""

    app: Starlette

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return await asyncio.Future()  # the request has no body, and nobody hangs up

        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "root_path": ""}
        names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        coroutines.run(self.app({**scope, "headers": names}, receive, send))
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]))


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(application(tmp_path, Middleware(WithStyle)))


@pytest.fixture
def plain(tmp_path: Path) -> Client:
    return Client(application(tmp_path))


@pytest.mark.parametrize("path", ["/file", "/pieces"])
def test_a_document_holds_the_style_sheet_in_its_head_and_is_otherwise_as_it_was(path: str, client: Client) -> None:
    answer = client.ask(path, **BROWSER)
    head, body = answer.body.decode().split("</head>")
    assert RULE in head
    assert head.startswith(HTML.split("</head>")[0])
    assert body == HTML.split("</head>")[1]
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_head_tells_the_length_that_get_sends(client: Client) -> None:
    answer = client.ask("/file", "HEAD", **BROWSER)
    assert answer.body == b""
    assert answer.headers["content-length"] == str(len(client.ask("/file", **BROWSER).body))


def test_who_has_a_copy_of_the_file_or_wants_a_part_gets_the_whole_document(client: Client, plain: Client) -> None:
    of_the_file = plain.ask("/file", **BROWSER).headers["etag"]
    assert plain.ask("/file", "GET", **BROWSER, range="bytes=0-9").status == 206
    for wish in ({"if_none_match": of_the_file}, {"range": "bytes=0-9"}):
        answer = client.ask("/file", "GET", **BROWSER, **wish)
        assert answer.status == 200
        assert RULE in answer.body.decode()
        assert not {"etag", "last-modified", "accept-ranges"} & set(answer.headers)  # which are the file's
        assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/text", "/download", "/missing"])
def test_what_is_no_document_of_a_page_stays_as_it_is(path: str, client: Client, plain: Client) -> None:
    assert client.ask(path, accept="text/html") == plain.ask(path, accept="text/html")


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/file", "GET", {"accept": "*/*", "range": "bytes=0-9"}),
        ("/file", "GET", {"accept": "image/*", "accept_encoding": "gzip"}),
        ("/text", "POST", BROWSER),
    ],
)
def test_requests_for_anything_else_go_through_unchanged(
    path: str, method: str, headers: dict[str, str], client: Client, plain: Client
) -> None:
    assert client.ask(path, method, **headers) == plain.ask(path, method, **headers)


def test_the_first_html_keeps_the_height_of_every_figure_free(client: Client) -> None:
    sent = client.ask("/file", **BROWSER).body.decode()
    for key, height in HEIGHTS.items():
        assert f".st-key-figure_{key} {{ min-height: {height}px; }}" in sent


@pytest.mark.usefixtures("fresh")
def test_a_page_sends_no_sheet_of_its_own(shipped: Path) -> None:
    """It would come after the widgets whose places it sets."""
    app = open_page(pages.LATENT_SPACES)
    assert not [one for one in app.markdown if "<style>" in one.value]
