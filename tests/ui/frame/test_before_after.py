"""Before and after a retraining."""

import json
import shutil
from pathlib import Path

import pytest

from tests.helpers.app import charts, open_page
from vae.ui.frame import pages

pytestmark = pytest.mark.usefixtures("fresh")


def test_before_and_after_maps_codes_of_any_size(shipped: Path) -> None:
    app = open_page(pages.TRAINING, before="vae-2d", vae="vae-20d")
    titles = [a["text"] for a in charts(app)[0]["layout"]["annotations"][:2]]
    assert titles == ["vae-2d, as they are", "vae-20d, PCA"]
    assert len(app.get("image")) == 2


def test_equal_weights_are_undecided_and_other_likelihoods_not_compared_in_nats(copies: Path) -> None:
    shutil.copytree(copies / "vae-2d", copies / "twin")
    app = open_page(pages.TRAINING, before="vae-2d", vae="twin")
    deltas = {metric.label: metric.delta for metric in app.metric}
    assert deltas["KL, nats"] == "+0.00 [+0.00, +0.00] undecided"
    assert all("undecided" in delta for label, delta in deltas.items() if label != "Active units")
    shutil.copytree(copies / "vae-2d", copies / "other")
    settings = json.loads((copies / "other" / "config.json").read_text())
    settings["settings"] |= {"likelihood": "gaussian"}
    (copies / "other" / "config.json").write_text(json.dumps(settings))
    app = open_page(pages.TRAINING, before="vae-2d", vae="other")
    deltas = {metric.label: metric.delta for metric in app.metric}
    assert not deltas["Reconstruction, nats"]
    assert not deltas["ELBO, nats"]
    assert "undecided" in deltas["KL, nats"]
