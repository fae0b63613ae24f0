"""Importing beside the app: what is told of it, what ends it, and that one import runs at a time."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.helpers.images import blobs
from vae.data.imported.about import About
from vae.data.preparation.settings import Preparation, Split
from vae.data.readers.collection import ReaderError
from vae.data.readers.files import Options
from vae.jobs import importer
from vae.jobs.importer import Import, Importer, ImporterError, Order, bring_in, order_of

ORDER = Order("/nowhere/cats.zip", Options(label_pattern="{label}_*"), Preparation(16, 24), Split(0.1), "cats", "Cats")
Talk = Callable[[str], Importer]


def wait(found: Import, condition: Callable[[Import], bool]) -> None:
    for _ in range(1_200):
        if condition(found):
            return
        time.sleep(0.05)
    raise AssertionError(f"{found} did not come so far")


@pytest.fixture
def talking(monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    """An importer whose process runs a few lines of Python in the place of an import."""
    made = Importer()

    def with_code(code: str) -> Importer:
        def start(*_: object) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-u", "-c", f"import sys, time\n{code}"]
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

        monkeypatch.setattr(importer, "start", start)
        return made

    yield with_code
    made.close()


def test_an_import_tells_how_far_it_is_and_what_became_of_the_judge(talking: Talk) -> None:
    lines = [
        {"phase": "import", "progress": 0.5},
        {"kept": True},
        {"phase": "judge", "progress": 0.25},
        {"said": "Well read."},
    ]
    code = "".join(f"print({json.dumps(line)!r}); time.sleep(0.2)\n" for line in lines)
    found = talking(code).request(ORDER)
    wait(found, lambda one: one.phase == "judge")
    assert (found.kept, found.ended) == (True, False)
    assert found.seconds_left() is None or found.seconds_left() >= 0  # type: ignore[operator]
    wait(found, lambda one: one.ended)
    assert (found.state, found.said, found.error, found.progress) == ("done", "Well read.", "", 0.25)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ('print(\'{"error": "cats.zip is damaged."}\')', "cats.zip is damaged."),
        ("sys.exit(3)", "Its process ended unexpectedly (exit status 3)."),
        ("print('nonsense'); sys.exit(3)", "Its process ended unexpectedly (exit status 3)."),
    ],
)
def test_an_import_that_fails_says_why_and_the_next_one_goes(code: str, error: str, talking: Talk) -> None:
    made = talking(code)
    for _ in range(2):
        found = made.request(ORDER)
        wait(found, lambda one: one.ended)
        assert (found.state, found.error, found.kept) == ("failed", error, False)


def test_one_import_runs_at_a_time_and_is_cancelled_by_asking_its_process_to_end(
    talking: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path / "imported"))
    (tmp_path / "imported" / ".cats-1-dead").mkdir(parents=True)  # as a process leaves it that was ended
    cleared = tmp_path / "cleared"
    made = talking(f"sys.stdin.read(); open({str(cleared)!r}, 'w')")
    found = made.request(ORDER)
    with pytest.raises(ImporterError, match="“Cats” is being imported; wait until that has ended, or cancel it"):
        made.request(replace(ORDER, name="dogs"))
    wait(found, lambda one: made.pid is not None)
    made.cancel(found)
    wait(found, lambda one: one.ended)
    assert (found.state, found.error) == ("cancelled", "")
    assert cleared.exists()  # it had the time to clear up
    assert not list((tmp_path / "imported").iterdir())
    made.cancel(found)  # which changes nothing


def test_an_order_travels_as_json() -> None:
    assert order_of(json.loads(json.dumps(asdict(ORDER)))) == ORDER


@contextmanager
def _opened(path: Path) -> Iterator[Path]:
    yield path


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stand-ins of readers, import and judge; what they were asked for is noted."""
    noted: dict[str, Any] = {"labelled": True, "judge": lambda: 0.912}

    def import_images(collection: object, *settings: object, on_progress: Callable[[float], None]) -> About:
        noted["asked"] = (collection, *settings)
        on_progress(1.0)
        labelled = noted["labelled"]
        return About(
            "cats", "Cats", "", (1, 8, 8), 8, 0, 2, ("a", "b"), labelled, "", Preparation(), None, (), "2026-01-01"
        )

    def make_judge(dataset: object, on_progress: Callable[[float], None]) -> float:
        on_progress(0.5)
        return float(noted["judge"]())

    readers = SimpleNamespace(open_source=_opened, collect=lambda files, options: (files, options))
    for name, module in {
        "vae.data.readers.recognise": readers,
        "vae.data.imported.importing": SimpleNamespace(import_images=import_images),
        "vae.data.imported.loading": SimpleNamespace(load_imported=lambda name: blobs()),
        "vae.models.judge_training": SimpleNamespace(make_judge=make_judge),
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    return noted


def told(order: Order = ORDER) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    bring_in(order, lambda **message: found.append(message))
    return found


def test_images_are_imported_as_they_were_asked_for_and_then_their_judge_is_trained(modules: dict[str, Any]) -> None:
    assert told() == [
        {"phase": "import", "progress": 1.0},
        {"kept": True},
        {"phase": "judge", "progress": 0.0},
        {"phase": "judge", "progress": 0.5},
        {"said": "The judge reads 91.2% of the test images right."},
    ]
    collection, *settings = modules["asked"]
    assert collection == (Path(ORDER.path), ORDER.options)
    assert settings == [ORDER.preparation, ORDER.split, "cats", "Cats"]


def test_a_judge_that_is_refused_leaves_the_images(modules: dict[str, Any]) -> None:
    def refuse() -> float:
        raise ReaderError("It reads 40 % right, which is too little.")

    modules["judge"] = refuse
    assert told()[-1] == {"said": "It reads 40 % right, which is too little."}


def test_images_without_classes_have_no_judge(modules: dict[str, Any]) -> None:
    modules["labelled"] = False
    assert [line for line in told() if "phase" in line and line["phase"] == "judge"] == []
    assert "no judge is trained" in str(told()[-1]["said"])
