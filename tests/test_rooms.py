"""The plan of the house: which room may import from which, and where Streamlit and Plotly may be imported."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from vae.folders import ROOT
from vae.ui.frame import pages

# From the ground up. A room that is missing here fails the tests: whoever adds one has to place it.
FLOORS = (
    ("errors", "folders", "glossary", "memory", "progress"),
    ("data",),
    ("models",),
    ("training", "generate"),
    ("storage",),
    ("measure",),
    ("explore", "jobs"),
    ("beta", "figures"),
    ("export",),
    ("cli", "ui"),
)
UI_FLOORS = (
    ("shared", "components"),
    ("frame", "compare", "beta"),
    ("generate", "explore", "own", "mistakes"),
    ("tour",),
)


def imported(source: str) -> Iterator[str]:
    """Names of all modules, and of what may be modules, that a source imports anywhere."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def upward(folder: Path, package: str, floors: tuple[tuple[str, ...], ...]) -> list[str]:
    """Every import in `folder`, the package's own, from a floor that is not below."""
    floor = {room: number for number, rooms in enumerate(floors) for room in rooms}
    found = []
    for path in sorted(folder.rglob("*.py")):
        here = path.relative_to(folder).with_suffix("").parts[0]
        if here.startswith("__"):
            continue
        assert here in floor, f"{path} is in no room of a known floor"
        for name in imported(path.read_text(encoding="utf-8")):
            if name.startswith(f"{package}.") and (there := name.split(".")[package.count(".") + 1]) != here:
                assert there in floor, f"{path} imports {name}, which is in no room of a known floor"
                if floor[there] >= floor[here]:
                    found.append(f"{path.relative_to(folder)}: {here} may not import {name}")
    return found


def test_a_room_imports_only_from_floors_below() -> None:
    assert upward(ROOT / "vae", "vae", FLOORS) == []
    assert upward(ROOT / "vae" / "ui", "vae.ui", UI_FLOORS) == []


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("models", "from vae.training.loop import train"),
        ("models", "import vae.storage.names"),
        ("explore", "from vae import jobs"),
        ("storage", "def late():\n    from vae.ui import frame"),
    ],
)
def test_an_import_that_runs_upwards_is_found(room: str, line: str, tmp_path: Path) -> None:
    (tmp_path / room).mkdir()
    (tmp_path / room / "new.py").write_text(line)
    assert len(upward(tmp_path, "vae", FLOORS)) == 1


def test_a_room_without_a_floor_is_found(tmp_path: Path) -> None:
    (tmp_path / "attic").mkdir()
    (tmp_path / "attic" / "box.py").write_text("")
    with pytest.raises(AssertionError, match=r"attic.box\.py is in no room"):
        upward(tmp_path, "vae", FLOORS)


@pytest.mark.parametrize(
    ("library", "rooms"), [("streamlit", ("ui",)), ("plotly", ("figures", "ui")), ("vae.ui", ("ui",))]
)
def test_libraries_of_the_screen_stay_in_its_rooms(library: str, rooms: tuple[str, ...]) -> None:
    for path in (ROOT / "vae").rglob("*.py"):
        if path.relative_to(ROOT / "vae").parts[0] not in rooms:
            names = imported(path.read_text(encoding="utf-8"))
            assert not [name for name in names if f"{name}.".startswith(f"{library}.")], path


def test_pages_stand_in_the_folder_as_in_the_sidebar_and_each_has_its_test_file() -> None:
    files = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py"))
    listed = [page.path for group in pages.SECTIONS.values() for page in group]
    assert [path for path in listed if path != pages.LATENT_SPACES.path] == files
    for tens, group in enumerate(pages.SECTIONS.values(), start=1):
        numbers = [int(Path(page.path).stem.split("_")[0]) for page in group if page != pages.LATENT_SPACES]
        assert numbers == list(range(10 * tens + 1, 10 * tens + 1 + len(numbers)))
    for stem in ("latent_spaces", *(Path(file).stem.split("_", 1)[1] for file in files)):
        assert (ROOT / "tests" / "pages" / f"test_{stem}.py").exists(), f"tests/pages/test_{stem}.py is missing"


def test_no_test_imports_another_or_reaches_into_a_private_name() -> None:
    for path in sorted((ROOT / "tests").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for name in imported(source):
            assert not (name.startswith("tests.") and ".test_" in name), f"{path} imports {name}"
            assert not any(part.startswith("_") and not part.startswith("__") for part in name.split(".")), path
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
                own = isinstance(node.value, ast.Name) and node.value.id == "self"
                assert own, f"{path}:{node.lineno} reaches into {ast.unparse(node)}"


def test_no_file_is_longer_than_350_lines_and_no_function_than_40_beside_its_docstring() -> None:
    for path in [*(ROOT / "vae").rglob("*.py"), *(ROOT / "vae").rglob("*.js"), *(ROOT / "pages").glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 350, path
        for node in ast.walk(ast.parse(text)) if path.suffix == ".py" else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                told = ast.get_docstring(node) is not None
                docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
                lines = (node.end_lineno or 0) - node.lineno + 1 - docstring
                assert lines <= 40, f"{path}: {node.name} has {lines} lines"
