"""The package: what a wheel holds, one place for the version and the dependencies, and what is said without the app."""

import email
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import vae
from tests.helpers.command_line import run
from vae.folders import ROOT

FILES = ("pyproject.toml", "README.md", "LICENSE", "requirements.txt")


ELSEWHERE = """
import sys
from vae.__main__ import main
from vae.errors import VaeError
from vae.storage.names import existing_path
main(["list"])
try:
    existing_path("vae-2d")
except VaeError as error:
    print(error, file=sys.stderr)
main(["app"])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel that `pip install .` makes and installs, built without a network."""
    if find_spec("setuptools") is None:
        pytest.skip("setuptools is not installed, and there may be no network to bring it from")
    folder = tmp_path_factory.mktemp("package")
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "vae", folder / "vae", ignore=shutil.ignore_patterns("__pycache__"))
    words = ["wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", "out", "."]
    subprocess.run([sys.executable, "-m", "pip", *words], cwd=folder, check=True)
    (path,) = (folder / "out").glob("*.whl")
    with zipfile.ZipFile(path) as found:
        yield found


def test_a_wheel_holds_the_library_with_all_its_files_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "vae").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names == expected


def test_version_and_dependencies_stand_in_one_place(wheel: zipfile.ZipFile) -> None:
    (about,) = (name for name in wheel.namelist() if name.endswith("METADATA"))
    metadata = email.message_from_bytes(wheel.read(about))
    assert metadata["Version"] == vae.__version__
    assert metadata.get_all("Requires-Dist") == (ROOT / "requirements.txt").read_text().splitlines()
    for name in ("pyproject.toml", "CITATION.cff"):
        assert vae.__version__ not in (ROOT / name).read_text()


def test_the_installed_command_works_where_no_checkout_is_and_says_what_is_not_there(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    wheel.extractall(tmp_path / "installed")
    (entries,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "vae = vae.__main__:console" in wheel.read(entries).decode()
    (tmp_path / "elsewhere").mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VAE_")}
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=tmp_path / "elsewhere",
        env=environment | {"PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(f"There is no run in {tmp_path / 'elsewhere' / 'checkpoints'}")
    missing, opened = done.stderr.splitlines()
    there = "the models and images that come with the project are in its repository, so run vae in a checkout of it."
    assert missing == (f"There is no run called 'vae-2d' in {tmp_path / 'elsewhere' / 'checkpoints'}; {there}")
    assert opened.endswith("run `vae app` in a checkout of the project, where streamlit_app.py is.")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"vae {vae.__version__}\n", "")
