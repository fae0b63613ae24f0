"""The example of one's own images that ships: small, balanced, and as its table says."""

import csv
import io
import zipfile
from collections import Counter

import numpy as np
from PIL import Image

from vae.folders import ROOT

CLOTHES = ROOT / "data" / "examples" / "clothes.zip"


def test_clothes_are_300_pictures_of_each_class_with_a_row_each() -> None:
    assert CLOTHES.stat().st_size <= 1_500_000
    with zipfile.ZipFile(CLOTHES) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("clothes/metadata.csv").decode())))
        names = [f"clothes/{row['file_name']}" for row in rows]
        assert sorted(archive.namelist()) == sorted(["clothes/metadata.csv", *names])
        assert set(Counter(name.split("/")[1] for name in names).values()) == {300}
        for row, name in list(zip(rows, names, strict=True))[::150]:
            image = np.asarray(Image.open(io.BytesIO(archive.read(name))))
            assert image.shape == (28, 28)
            assert image.dtype == np.uint8
            assert abs(image.mean() / 255 - float(row["ink"])) < 0.02
            assert 0 < int(row["width"]) <= 28
            assert 0 < int(row["height"]) <= 28
    assert len(rows) == len({row["source"] for row in rows}) == 3_000
