"""Before and after a retraining."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page, texts
from vae.jobs.questions import Answer, measures_message
from vae.jobs.trainer import QuestionError, Trainer
from vae.measure.intervals import Measure
from vae.measure.quick_samples import QUICK_NUMBERS, quick_change
from vae.measure.sample_quality import SCALES
from vae.ui.frame import pages

pytestmark = pytest.mark.usefixtures("fresh")


def test_before_and_after_maps_codes_of_any_size(shipped: Path) -> None:
    app = open_page(pages.TRAINING, before="vae-2d", vae="vae-20d")
    (sent,) = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    assert [panel["caption"] for panel in sent["panels"]] == ["Before: vae-2d, β 1", "After: vae-20d, β 1"]
    assert "by vae-20d, along two principal directions" in sent["panels"][1]["alt"]
    assert all(panel["samples"].startswith("data:image/png") for panel in sent["panels"])


def with_more(app: AppTest) -> AppTest:
    """Open the folded numbers of a comparison."""
    app.session_state["before_now_more"] = True
    return app.run()


def test_equal_weights_are_undecided_and_other_likelihoods_not_compared_in_nats(copies: Path) -> None:
    shutil.copytree(copies / "vae-2d", copies / "twin")
    app = with_more(open_page(pages.TRAINING, before="vae-2d", vae="twin"))
    deltas = {metric.label: metric.delta for metric in app.metric}
    assert deltas["KL, nats"] == "+0.00 [+0.00, +0.00] undecided"
    shown = {label: delta for label, delta in deltas.items() if delta and label != "Active units"}
    assert all("undecided" in delta for delta in shown.values())
    assert len(shown) == 6
    shutil.copytree(copies / "vae-2d", copies / "other")
    settings = json.loads((copies / "other" / "config.json").read_text())
    settings["settings"] |= {"likelihood": "gaussian"}
    (copies / "other" / "config.json").write_text(json.dumps(settings))
    app = with_more(open_page(pages.TRAINING, before="vae-2d", vae="other"))
    deltas = {metric.label: metric.delta for metric in app.metric}
    assert not deltas["Reconstruction loss, nats"]
    assert not deltas["−ELBO, nats"]
    assert "undecided" in deltas["KL, nats"]


def test_numbers_of_samples_come_paired_from_the_worker_and_a_failure_is_told(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = np.random.default_rng(0).normal(size=(2, 200))

    def answer(trainer: Trainer, question: dict[str, Any]) -> Answer:
        if question["kind"] == "control":
            return {"test_kl": [-0.1, -0.2, 0.1, 10_000]}, {}
        later = question["name"] == "vae-20d"
        numbers = {
            name: Measure(20.0 + later, 19.0, 22.0, 5_000, 200, *SCALES[name], 1.0, 400.0) for name in QUICK_NUMBERS
        }
        found = {name: replace(each, replicates=drawn[int(later)]) for name, each in numbers.items()}
        return measures_message(found)

    monkeypatch.setattr(Trainer, "ask", answer)
    app = open_page(pages.TRAINING, before="vae-5d", vae="vae-20d")
    shown = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    # z of another size are other z: there is a number and no paired change.
    assert shown["Fréchet distance"] == ("21", "")
    said = re.sub(r"\[([^]]+)\]\(glossary[^)]*\"[^\"]*\"\)", r"\1", texts(app))  # without the links of terms
    assert "Fréchet distance: 21 [19, 22]; training images in the place of the samples would have 1," in said

    def fail(trainer: Trainer, question: dict[str, Any]) -> Answer:
        raise QuestionError("The device ran out of memory.")

    monkeypatch.setattr(Trainer, "ask", fail)
    app = open_page(pages.TRAINING, before="vae-5d", vae="vae-20d")
    assert "could not be measured: The device ran out of memory." in texts(app)


def test_the_change_of_a_number_of_samples_is_paired_by_its_replicates() -> None:
    noise = np.random.default_rng(0).normal(size=200)
    before, after = (
        {"frechet": Measure(value, None, None, 5_000, 200, *SCALES["frechet"], replicates=value + noise + small)}
        for value, small in ((60.0, 0.0), (61.0, 0.1 * np.random.default_rng(1).normal(size=200)))
    )
    change = quick_change(before, after)["frechet"]
    # What the replicates share cancels: the interval is a tenth as wide as those of the two numbers.
    assert 0.7 < change.low < change.value == 1.0 < change.high < 1.3


def test_a_comparison_is_open_where_it_began_and_one_line_elsewhere(shipped: Path) -> None:
    app = open_page(pages.TRAINING, before="vae-2d", vae="vae-20d")
    assert app.get("bidi_component")
    assert "Before and after: vae-2d → vae-20d" in [heading.value for heading in app.subheader]
    app.switch_page(pages.BETA_TRANSLATOR.path).run()
    assert "**Before and after: vae-2d → vae-20d**" in texts(app)
    assert not app.get("bidi_component")
    app.button(key="fold_before_after").click().run()
    assert app.get("bidi_component")
    app.switch_page(pages.TRAINING.path).run()
    app.button(key="fold_before_after").click().run()
    assert not app.get("bidi_component")
    app.button(key="close_before_after").click().run()
    assert "Before and after" not in texts(app)
