"""Break it: the classic mistakes, each trained for real beside the right model."""

from vae.ui.frame import page, pages
from vae.ui.mistakes import choice, panels

page.begin(
    pages.BREAK_IT,
    "Each mistake changes a single line. Compare what both models make of the same z and of the same images.",
)
panels.show(choice.choose())
