"""Images as a model will see them: 24 of them before and after, the choices, and what is to be said of them all."""

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

FIT_NAMES = {"pad": "fill up the sides", "crop": "cut off the sides", "stretch": "stretch the image"}
MEAN_SIDE = 160  # pixels
GRID_COLUMNS = 6


def show(found: Brought) -> tuple[Preparation, Split] | None:
    """Draw what becomes of the images, and below it the choices; return these, or None if no image can have them."""
    st.subheader("As a model will see the images")
    place = st.container()
    try:
        preparation = _preparation()  # drawn below the pictures that it decides
        with place, st.spinner("Looking at the images…"):
            seen, look = brought.after_steps(found, preparation), brought.look(found, preparation)
        split = _split(found)
    except VaeError as error:  # also of a reader whose files have changed
        place.error(plain(str(error)))
        return None
    with place:
        _compare(found, preparation, seen)
        for warning in look.warnings:
            st.warning(plain(warning))
        for sentence in seen.unreadable[:3]:
            st.caption(f":material/warning: {plain(sentence)}")
    with st.expander("Show the images after every step"):
        for number, (title, row) in enumerate(zip(seen.titles, seen.pictures, strict=True)):
            pictures.show(contact_sheet(row, SIDE, SHOWN), title, f"own_step_{number}")
    return preparation, split


def _compare(found: Brought, preparation: Preparation, seen: brought.Steps) -> None:
    """Draw the images as they are stored, and beside them as a model will see them."""
    sheets = [contact_sheet(each, SIDE, GRID_COLUMNS) for each in (seen.pictures[0], seen.pictures[-1])]
    stored, prepared = st.columns(2)
    with stored:
        many = f"{len(seen.pictures[0])} of {found.collection.count:,} images, as they are stored"
        pictures.show(sheets[0], many, "own_in")
    with prepared:
        channels, height, width = preparation.image_shape
        words = f"The same images as a model will see them: {height} × {width} pixels, "
        pictures.show(sheets[1], words + ("in colour" if channels == 3 else "grey"), "own_out")


def _preparation() -> Preparation:
    """Draw the choices of the preparation.

    Raises:
        PreparationError: for values that do not go together.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        height = st.number_input("Height in pixels", 8, 128, key="own_height", width=130, persist_state="session")
        width = st.number_input("Width in pixels", 8, 128, key="own_width", width=130, persist_state="session")
        fit = st.selectbox(
            "If the proportions differ",
            FITS,
            key="own_fit",
            format_func=FIT_NAMES.__getitem__,
            width=170,
            persist_state="session",
        )
        ground = st.selectbox(
            "Behind transparent parts",
            GROUNDS,
            key="own_ground",
            format_func=lambda name: "the corner's colour" if name == "corner" else name,
            width=170,
            persist_state="session",
        )
        colour = st.toggle("Keep the colours", key="own_colour", persist_state="session")
        invert = st.toggle(
            "Swap black and white",
            key="own_invert",
            help="Dark shapes on a light ground become light on dark, as the digits of MNIST are.",
            persist_state="session",
        )
    with st.expander("Choose which stored values become black and white"):
        left, right = st.columns(2)
        low = left.number_input("This stored value becomes black", key="own_low", format="%g", persist_state="session")
        high = right.number_input(
            "This stored value becomes white", key="own_high", format="%g", persist_state="session"
        )
    return Preparation(height, width, colour, fit, ground, invert, low, high)


def _split(found: Brought) -> Split:
    """Draw how the images are divided, unless the files say it.

    Raises:
        PreparationError: for shares that leave too little.
    """
    if found.collection.split is not None:
        st.caption("The files say which images are for training and which are for the test. The import keeps that.")
        return Split()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        test = st.number_input("Test images in %", 1, 50, 15, key="own_test", width=150, persist_state="session")
        validation = st.number_input(
            "Validation images in %", 0, 49, 0, key="own_validation", width=170, persist_state="session"
        )
        seed = st.number_input(
            "Seed of the random split", 0, 9999, 0, key="own_seed", width=180, persist_state="session"
        )
    return Split(validation / 100, test / 100, int(seed))


def show_numbers(found: Brought, preparation: Preparation) -> None:
    """Draw the pixel values, the classes and the average of images that `show` has looked at."""
    look = brought.look(found, preparation)
    st.subheader("What the images hold")
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
                "These images have no classes. The import finds clusters of similar images, which take their place in "
                "colours. Numbers that need classes are left out."
            )
    with right:
        st.markdown("**Average image**")
        mean = look.mean_image.transpose(1, 2, 0)
        small = thumbnail(np.ascontiguousarray(mean[..., 0] if mean.shape[2] == 1 else mean), MEAN_SIDE)
        pictures.show(small, "the mean of all that were looked at", "own_mean")
    counted = " The classes are counted over all of them." if look.class_counts else ""
    st.caption(
        f"{look.looked_at:,} of {look.count:,} images were looked at.{counted} Among the images that were looked at, "
        f"{look.copies:,} are exact copies of others."
    )
