"""The benchmark of everything that a GPU is to measure: failing parts, its time, and what it is written to."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks import gpu, gpu_parts
from benchmarks.gpu import Part, Results
from vae.data.dataset import Dataset
from vae.folders import ROOT


def fine(**results: Any) -> Any:
    return lambda found: results


def failing(error: BaseException) -> Any:
    def measure(_: dict[str, Any]) -> dict[str, Any]:
        raise error

    return measure


def nothing(results: Results) -> None:
    pass


def test_a_part_that_fails_leaves_the_others() -> None:
    parts = [
        Part("epochs", "training", 1, fine(epoch_speedup=60)),
        Part("stepping", "training", 1, failing(RuntimeError("CUDA error: out of memory\nand a long text"))),
        Part("retrain", "training", 1, failing(SystemExit("benchmarks/training.py: the worker died"))),
        Part("float32", "gpu", 1, fine(precision={"float32": 1.5})),
        Part("tf32", "gpu", 1, fine(precision={"tf32": 1.0})),
        Part("conv-2", "likelihood", 1, fine(rows=["two"])),
        Part("conv-5", "likelihood", 1, failing(ValueError())),
        Part("conv-10", "likelihood", 1, fine(rows=["ten"])),
    ]
    errors = {
        "stepping": "RuntimeError: CUDA error: out of memory",
        "retrain": "SystemExit: benchmarks/training.py: the worker died",
    }
    assert gpu.run(parts, 10, nothing) == {
        "training": {"epoch_speedup": 60, "errors": errors},
        "gpu": {"precision": {"float32": 1.5, "tf32": 1.0}},
        "likelihood": {"rows": ["two", "ten"], "errors": {"conv-5": "ValueError: "}},
    }


def test_a_part_knows_what_its_file_has_so_far() -> None:
    seen: list[dict[str, Any]] = []

    def look(found: dict[str, Any]) -> dict[str, Any]:
        seen.append(dict(found))
        return {}

    parts = [Part("a", "training", 1, fine(one=1)), Part("b", "gpu", 1, fine(two=2)), Part("c", "training", 1, look)]
    gpu.run(parts, 10, nothing)
    assert seen == [{"one": 1}]


def test_parts_that_the_time_is_too_short_for_are_left_out_with_the_reason() -> None:
    parts = [
        Part("long", "sweep", 3_600, failing(AssertionError("it was begun"))),
        Part("short", "gpu", 1, fine(done=True)),
    ]
    found = gpu.run(parts, 10, nothing)
    assert found["gpu"] == {"done": True}
    assert found["sweep"]["skipped"]["long"].startswith("It takes about 3600 s, and ")
    assert found["sweep"]["skipped"]["long"].endswith(" s of 10 minutes were left.")


def test_a_part_that_takes_longer_than_the_time_is_stopped_and_what_was_measured_is_kept() -> None:
    def forever(_: dict[str, Any]) -> dict[str, Any]:
        time.sleep(60)
        return {}

    parts = [Part("quick", "gpu", 0, fine(done=True)), Part("endless", "gpu", 0, forever)]
    found = gpu.run(parts, 0.01, nothing)
    assert found["gpu"]["done"]
    assert found["gpu"]["errors"]["endless"].startswith("TimeoutError: it was stopped after ")


def test_what_is_done_is_written_at_once(tmp_path: Path) -> None:
    def interrupted(_: dict[str, Any]) -> dict[str, Any]:
        raise KeyboardInterrupt

    about = {"device": "NVIDIA H200"}
    parts = [Part("epochs", "training", 1, fine(epoch_speedup=60)), Part("stacked", "sweep", 1, interrupted)]
    with pytest.raises(KeyboardInterrupt):
        gpu.run(parts, 10, lambda results: gpu.write_files(results, "h200", about, tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["training-h200.json"]
    assert json.loads((tmp_path / "training-h200.json").read_text()) == {"epoch_speedup": 60, "machine": about}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("NVIDIA H100 80GB HBM3", "h100"),
        ("NVIDIA H200", "h200"),
        ("NVIDIA A100-SXM4-80GB", "a100"),
        ("Tesla T4", "t4"),
        ("NVIDIA GeForce RTX 4090", "rtx-4090"),
        ("AMD Instinct MI300X", "mi300x"),
        ("", "gpu"),
    ],
)
def test_a_card_has_a_short_name(name: str, slug: str) -> None:
    assert gpu.card(name) == slug


def test_every_part_has_a_file_of_results_and_fits_in_the_time_by_itself() -> None:
    parts = gpu.parts()
    assert {part.file for part in parts} == {"training", "sweep", "likelihood", "gpu"}
    assert len({part.name for part in parts}) == len(parts)
    assert all(part.seconds <= 300 for part in parts)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_cuda_it_ends_with_one_sentence_and_needs_no_app_nor_pytest() -> None:
    code = (
        "import runpy, sys\n"
        "for name in ('streamlit', 'plotly', 'pytest'): sys.modules[name] = None\n"
        "sys.argv = ['gpu.py', '--json']\n"
        "import benchmarks.training, benchmarks.sweep, benchmarks.likelihood, benchmarks.gpu_parts\n"
        "runpy.run_path('benchmarks/gpu.py', run_name='__main__')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.strip() == "There is no CUDA device here, without which this benchmark has nothing to measure."


@pytest.mark.slow
@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_the_tests_of_cuda_run_without_the_app() -> None:
    found = gpu_parts.cuda_tests({})["cuda_tests"]
    assert (found["passed"], found["failed"]) == (True, [])
    assert "1 passed, 9 skipped" in found["summary"]


def test_runs_are_repeated_and_precisions_timed(small: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.gpu_parts.load_dataset", lambda name: small)
    assert gpu_parts.repeated({})["repeated"] == {"equal": True, "largest_difference": 0, "epochs": 2}
    (found,) = gpu_parts.precision("tf32")({})["precision"].values()
    assert found["epoch_seconds"] > 0
    assert len(set(found["test_losses"])) == 3
    assert torch.backends.cuda.matmul.fp32_precision not in ("tf32", "ieee")


def test_the_likelihood_has_the_rows_that_are_measured() -> None:
    from benchmarks.likelihood import CONV_ROWS

    assert [row.name for row in CONV_ROWS] == gpu_parts.likelihood_rows()
