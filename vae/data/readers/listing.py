"""The list of a source's files: which are left out, which are refused, and where each of the others lies."""

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping

from vae.data.readers.collection import ReaderError

MOST_FILES = 2_000_000
LONGEST_PATH = 4_096  # characters, as long as any system allows
HIDDEN = "Hidden files and files of the system"
LINKS = "Links"
NESTED = "Archives within it, which are not opened,"
TWICE = "Files whose path occurs again"
CLOSED = "Folders that cannot be opened"

# Files and folders that are hidden, or that systems make by themselves.
_JUNK = re.compile(
    r"(?:^|/)(?:\.|(?:__macosx|(?:eh)?thumbs\.db|desktop\.ini|\$recycle\.bin|@eadir|icon\r)(?:/|$))", re.I
)
_USUAL = re.compile(r"(?:[^./\\:\0][^/\\:\0]*/)*[^./\\:\0][^/\\:\0]*")
_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".rar", ".7z")
_NUMBER = re.compile("[0-9]+")


def natural(text: str) -> str:
    """Return a key by which texts are sorted naturally: 2 comes before 10, and small letters do not follow large ones.

    A key is one text, since lists of pieces would take gigabytes for a million paths.
    """
    return _NUMBER.sub(_counted, text.casefold())


def _counted(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0")
    return f"0{chr(len(digits))}{digits}"


def naturally_sorted(texts: Mapping[str, object] | set[str]) -> list[str]:
    """Return texts in natural order; those that differ in case alone are in an order of their own."""
    return sorted(sorted(texts), key=natural)


def is_junk(path: str) -> bool:
    """Tell whether a file, or a folder it is in, is hidden or was made by a system."""
    return _JUNK.search(path) is not None


def is_archive(path: str) -> bool:
    """Tell whether a file is called an archive."""
    return path.lower().endswith(_ARCHIVES)


def shown(text: str) -> str:
    """Return a path or another text of a source as it can stand in a sentence: short and printable."""
    if len(text) <= 80 and text.isprintable():
        return text
    text = text if len(text) <= 80 else f"…{text[-79:]}"
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def safe_path(path: str, source: str) -> str:
    """Return the path of an archive's member with `/` between folders and nothing superfluous.

    Raises:
        ReaderError: for a path that leads out of the archive, or is none.
    """
    if len(path) <= LONGEST_PATH and _USUAL.fullmatch(path):
        return path
    parts = path.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or re.match("[A-Za-z]:", path) or "\0" in path or len(path) > LONGEST_PATH:
        raise ReaderError(
            f"{source} holds a file that would lie outside of it, {shown(path)!r}; pack the folder of images anew."
        )
    return "/".join(part for part in parts if part not in ("", "."))


def left_out(what: str, count: int, example: str) -> str:
    """Say what was left out."""
    return f"{what} were left out: {count:,}, such as {shown(example)}."


class Listing(Mapping[str, int]):
    """Bytes by path, and a few numbers that say where each file lies; a million files take some 150 MB."""

    def __init__(self, source: str, places: int = 0) -> None:
        self._source = source
        self._width = 1 + places
        self._rows: dict[str, int] = {}
        self._numbers = array("q")
        self._left_out: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def add(self, path: str, size: int, *places: int) -> None:
        """Add a file, or count it where it is junk or an archive in one.

        Raises:
            ReaderError: when there are too many files.
        """
        if len(self._numbers) >= MOST_FILES * self._width:
            raise ReaderError(f"{self._source} holds more than {MOST_FILES:,} files; import a part of them.")
        if is_junk(path):
            self.leave_out(HIDDEN, path)
            return
        if path in self._rows:
            self.leave_out(TWICE, path)
        self._rows[path] = len(self._numbers) // self._width
        self._numbers.extend((size, *places))

    def leave_out(self, why: str, path: str) -> None:
        """Count a file that is left out, for the remarks."""
        self._left_out[why] += 1
        self._examples.setdefault(why, path)

    def sort(self) -> None:
        """Put the files into natural order."""
        self._rows = {path: self._rows[path] for path in naturally_sorted(self._rows)}

    def places(self, path: str) -> list[int]:
        """Return the numbers that say where a file lies."""
        begin = self._rows[path] * self._width
        return self._numbers[begin + 1 : begin + self._width].tolist()

    def remarks(self) -> tuple[str, ...]:
        """Return a sentence on each kind of files that were left out."""
        return tuple(left_out(why, count, self._examples[why]) for why, count in self._left_out.items())

    def __getitem__(self, path: str) -> int:
        return self._numbers[self._rows[path] * self._width]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
