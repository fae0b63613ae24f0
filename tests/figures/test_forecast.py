"""The figure of inactive dimensions: a line for what is expected, one for what was measured, and a ladder's runs."""

from vae.figures.forecast import inactive


def test_what_is_expected_can_be_told_from_what_was_measured() -> None:
    measured, expected, runs = inactive([0.5, 2, 8], [0, 1, 3], [0, 0, 4], 5, [(2.0, 2)]).data
    assert list(expected.y) == [0, 1, 3]
    assert list(measured.y) == [0, 0, 4]
    assert expected.line.dash == "dash"
    assert measured.line.dash is None
    assert (list(runs.x), list(runs.y), runs.mode) == ([2], [2], "markers")


def test_without_a_ladder_there_are_two_lines_titled_with_units() -> None:
    figure = inactive([0.5, 2], [0, 1], [0, 0], 3)
    assert len(figure.data) == 2
    assert figure.layout.title.text == "Inactive latent dimensions by β: expected and measured"
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("β", "latent dimensions")
    assert figure.layout.yaxis.range[1] > 3
