"""Images as the model will see them: the choices, 24 images after every step, and what is to be said of them all."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from vae.data.contact_sheet import contact_sheet, thumbnail
from vae.data.preparation.settings import FITS, GROUNDS, Preparation, Split
from vae.errors import VaeError
from vae.figures import own_images
from vae.ui.own import brought
from vae.ui.own.brought import SHOWN, SIDE, Brought
from vae.ui.shared import charts, pictures
from vae.ui.shared.plain import plain

if TYPE_CHECKING:
    from vae.data.imported.look import Look

FIT_NAMES = {"pad": "filled up", "crop": "cut to the middle", "stretch": "stretched"}
MEAN_SIDE = 160  # pixels
GRID_COLUMNS = 6


def show(found: Brought) -> tuple[Preparation, Split] | None:
    """Draw the choices and what they make of the images; return the settings, or None if no image can have them."""
    st.subheader("As the model will see them")
    try:
        preparation, split = _preparation(), _split(found)
        with st.spinner("Looking at the images…"):
            seen, look = brought.after_steps(found, preparation), brought.look(found, preparation)
    except VaeError as error:  # also of a reader whose files have changed
        st.error(plain(str(error)))
        return None
    for warning in look.warnings:
        st.warning(plain(warning))
    originals, after = st.columns(2)
    sheets = [contact_sheet(pictures, SIDE, GRID_COLUMNS) for pictures in (seen.pictures[0], seen.pictures[-1])]
    with originals:
        pictures.show(sheets[0], f"{len(seen.pictures[0])} of {found.collection.count:,} images as they are", "own_in")
    with after:
        channels, height, width = preparation.image_shape
        words = f"As the model will see them: {height} × {width}, {'colour' if channels == 3 else 'grey'}"
        pictures.show(sheets[1], words, "own_out")
    with st.expander("After every step"):
        for number, (title, row) in enumerate(zip(seen.titles, seen.pictures, strict=True)):
            pictures.show(contact_sheet(row, SIDE, SHOWN), title, f"own_step_{number}")
    for sentence in seen.unreadable[:3]:
        st.caption(f":material/warning: {plain(sentence)}")
    _numbers(look)
    return preparation, split


def _preparation() -> Preparation:
    """Draw the choices of the preparation.

    Raises:
        PreparationError: for values that do not go together.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        height = st.number_input("Height, pixels", 8, 128, key="own_height", width=130, persist_state="session")
        width = st.number_input("Width, pixels", 8, 128, key="own_width", width=130, persist_state="session")
        fit = st.selectbox(
            "Other proportions",
            FITS,
            key="own_fit",
            format_func=FIT_NAMES.__getitem__,
            width=170,
            persist_state="session",
        )
        ground = st.selectbox(
            "Transparent parts",
            GROUNDS,
            key="own_ground",
            format_func=lambda name: "the corner's colour" if name == "corner" else name,
            width=170,
            persist_state="session",
        )
        colour = st.toggle("Colour", key="own_colour", persist_state="session")
        invert = st.toggle(
            "Invert",
            key="own_invert",
            help="Dark on light becomes light on dark, as MNIST's digits are.",
            persist_state="session",
        )
    with st.expander("Pixel values"):
        left, right = st.columns(2)
        low = left.number_input("Stored value that becomes black", key="own_low", format="%g", persist_state="session")
        high = right.number_input(
            "Stored value that becomes white", key="own_high", format="%g", persist_state="session"
        )
    return Preparation(height, width, colour, fit, ground, invert, low, high)


def _split(found: Brought) -> Split:
    """Draw how the images are divided, unless the files say it.

    Raises:
        PreparationError: for shares that leave too little.
    """
    if found.collection.split is not None:
        st.caption("The files say which images are to train on and which to test with; that is kept.")
        return Split()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        test = st.number_input("Test images, %", 1, 50, 15, key="own_test", width=150, persist_state="session")
        validation = st.number_input(
            "Validation images, %", 0, 49, 0, key="own_validation", width=170, persist_state="session"
        )
        seed = st.number_input("Seed of the split", 0, 9999, 0, key="own_seed", width=150, persist_state="session")
    return Split(validation / 100, test / 100, int(seed))


def _numbers(look: "Look") -> None:
    left, middle, right = st.columns([3, 3, 1])
    with left:
        st.markdown("**Pixel values**")
        charts.show(own_images.pixel_values(look.histogram), "own_values", "How many pixels have each value")
    with middle:
        st.markdown("**Classes**")
        if look.class_counts:
            charts.show(own_images.classes(look.class_counts), "own_classes", "How many images each class has")
            if (more := len(look.class_counts) - own_images.MOST_CLASSES) > 0:
                st.caption(f"The first {own_images.MOST_CLASSES} of {own_images.MOST_CLASSES + more:,} classes.")
        else:
            st.caption(
                "There are no classes. Clusters will take their place in colours, and numbers that need classes are "
                "left out."
            )
    with right:
        st.markdown("**Mean image**")
        mean = look.mean_image.transpose(1, 2, 0)
        mean = np.ascontiguousarray(mean[..., 0] if mean.shape[2] == 1 else mean)
        st.image(thumbnail(mean, MEAN_SIDE), alt="The mean of the images")
    st.caption(
        f"Over {look.looked_at:,} of {look.count:,} images"
        + (", classes over all" if look.class_counts else "")
        + f". Exact copies among these: {look.copies:,}."
    )
