"""One image becomes two numbers: the image, its code, what is decoded from it, and its place on the AE's map."""

import numpy as np
import streamlit as st

from vae.data.to_picture import tile
from vae.explore.one_image import nearest_codes
from vae.explore.projection import ProjectionSettings
from vae.figures.maps import Mark, latent_maps, mark
from vae.ui.compare import maps
from vae.ui.compare.maps import View
from vae.ui.shared import charts
from vae.ui.shared.models import Pair, drawn
from vae.ui.tour import chosen, shipped

VIEW = View("test", 2_000, ProjectionSettings("direct"))
NEAREST = 10


def show() -> None:
    """Draw the button that takes another image, and the image beside the map."""
    pair = shipped.pair(2)
    chosen.offer("Choose another image")
    _picture(pair, chosen.images()[0])


@drawn()
def _picture(pair: Pair, image: int) -> None:
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    ae = pair.ae
    with left:
        decoded, _ = ae.reconstruct([image])
        pixels = ae.dataset.test_images[image].numpy()
        for column, picture, words in zip(
            st.columns(2), (pixels, decoded[0]), ("The image: 784 numbers", "Decoded from the code"), strict=True
        ):
            column.image(tile(picture[None], 1, scale=8), caption=words, width="stretch", alt=words)
        z1, z2 = (f"{value:.2f}".replace("-", "−") for value in ae.codes[image])
        st.markdown(f"**Its code: z = ({z1}, {z2})**")
    with right:
        near = nearest_codes(ae.codes[image], ae.codes, NEAREST + 1)[1:]
        projection = maps.projections(pair, VIEW)
        assert projection is not None  # no t-SNE is asked for
        figure = latent_maps([maps.panel(ae, projection[0], VIEW, "AE")], ae.dataset.class_names)
        marked = mark(figure, [Mark(np.asarray(ae.codes[image]), ae.codes[near])], "this image")
        name = ae.dataset.class_names[int(ae.dataset.test_labels[image])]
        charts.show(marked, "tour_map", f"The AE's latent map with the place of a test image, a {name}", fill="tall")
