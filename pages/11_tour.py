"""Tour: seven questions in order, each with one thing to do and one picture."""

from vae.ui.frame import page, pages
from vae.ui.tour import scenes

scene = scenes.current()
page.begin(pages.TOUR, steps=scenes.presented(scene))
scenes.show(scene)
