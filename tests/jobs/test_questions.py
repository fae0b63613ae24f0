"""What questions need of a data set is that of the images which have its name now."""

from dataclasses import replace

import pytest
import torch

from tests.helpers.images import blobs
from vae.jobs import questions
from vae.jobs.questions import Questions


def test_images_that_took_a_name_over_have_a_reference_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = [replace(blobs(labelled=False, name="own"), fingerprint=letter * 64) for letter in "ab"]
    monkeypatch.setattr(questions, "load_realism", lambda dataset, *_, **__: dataset.fingerprint)
    monkeypatch.setattr(questions, "load_quick_reference", lambda dataset, realism, **_: (dataset.fingerprint, realism))
    now = datasets[0]
    asked = Questions(lambda name: now, torch.device("cpu"), lambda: False)
    assert asked.reference("own") == ("a" * 64, "a" * 64)
    now = datasets[1]
    assert asked.realism("own") is None
    assert asked.reference("own") == ("b" * 64, "b" * 64)
