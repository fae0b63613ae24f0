"""The English of docstrings, as far as a test can tell: the first word."""

import ast

from vae.folders import ROOT

SOURCES = [
    *sorted((ROOT / "vae").rglob("*.py")),
    *sorted((ROOT / "pages").glob("*.py")),
    *sorted((ROOT / "benchmarks").glob("*.py")),
    *sorted((ROOT / "docs").glob("*.py")),
    ROOT / "streamlit_app.py",
    ROOT / "latent_spaces.py",
]

# They begin a phrase that has no verb, or that only makes sense beside the function above.
REFUSED = (
    *("The", "A", "An", "What", "Of", "How", "Where", "Which", "Whether", "Who", "Likewise", "Every", "All", "Both"),
    *("One", "Its", "Each", "For", "From", "Until", "Several", "Images", "Latents", "Codes", "Numbers", "Samples"),
    *("Rows", "Points"),
)


def test_a_functions_docstring_starts_with_a_verb() -> None:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            told = ast.get_docstring(node)
            is_property = any(isinstance(one, ast.Name) and one.id == "property" for one in node.decorator_list)
            if told and not is_property and (told.split()[0] in REFUSED or not told[0].isupper()):
                found.append(f"{path.relative_to(ROOT)}: {told.splitlines()[0]}")
    assert found == []


def test_no_docstring_begins_with_what_of_or_the_same() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                told = ast.get_docstring(node) or "ok"
                assert not told.startswith(("What ", "Of ", "The same")), f"{path.relative_to(ROOT)}: {told}"
