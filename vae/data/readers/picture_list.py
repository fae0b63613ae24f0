"""Which of a source's files are pictures, by their content, and the way in which they are read."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from vae.data.readers.collection import ReaderError, Stored, UnreadableImageError
from vae.data.readers.files import Files
from vae.data.readers.listing import left_out
from vae.data.readers.pictures import MOST_BYTES, SUFFIXES, decode, is_picture, too_many_bytes

LOOKED_AT = 24  # files of each suffix, whose beginnings tell whether the others are pictures too
HEAD = 64  # bytes


def picture_paths(files: Files) -> tuple[list[str], list[str]]:
    """Return the paths of all pictures, in the order of the files, and sentences on what else there is.

    Some files of every suffix are looked at, since opening a million would take minutes; one that is no picture after
    all is found when it is read.
    """
    groups = _by_suffix(files)
    chosen = {suffix for suffix, paths in groups.items() if _are_pictures(files, suffix, paths)}
    if not chosen:
        return [], []
    remarks = []
    for suffix in SUFFIXES:
        if suffix in groups and suffix not in chosen:
            paths = groups.pop(suffix)
            remarks.append(left_out(f"Files that are called {suffix} but are no pictures", len(paths), paths[0]))
    others = [path for suffix, paths in groups.items() if suffix not in chosen for path in paths if not _told(path)]
    if others:
        remarks.append(left_out("Files that are no pictures", len(others), others[0]))
    return [path for path in files.sizes if suffix_of(path) in chosen], remarks


def reading(files: Files, paths: Sequence[str]) -> Callable[[Sequence[int]], Iterator[Stored | UnreadableImageError]]:
    """Return the function by which a collection reads the pictures at these paths, one after the other."""

    def read(rows: Sequence[int]) -> Iterator[Stored | UnreadableImageError]:
        for row in rows:
            yield read_picture(files, paths[row])

    return read


def read_picture(files: Files, path: str) -> Stored | UnreadableImageError:
    """Return a picture's values, or why it cannot be read."""
    if files.sizes[path] > MOST_BYTES:
        return UnreadableImageError(too_many_bytes(path))
    try:
        return decode(files.read(path, MOST_BYTES + 1), path)
    except UnreadableImageError as error:
        return error
    except ReaderError as error:
        return UnreadableImageError(str(error))


def suffix_of(path: str) -> str:
    """Return the suffix of a file's name in small letters; the empty text for what is rather a number or a word."""
    name = path[path.rfind("/") + 1 :]
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    return suffix if 1 < len(suffix) <= 9 and suffix[1].isalpha() else ""


def _by_suffix(files: Files) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for path in files.sizes:
        groups[suffix_of(path)].append(path)
    return groups


def _are_pictures(files: Files, suffix: str, paths: list[str]) -> bool:
    """Tell whether some of the files, where they are called pictures, or most of them are pictures."""
    step = max(1, (len(paths) - 1) // (LOOKED_AT - 1))
    looked_at = paths[::step]
    found = sum(_is_picture(files, path) for path in looked_at)
    return found > 0 if suffix in SUFFIXES else 2 * found > len(looked_at)


def _is_picture(files: Files, path: str) -> bool:
    try:
        return is_picture(files.read(path, HEAD))
    except ReaderError:  # one that cannot be read says so when its turn comes
        return False


def _told(path: str) -> bool:
    """Tell whether a file belongs to pictures as a table of what is known of them does."""
    return suffix_of(path) in (".csv", ".tsv")
