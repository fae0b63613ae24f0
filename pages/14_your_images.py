"""Your images: bring images, see them as a model will see them, import them, and train on them."""

from vae.ui.frame import page, pages
from vae.ui.own import importing, preparing, sets, source


def show() -> None:
    """Draw the ways in, what was found, what a model would see of it, the import, and the imported sets."""
    importing.show()
    found = source.show()
    if found is not None:
        settings = preparing.show(found)
        if settings is not None:
            importing.offer(found, *settings)
            preparing.show_numbers(found, settings[0])
    sets.show()


page.begin(
    pages.YOUR_IMAGES,
    "Bring images of your own, look at what a model will see of them, and train an AE and a VAE on them.",
    "All pages then work with these images: choose them in the list at the top of the sidebar.",
)
show()
