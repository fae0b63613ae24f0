"""Files for TensorBoard's projector: codes as vectors, what is known of each image, and a sprite of the images."""

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from vae.data.contact_sheet import thumbnail
from vae.data.dataset import Dataset
from vae.export.place import new_folder
from vae.export.tables import flat, words

VECTORS, METADATA, SPRITE, CONFIG = "vectors.tsv", "metadata.tsv", "sprite.png", "projector_config.pbtxt"
OURS = r"vectors\.tsv|metadata\.tsv|sprite\.png|projector_config\.pbtxt"  # the names of the files
MOST = 60_000  # points, and more images are left out: the projector is a page of a browser
LARGEST = 8_192  # pixels of a sprite each way, which is what graphics cards take
LEAST_AXES = 3  # with fewer the projector shows nothing
CODES, SIGMAS = "z", "sigma"


def write_projector(
    rows: Iterable[dict[str, np.ndarray]],
    dataset: Dataset,
    split: str,
    title: str,
    folder: Path,
    *,
    overwrite: bool = False,
) -> int:
    """Write the projector's four files into a new folder, of the rows that `codes.code_rows` gives of a part.

    Codes of fewer than three dimensions get columns of zeros. Images are made smaller where the sprite would be too
    large.

    Returns:
        The number of points, at most `MOST`.

    Raises:
        PlaceError: when the folder is there already.
        ExportError: when the files cannot be written; nothing of them is left.
    """
    images = dataset.part(split)[0][:MOST]
    columns = math.ceil(math.sqrt(len(images)))
    side = max(1, min(max(dataset.image_shape[1:]), LARGEST // columns))
    sheet = np.zeros((math.ceil(len(images) / columns) * side, columns * side, 3), np.uint8)
    done = 0
    with new_folder(folder, OURS, overwrite=overwrite) as inside:
        with (
            (inside / VECTORS).open("w", encoding="utf-8") as vectors,
            (inside / METADATA).open("w", encoding="utf-8") as metadata,
        ):
            for some in rows:
                kept = {name: values[: len(images) - done] for name, values in some.items()}
                codes = kept.pop(CODES)
                kept.pop(SIGMAS, None)
                codes = np.pad(codes, ((0, 0), (0, max(0, LEAST_AXES - codes.shape[1]))))
                vectors.writelines("\t".join(words(code)) + "\n" for code in codes)
                if not done:
                    metadata.write(_line(list(flat(kept))))
                metadata.writelines(map(_line, zip(*(words(values) for values in flat(kept).values()), strict=True)))
                for place, image in enumerate(images[done : done + len(codes)].numpy(), start=done):
                    top, left = place // columns * side, place % columns * side
                    small = thumbnail(image[0] if len(image) == 1 else image.transpose(1, 2, 0), side)
                    sheet[top : top + len(small), left : left + small.shape[1]] = small
                done += len(codes)
                if done == len(images):
                    break
        Image.fromarray(sheet).save(inside / SPRITE)
        (inside / CONFIG).write_text(_config(title, side), encoding="utf-8")
    return done


def _line(cells: Iterable[str]) -> str:
    """Join cells with tabs; a name may hold one, or a line break, which would begin a cell or a row of its own."""
    return "\t".join(" ".join(cell.split()) for cell in cells) + "\n"


def _config(title: str, side: int) -> str:
    return (
        "embeddings {\n"
        f'  tensor_name: "{title}"\n'
        f'  tensor_path: "{VECTORS}"\n'
        f'  metadata_path: "{METADATA}"\n'
        f'  sprite {{ image_path: "{SPRITE}" single_image_dim: {side} single_image_dim: {side} }}\n'
        "}\n"
    )
