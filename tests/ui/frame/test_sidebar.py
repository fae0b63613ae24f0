"""The sidebar: numbers of a compared model stand under its name, and words are explained."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.app import open_page
from vae.storage.checkpoints import load
from vae.ui.frame import pages
from vae.ui.frame.amounts import after, trained_for

pytestmark = pytest.mark.usefixtures("fresh")


def test_the_numbers_of_a_model_stand_under_its_name_and_its_kind_is_explained(shipped: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR)
    app.switch_page(pages.TRAINING.path).run()
    sidebar = [*app.sidebar]
    for kind, numbers in (("ae", "2-D · 60 epochs"), ("vae", "2-D · β = 1 · 60 epochs")):
        place = next(i for i, element in enumerate(sidebar) if getattr(element, "key", None) == kind)
        assert sidebar[place].label == kind.upper()
        assert sidebar[place + 1].value == numbers
        assert "autoencoder" in sidebar[place + 1].help


def test_settings_that_are_terms_have_their_definition(shipped: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR)
    explained = {widget.key: widget.help for widget in [*app.number_input, *app.select_slider, *app.toggle]}
    assert "weight of the KL term" in explained["beta"]
    assert "How many numbers a code has" in next(text.help for text in app.markdown if text.value == "Latent size")
    assert "An autoencoder" in explained["ae_too"]
    assert "all random draws" in explained["seed"]
    assert "A rise of β from 0" in explained["beta_warmup"]


def test_a_time_below_an_epoch_is_told_in_steps_or_as_a_share(shipped: Path) -> None:
    model = load("vae-2d")
    assert trained_for(model) == "60 epochs"
    assert trained_for(replace(model, epochs_done=0.614, steps_done=144)) == "144 steps"
    assert trained_for(replace(model, epochs_done=1.0)) == "1 epoch"
    assert [after(epoch) for epoch in (0.614, 3.0, 2.4)] == [
        "after 61% of the first epoch",
        "after epoch 3",
        "after 2.4 epochs",
    ]
