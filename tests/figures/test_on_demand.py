"""The figure of digits on demand."""

import numpy as np

from vae.figures.on_demand import class_rows


def test_what_is_misread_is_framed_and_named() -> None:
    rows = [np.zeros((3, 1, 8, 8), np.uint8)] * 2
    figure = class_rows(rows, ["z 1", "z 2"], ["a", "b", "c"], np.array([[0, 1, 2], [0, 0, 2]]))
    assert [(shape.x0, shape.y0) for shape in figure.layout.shapes] == [(1, 1)]
    assert figure.layout.annotations[-1].text == "<b>a</b>"
