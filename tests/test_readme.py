"""The README and the documents keep their word: questions, links, pictures, the Python block and the command lines."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vae.cli.arguments import parser
from vae.folders import ROOT
from vae.ui.frame.pages import LATENT_SPACES, SECTIONS

README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "benchmarks" / "README.md"]
PICTURES = ROOT / "docs" / "pictures"
NO_HEADING = "Start here"  # of the group that the sidebar always shows
ROW = re.compile(r'^\| <img src="docs/pictures/(\w+)\.webp" [^|]*alt="([^"|]+)"> \| \*\*(.+?)\*\* \| (.+?) \|$')


def stem(path: str) -> str:
    return Path(path).stem if path == LATENT_SPACES.path else Path(path).stem.split("_", 1)[1]


def test_the_readme_has_each_page_with_its_question_and_thumbnail_in_the_order_of_the_sidebar() -> None:
    found: list[tuple[str, ...]] = []
    for line in README.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            found.append((line.removeprefix("### "),))
        elif row := ROW.match(line):
            picture, alternative, title, question = row.groups()
            assert alternative == f"The page {title}"
            found.append((picture, title, question))
    expected: list[tuple[str, ...]] = []
    for heading, group in SECTIONS.items():
        expected.append((heading or NO_HEADING,))
        expected += [(stem(page.path), page.title, page.question) for page in group]
    assert found == expected


def test_each_page_has_its_paragraph_in_the_same_groups() -> None:
    text = (ROOT / "docs" / "pages.md").read_text(encoding="utf-8")
    found = re.findall(r"^(?:## (.+)|\*\*(.+?)\.\*\* )", text, re.MULTILINE)
    expected = [("The sidebar", ""), ("The latent map", "")]
    for heading, group in SECTIONS.items():
        expected += [(heading or NO_HEADING, ""), *(("", page.title) for page in group)]
    assert found == [*expected, ("Presenting", "")]


def test_every_question_has_at_most_fifteen_words() -> None:
    for group in SECTIONS.values():
        for page in group:
            assert len(page.question.split()) <= 15, page.title


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to a document's headings."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(document: Path) -> Iterator[str]:
    """What a document links to or shows, other than addresses of the web."""
    text = document.read_text(encoding="utf-8")
    for found in re.findall(r'\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"', text):
        link = "".join(found)
        if not link.startswith(("http://", "https://", "mailto:")):
            yield link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for link in links(document):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert ROOT in (target, *target.parents), link
        assert not anchor or anchor in anchors(target), link


def test_files_that_documents_name_are_there() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "docs/DESIGN.md", "docs/STYLE.md", "docs/reliability.md"):
        for file in re.findall(r"`([\w-]+/[\w/-]+\.(?:py|md|css|sh))`", (ROOT / name).read_text(encoding="utf-8")):
            if not file.endswith("_name.py"):  # of a page that somebody is going to write
                assert any((folder / file).exists() for folder in (ROOT, ROOT / "vae")), f"{name} names {file}"


def test_pictures_are_small_and_none_is_left_over() -> None:
    pages = [stem(page.path) for group in SECTIONS.values() for page in group]
    others = {"latent-spaces-light", "latent-spaces-dark", "film", "film-still"}
    sizes = {path.stem: path.stat().st_size for path in PICTURES.iterdir()}
    assert sizes.keys() == {*pages, *others}
    assert sum(sizes[page] for page in pages) < 600_000
    assert sizes["film"] < 3_000_000


def test_the_python_block_runs_and_gives_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(block, "README.md", "exec"), names)
    assert names["codes"].shape == (10_000, 20)
    assert names["codes"].dtype == np.float32
    assert names["copies"].shape == (10_000, 1, 28, 28)
    assert names["copies"].dtype == np.uint8
    assert names["samples"].shape == (64, 1, 28, 28)
    assert capsys.readouterr().out.startswith("Difference(value=0.00")


def command_lines(document: Path) -> list[str]:
    found = re.findall(r"^    python -m vae (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found


@pytest.mark.parametrize("document", [README, ROOT / "docs" / "command-line.md"], ids=lambda path: path.name)
def test_every_command_line_is_one_that_the_program_takes(document: Path) -> None:
    for line in command_lines(document):
        parser().parse_args(shlex.split(line, comments=True))


def test_every_command_has_its_row_and_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    known = re.findall(r"^    ([a-z-]+)\s", capsys.readouterr().out, re.MULTILINE)
    assert re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE) == known
    assert {line.split()[0] for line in command_lines(ROOT / "docs" / "command-line.md")} >= set(known)
