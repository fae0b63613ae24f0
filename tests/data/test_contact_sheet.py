"""Contact sheets: pictures of all sizes and kinds have a place."""

import numpy as np

from vae.data.contact_sheet import EMPTY, SQUARES, contact_sheet, thumbnail


def test_pictures_of_all_kinds_are_as_large_as_fits_and_a_missing_one_leaves_its_place() -> None:
    grey, colour = np.full((4, 8), 200, np.uint8), np.zeros((300, 100, 3), np.uint8)
    sheet = contact_sheet([grey, None, colour], 16, 2, gap=2)
    assert sheet.shape == (34, 34, 3)
    assert (sheet[4:12, :16] == 200).all()  # twice as large, in the middle of its square
    assert (sheet[:4, :16] == EMPTY).all()
    assert (sheet[:16, 18:] == EMPTY).all()
    assert (sheet[18:, 6:10] == 0).all()


def test_transparent_parts_are_seen_as_such_and_enlarged_pixels_stay_square() -> None:
    clear = np.zeros((2, 2, 4), np.uint8)
    clear[0, 0] = (255, 0, 0, 255)
    small = thumbnail(clear, 32)
    assert (small[:16, :16] == (255, 0, 0)).all()
    assert set(np.unique(small[16:])) == set(SQUARES)
