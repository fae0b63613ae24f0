"""Tour: seven questions in order, each with one thing to do and one picture."""

from vae.ui.frame import page, pages

page.begin(pages.TOUR)
