"""The app's pages by name, in the groups and the order of the sidebar."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from vae.ui.shared import presenting


@dataclass(frozen=True)
class Page:
    """A page: its file, relative to the app's folder as Streamlit wants it, its title, its icon and its question."""

    path: str
    title: str
    icon: str
    question: str  # in at most fifteen words; it stands below the title, and in the README
    compares: bool = True  # whether the page reads the two models that the sidebar compares
    trains: bool = True  # whether the form in the sidebar acts on anything that the page shows

    @property
    def name(self) -> str:
        """The word that stands for the page in an address: its file's, without number and ending."""
        return Path(self.path).stem.lstrip("0123456789_")

    def link(self) -> None:
        """Draw a link to the page, which is presented if this one is."""
        icon, parameters = f":material/{self.icon}:", presenting.carried() or None
        st.page_link(self.path, label=self.title, icon=icon, width="stretch", query_params=parameters)


TOUR = Page(
    "pages/11_tour.py",
    "Tour",
    "tour",
    "Why can a VAE be sampled and an AE not? Seven pictures give the answer.",
    compares=False,
    trains=False,
)
LATENT_SPACES = Page(
    "latent_spaces.py",
    "Latent spaces",
    "bubble_chart",
    "Where does each model put the images, and what lies between them?",
)
SAMPLES = Page(
    "pages/12_samples.py",
    "Samples and reconstructions",
    "grid_view",
    "Why can new images be drawn from a VAE, and hardly from an AE?",
)
BETA = Page(
    "pages/13_beta.py",
    "β",
    "balance",
    "What does β, the weight of the KL term, give and take?",
    compares=False,
)
YOUR_IMAGES = Page(
    "pages/14_your_images.py",
    "Your images",
    "add_photo_alternate",
    "How do I explore images of my own?",
    compares=False,
)
RUNS = Page("pages/15_runs.py", "Runs", "table_rows", "Which models are there, and how do two of them differ?")
RANDOM_LATENTS = Page(
    "pages/21_random_latents.py",
    "Random latents",
    "casino",
    "How many random latent vectors decode to a realistic image?",
)
INTERPOLATION = Page(
    "pages/22_interpolation.py",
    "Interpolation",
    "route",
    "On the way from one image to another, does every place decode to an image?",
)
TRAVERSAL = Page(
    "pages/23_traversal.py",
    "Traversal",
    "swap_horiz",
    "What does each latent dimension change in an image?",
)
ARITHMETIC = Page(
    "pages/24_arithmetic.py",
    "Arithmetic",
    "calculate",
    "Does a direction in the latent space mean the same for every image?",
)
DIGITS_ON_DEMAND = Page(
    "pages/25_digits_on_demand.py",
    "Digits on demand",
    "pin",
    "Can a VAE that is told the digit draw any digit in any handwriting?",
    compares=False,
)
DRAW = Page("pages/31_draw.py", "Draw", "draw", "What do both models make of a digit that you draw?")
EDIT_A_CODE = Page(
    "pages/32_edit_a_code.py",
    "Edit a code",
    "tune",
    "What does each number of a code say about its image?",
)
TWO_IMAGES = Page(
    "pages/33_two_images.py",
    "Two images",
    "compare",
    "How near do the models put two images of one class?",
)
DENOISE = Page(
    "pages/34_denoise.py",
    "Denoise and inpaint",
    "healing",
    "What do the models make of images that are noisy or partly hidden?",
)
UNUSUAL_IMAGES = Page(
    "pages/35_unusual_images.py",
    "Unusual images",
    "troubleshoot",
    "Which images does each model fail on, and does it notice foreign ones?",
)
TRAINING = Page("pages/41_training.py", "Training", "monitoring", "How did the losses fall while the models trained?")
BREAK_IT = Page(
    "pages/42_break_it.py",
    "Break it",
    "bug_report",
    "How does each classic mistake in a VAE show itself?",
    compares=False,
)
BETA_TRANSLATOR = Page(
    "pages/43_beta_translator.py",
    "β translator",
    "translate",
    "Which β does the loss of another code base amount to?",
    compares=False,
)
GLOSSARY = Page(
    "pages/44_glossary.py",
    "Glossary",
    "menu_book",
    "What do the terms on these pages mean?",
    compares=False,
    trains=False,
)

# The tens digit of a file is its group, so that the folder lists the pages in the sidebar's order. Pages without a
# heading are always visible; the other groups are folded, so that the models and Retrain stay on the first screen.
SECTIONS = {
    "": (TOUR, LATENT_SPACES, SAMPLES, BETA, YOUR_IMAGES, RUNS),
    "Make new images": (RANDOM_LATENTS, INTERPOLATION, TRAVERSAL, ARITHMETIC, DIGITS_ON_DEMAND),
    "Look into images": (DRAW, EDIT_A_CODE, TWO_IMAGES, DENOISE, UNUSUAL_IMAGES),
    "Understand the training": (TRAINING, BREAK_IT, BETA_TRANSLATOR, GLOSSARY),
}
PAGES = tuple(page for group in SECTIONS.values() for page in group)
