"""One script made of a component's JavaScript files, because Streamlit takes one string.

The files are ES modules, so that an editor and Node read each of them as it is. Two forms are enough for that:
`import { a, b } from "./file.js";`, and `export` in front of a function, a class or a const.
"""

import re
from pathlib import Path

_STATEMENT = re.compile(r"^[ \t]*(?:import|export)\b|\bimport\(", re.MULTILINE)
_IMPORT = re.compile(r'^import \{\s*[\w$]+(?:,\s*[\w$]+)*,?\s*\} from "(\.\.?/[^"\n]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) )", re.MULTILINE)
_DEFAULT = re.compile(r"^export default ", re.MULTILINE)


def joined(entry: Path, folder: Path) -> str:
    """Join a script with what it imports from `folder`, each file once and ahead of those that import it.

    Raises:
        ValueError: with the file and the line, for an import or export in another form, for a file that is not in
            `folder`, and for files that import one another in a circle.
    """
    texts: dict[Path, str] = {}
    _add(entry.resolve(), folder.resolve(), (), texts)
    return "\n".join(texts.values())


def _add(path: Path, folder: Path, importers: tuple[Path, ...], texts: dict[Path, str]) -> None:
    """Add a file's text to `texts`, after the texts of the files that it imports."""
    source = path.read_text(encoding="utf-8")
    for found in _STATEMENT.finditer(source):
        where = f"{path.relative_to(folder).as_posix()}, line {source.count(chr(10), 0, found.start()) + 1}"
        if statement := _IMPORT.match(source, found.start()):
            imported = (path.parent / statement[1]).resolve()
            if not imported.is_relative_to(folder):
                raise ValueError(f"{where} imports {statement[1]}, which is outside the folder {folder.name}.")
            if not imported.is_file():
                raise ValueError(f"{where} imports {statement[1]}, which does not exist.")
            if imported in (*importers, path):
                raise ValueError(f"{where} imports {statement[1]}, which closes a circle of imports.")
            if imported not in texts:
                _add(imported, folder, (*importers, path), texts)
        elif _DEFAULT.match(source, found.start()):
            if importers:
                raise ValueError(f"{where} has a default export, which only a component's own script may have.")
        elif not _EXPORT.match(source, found.start()):
            raise ValueError(f"{where} has an import or export of a form that cannot be joined (see joined.py).")
    texts[path] = _EXPORT.sub("", _IMPORT.sub("", source))
