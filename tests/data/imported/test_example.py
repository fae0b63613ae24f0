"""The example is exactly what the shipped models were trained on, and nothing else takes its name."""

import json
from pathlib import Path

import pytest

from vae.data.imported.about import ImportedSetError, read_about
from vae.data.imported.example import ARCHIVE, NAME, PREPARATION, SPLIT, bring_example, is_example, refuse_reserved
from vae.data.preparation.settings import Preparation, Split
from vae.data.preparation.suggest import suggest
from vae.data.readers.recognise import collect, open_source
from vae.folders import ROOT


def test_it_has_the_images_and_the_order_that_its_shipped_models_know(shelf: Path) -> None:
    bring_example()
    config = json.loads((ROOT / "checkpoints" / "clothes-vae-10d" / "config.json").read_text("utf-8"))
    assert read_about(NAME).fingerprint in json.dumps(config)
    assert (shelf / NAME / "judge.safetensors").exists()
    with open_source(ARCHIVE) as files:
        assert suggest(collect(files))[0] == PREPARATION  # so that an import without options is the example too


def test_its_name_is_kept_for_it() -> None:
    assert is_example(ARCHIVE, PREPARATION, SPLIT)
    assert not is_example(ARCHIVE, Preparation(32, 32), SPLIT)
    assert not is_example(ARCHIVE, PREPARATION, Split(test=0.2))
    assert not is_example(Path("other.zip"), PREPARATION, SPLIT)
    refuse_reserved("own-clothes")
    with pytest.raises(ImportedSetError, match="'clothes' is kept for the example"):
        refuse_reserved(NAME)
