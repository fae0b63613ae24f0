"""Your images: brought in, seen as the model will see them, imported, and trained on."""

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
    sets.show()


page.begin(
    pages.YOUR_IMAGES,
    "Bring images of your own, see what a model would see of them, and train on them: all pages then work with them.",
)
show()
