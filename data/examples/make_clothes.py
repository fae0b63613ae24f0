"""Make clothes.zip, the example of one's own images, from the four IDX files of Fashion-MNIST.

    python data/examples/make_clothes.py FOLDER

FOLDER holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, plain
or with .gz. The zip has 3,000 images, 300 of each class at random from all 70,000, as PNG files in a folder a class,
and metadata.csv with a row for each: mean brightness, width and height of the garment in pixels, and the row of the
image in Fashion-MNIST. Grey values of the PNG files are rounded to 26 levels, without which the zip would have 2 MB.
The same files and the same Pillow and zlib give the same bytes.
"""

import csv
import gzip
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = (
    *("T-shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
)
OF_EACH = 300  # images
LEVELS = 26  # of grey, from black to white
INK = 40  # a grey value from which on a pixel belongs to the garment
MOMENT = (2017, 8, 28, 0, 0, 0)  # of every file in the zip: when Fashion-MNIST was published
TARGET = Path(__file__).with_name("clothes.zip")


def idx(folder: Path, name: str, header: int) -> np.ndarray:
    """Return the bytes of an IDX file, plain or with .gz, after its header."""
    plain = folder / name
    content = plain.read_bytes() if plain.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    return np.frombuffer(content, np.uint8, offset=header)


def rounded(image: np.ndarray) -> np.ndarray:
    """Round the grey values of an image to `LEVELS`; black stays black and white white."""
    steps = np.round(image / 255 * (LEVELS - 1))
    return np.round(steps * 255 / (LEVELS - 1)).astype(np.uint8)


def png(image: np.ndarray) -> bytes:
    """Return an image as a PNG file, as small as Pillow makes it."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def row_of(name: str, image: np.ndarray, source: int) -> list[str]:
    """Return the row of an image for metadata.csv."""
    rows, columns = np.nonzero(image >= INK)
    width, height = (int(np.ptp(places)) + 1 if len(places) else 0 for places in (columns, rows))
    return [name, f"{image.mean() / 255:.3f}", str(width), str(height), str(source)]


def main(folder: Path) -> None:
    """Write clothes.zip beside this file."""
    parts = ("train", "t10k")
    images = np.concatenate([idx(folder, f"{part}-images-idx3-ubyte", 16) for part in parts]).reshape(-1, 28, 28)
    labels = np.concatenate([idx(folder, f"{part}-labels-idx1-ubyte", 8) for part in parts])
    random = np.random.default_rng(0)
    table = [["file_name", "ink", "width", "height", "source"]]
    files: dict[str, bytes] = {}
    for label, title in enumerate(CLASSES):
        chosen = np.sort(random.choice(np.flatnonzero(labels == label), OF_EACH, replace=False))
        for number, source in enumerate(chosen, 1):
            name = f"{title}/{number}.png"
            files[f"clothes/{name}"] = png(rounded(images[source]))
            table.append(row_of(name, images[source], int(source)))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in ({"clothes/metadata.csv": text.getvalue().encode()} | files).items():
            stored = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compress_type=stored, compresslevel=9)
    print(f"{TARGET}: {len(files):,} images, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
