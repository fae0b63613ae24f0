"""Break it: the classic mistakes, each trained for real beside the right model."""

from vae.ui.frame import page, pages

page.begin(pages.BREAK_IT)
