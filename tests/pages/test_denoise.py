"""Denoise and inpaint as Streamlit runs it: every corruption at its extremes, the form, and a pair that is not fair."""

from pathlib import Path

import pytest

from tests.helpers.app import charts, open_page
from tests.helpers.in_view import MOST_WORDS, plain_texts, words_in_view
from vae.explore.corruption import KINDS
from vae.ui.frame import pages
from vae.ui.shared import server

PAGE = pages.DENOISE


def test_every_corruption_at_its_extremes_and_the_way_to_a_denoising_pair(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(PAGE, spoil="salt and pepper", spoil_strength="0.9")
    table = app.dataframe[0].value
    names = ["corrupted", "AE: ae-2d", "VAE: vae-2d", "AE, from the originals", "VAE, from the originals"]
    assert words_in_view(app) <= MOST_WORDS
    assert list(table["images"]) == names
    psnr = dict(zip(names, map(float, table["PSNR, dB"]), strict=True))
    assert psnr["corrupted"] < psnr["AE: ae-2d"] < psnr["AE, from the originals"]
    right = dict(zip(names, (float(share.rstrip("%")) for share in table["read correctly by the judge"]), strict=True))
    assert right["corrupted"] < 30 < 75 < right["VAE, from the originals"]
    monkeypatch.setattr(server, "judge", lambda _: None)
    for number, (kind, about) in enumerate(KINDS.items()):
        app.segmented_control(key="spoil").set_value(kind)
        app.slider(key="spoil_strength").set_value(float(number % 2)).run()
        assert not app.exception
        assert not app.error
        table = app.dataframe[0].value
        assert "read correctly by the judge" not in table
        assert (table["PSNR, dB"][0] == "∞") == (number % 2 == 0), kind
        if about.masks and number % 2 == 0:
            assert table["PSNR, dB"][1] == "∞"  # nothing is hidden, and all of it is put back
    assert len(charts(app)[0]["layout"]["images"]) == 40
    app.segmented_control(key="spoil").set_value("Gaussian noise")
    app.slider(key="spoil_strength").set_value(0.1).run()
    assert (
        "images of the AE and the VAE are farther from the originals than the corrupted ones are. The code is the limit"
        in (plain_texts(app))
    )
    app.slider(key="spoil_strength").set_value(0.5).run()
    app.button(key="spoil_retrain").click().run()
    assert app.number_input(key="input_noise").value == 0.5
    assert app.toggle(key="ae_too").value
    assert not app.exception


def test_a_pair_of_which_one_was_trained_with_noise_is_called_unfair(copies: Path) -> None:
    path = copies / "vae-2d" / "config.json"
    path.write_text(path.read_text().replace('"sigma"', '"input_noise": 0.5,\n    "sigma"', 1))
    app = open_page(PAGE)
    assert "input noise (0 and 0.5)" in plain_texts(app)
    assert "trained to remove Gaussian noise: vae-2d (σ = 0.5)" in plain_texts(app)
