"""One TIFF file of several pages, each of which is an image."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from vae.data.readers.collection import Collection, ReaderError, Stored, UnreadableImageError
from vae.data.readers.files import Files, Options
from vae.data.readers.listing import MOST_FILES
from vae.data.readers.source import opened
from vae.data.readers.tiff import Tiff, is_tiff


def recognised(files: Files, options: Options) -> Collection | None:
    """Return the pages of a TIFF file that is alone; None where there are other files, or one page.

    Raises:
        ReaderError: for far too many pages.
    """
    if len(files.sizes) != 1:
        return None
    (path,) = files.sizes
    if not is_tiff(files.read(path, 4)):
        return None
    local = files.local(path)
    with opened(local) as file:
        count = Tiff(file).count
    if count < 2:
        return None
    if count > MOST_FILES:
        raise ReaderError(f"{path} has more than {MOST_FILES:,} pages; import a part of them.")
    return Collection(
        layout="The pages of one TIFF file.",
        count=count,
        read=lambda rows: _read(local, rows),
        name_of=lambda row: f"page {row + 1}",
        remarks=files.remarks,
    )


def _read(path: Path, rows: Sequence[int]) -> Iterator[Stored | UnreadableImageError]:
    with opened(path) as file:
        tiff = Tiff(file)
        for row in rows:
            try:
                yield tiff.page(row, f"page {row + 1}")
            except UnreadableImageError as error:
                yield error
