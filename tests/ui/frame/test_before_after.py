"""Before and after a retraining."""

import json
import shutil
from pathlib import Path

import pytest

from tests.helpers.app import open_page
from vae.ui.frame import pages

pytestmark = pytest.mark.usefixtures("fresh")


def test_before_and_after_maps_codes_of_any_size(shipped: Path) -> None:
    app = open_page(pages.TRAINING, before="vae-2d", vae="vae-20d")
    (sent,) = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    assert [panel["caption"] for panel in sent["panels"]] == ["Before: vae-2d, β 1", "After: vae-20d, β 1"]
    assert "by vae-20d, along two principal directions" in sent["panels"][1]["alt"]
    assert all(panel["samples"].startswith("data:image/png") for panel in sent["panels"])


def test_equal_weights_are_undecided_and_other_likelihoods_not_compared_in_nats(copies: Path) -> None:
    shutil.copytree(copies / "vae-2d", copies / "twin")
    app = open_page(pages.TRAINING, before="vae-2d", vae="twin")
    deltas = {metric.label: metric.delta for metric in app.metric}
    assert deltas["KL, nats"] == "+0.00 [+0.00, +0.00] undecided"
    shown = {label: delta for label, delta in deltas.items() if delta and label != "Active units"}
    assert all("undecided" in delta for delta in shown.values())
    assert len(shown) == 6
    shutil.copytree(copies / "vae-2d", copies / "other")
    settings = json.loads((copies / "other" / "config.json").read_text())
    settings["settings"] |= {"likelihood": "gaussian"}
    (copies / "other" / "config.json").write_text(json.dumps(settings))
    app = open_page(pages.TRAINING, before="vae-2d", vae="other")
    deltas = {metric.label: metric.delta for metric in app.metric}
    assert not deltas["Reconstruction, nats"]
    assert not deltas["ELBO, nats"]
    assert "undecided" in deltas["KL, nats"]
