"""A component's script: its files joined in the order of their imports, and what cannot be joined."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from vae.folders import ROOT
from vae.ui.components.joined import joined

FOLDER = ROOT / "vae" / "ui" / "components"
ENTRIES = sorted(path for path in FOLDER.glob("*/*.js") if path.stem == path.parent.name)
NODE = shutil.which("node")
DECLARED = re.compile(r"^(?:export )?(?:async function|function\*?|class|const|let|var) ([\w$]+)(.*)", re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async function|function|class|const) ([\w$]+)", re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of components beside a file that does not belong to it."""
    (tmp_path / "outside.js").write_text("export const a = 1;\n")
    components = tmp_path / "components"
    (components / "one").mkdir(parents=True)
    (components / "shared.js").write_text("export const a = 1;\nexport const b = 2;\n")
    return components


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_each_file_stands_once_and_ahead_of_those_that_import_it(folder: Path) -> None:
    write(folder, "one/left.js", 'import { a } from "../shared.js";\nexport function left() {\n  return a;\n}\n')
    write(folder, "one/right.js", 'import { b } from "../shared.js";\nexport class Right {}\n')
    entry = write(
        folder,
        "one/one.js",
        '// The entry.\nimport { left } from "./left.js";\nimport {\n  Right,\n} from "./right.js";\n\n'
        "export default function () {\n  return left(new Right());\n}\n",
    )
    assert joined(entry, folder) == (
        "const a = 1;\nconst b = 2;\n\n"
        "function left() {\n  return a;\n}\n\n"
        "class Right {}\n\n"
        "// The entry.\n\nexport default function () {\n  return left(new Right());\n}\n"
    )


def test_the_words_import_and_export_are_left_where_they_are_no_statements(folder: Path) -> None:
    text = '// We import nothing and export nothing.\nconst words = "export const";\nfunction important() {}\n'
    assert joined(write(folder, "one/one.js", text), folder) == text


@pytest.mark.parametrize(
    "statement",
    [
        'import shared from "../shared.js";',
        'import * as shared from "../shared.js";',
        'import { a as first } from "../shared.js";',
        'import "../shared.js";',
        'import { a } from "react";',
        "import { a } from '../shared.js';",
        'import { a } from "../shared.js"; const c = 3;',
        '  import { a } from "../shared.js";',
        'const shared = await import("../shared.js");',
        "export { c };",
        'export { a } from "../shared.js";',
        'export * from "../shared.js";',
        "export let c = 3;",
    ],
)
def test_any_other_form_is_refused_with_its_file_and_line(folder: Path, statement: str) -> None:
    entry = write(folder, "one/one.js", f"// The entry.\n\n{statement}\n")
    with pytest.raises(
        ValueError, match=r"^one/one\.js, line 3 has an import or export of a form that cannot be joined"
    ):
        joined(entry, folder)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../../outside.js", "which is outside the folder components"),
        ("./missing.js", "which does not exist"),
        ("./one.js", "which closes a circle of imports"),
        ("./between.js", ""),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_with_the_reason(folder: Path, path: str, reason: str) -> None:
    write(folder, "one/between.js", 'import { b } from "../shared.js";\nimport { c } from "./one.js";\n')
    entry = write(folder, "one/one.js", f'\nimport {{ a }} from "{path}";\n')
    message = f"one/one.js, line 2 imports {path}, {reason}"
    if path == "./between.js":
        message = "one/between.js, line 2 imports ./one.js, which closes a circle of imports"
    with pytest.raises(ValueError, match=re.escape(message)):
        joined(entry, folder)


def test_only_the_entry_has_a_default_export(folder: Path) -> None:
    write(folder, "one/other.js", "export const c = 3;\nexport default c;\n")
    entry = write(folder, "one/one.js", 'import { c } from "./other.js";\n')
    with pytest.raises(ValueError, match=r"^one/other\.js, line 2 has a default export"):
        joined(entry, folder)


def test_every_component_is_looked_at() -> None:
    assert {path.parent for path in FOLDER.glob("*/*.html")} == {path.parent for path in ENTRIES}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda path: path.stem)
def test_no_two_files_of_a_component_declare_the_same_name(entry: Path) -> None:
    declared = DECLARED.findall(joined(entry, FOLDER))
    names = [name for name, _ in declared]
    assert sorted(set(names)) == sorted(names)
    # One name a statement, or this test would not see the second.
    assert not [name for name, rest in declared if re.match(r" = [^(]*, [\w$]+ =", rest)]


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.js")), ids=lambda path: path.stem)
def test_a_file_imports_what_it_calls_of_other_files_and_nothing_else(path: Path) -> None:
    # In a joined script a missing import goes unnoticed, because all files share one scope.
    exported = {
        name
        for other in [*FOLDER.glob("*.js"), *path.parent.glob("*.js")]
        for name in EXPORTED.findall(other.read_text(encoding="utf-8"))
    }
    source = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    imported = set(re.findall(r"[\w$]+", " ".join(re.findall(r"^import \{([^}]*)\}", source, re.MULTILINE))))
    code = re.sub(r"^import \{[^}]*\}.*|^ +(?:async )?\w+\(.*\) \{$", "", source, flags=re.MULTILINE)  # methods, too
    own = {name for name, _ in DECLARED.findall(source)}
    called = set(re.findall(r"(?<![\w$.])(\w+)\(|\b([A-Z]{2,}|[A-Z_]{3,})\b", code))
    assert {name for pair in called for name in pair} & exported - own <= imported
    assert not {name for name in imported if not re.search(rf"(?<![\w$.]){name}\b", code)}


@pytest.mark.skipif(NODE is None, reason="no Node on this machine (Debian: apt-get install nodejs)")
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda path: path.stem)
def test_node_reads_a_component_joined_and_as_modules(entry: Path, tmp_path: Path) -> None:
    assert NODE is not None
    script = tmp_path / "joined.mjs"
    script.write_text(joined(entry, FOLDER), encoding="utf-8")
    subprocess.run([NODE, "--check", script], check=True)
    linked = f"import component from {entry.as_uri()!r}; if (typeof component !== 'function') process.exit(1);"
    subprocess.run([NODE, "--input-type=module", "--eval", linked], check=True)
