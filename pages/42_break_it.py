"""Break it: the classic mistakes, each trained for real beside the right model."""

from vae.ui.frame import page, pages
from vae.ui.mistakes import choice, panels

page.begin(
    pages.BREAK_IT,
    "The code shows a wrong line after −, and the right one after +. Compare the samples and reconstructions above it.",
)
panels.show(choice.choose())
