"""Drawings as the canvas sends them."""

import base64
import io
import json

from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from vae.ui.components.drawing.canvas import KEY, PREFIX

SEVEN = [(70, 70), (130, 66), (200, 70), (170, 130), (145, 180), (125, 230)]


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def seven(ground: int = 0, ink: int = 255) -> bytes:
    picture = Image.new("L", (280, 280), ground)
    ImageDraw.Draw(picture).line(SEVEN, fill=ink, width=20, joint="curve")
    return png(picture)


def draw(app: AppTest, content: bytes) -> AppTest:
    app.session_state[KEY] = {"picture": PREFIX + base64.b64encode(content).decode()}
    app.run()
    assert not app.exception, [e.value for e in app.exception]
    return app


def star(app: AppTest) -> list[dict]:
    (spec,) = (json.loads(one.proto.spec) for one in app.get("plotly_chart") if "draw_maps" in one.proto.id)
    return [trace for trace in spec["data"] if trace["name"] == "your image"]
