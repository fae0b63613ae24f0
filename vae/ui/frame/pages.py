"""The app's pages by name, in the groups and the order of the sidebar."""

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Page:
    """A page: its file, relative to the app's folder as Streamlit wants it, its title, its icon and what it reads."""

    path: str
    title: str
    icon: str
    compares: bool = True  # whether it reads the two models that the sidebar compares

    def link(self) -> None:
        """Draw a link to the page."""
        st.page_link(self.path, label=self.title, icon=f":material/{self.icon}:", width="stretch")


LATENT_SPACES = Page("latent_spaces.py", "Latent spaces", "bubble_chart")
SAMPLES = Page("pages/11_samples.py", "Samples and reconstructions", "grid_view")
BETA = Page("pages/12_beta.py", "β", "balance", compares=False)
BETA_TRANSLATOR = Page("pages/13_beta_translator.py", "β translator", "translate", compares=False)
TRAINING = Page("pages/14_training.py", "Training", "monitoring")
RUNS = Page("pages/15_runs.py", "Runs", "table_rows")
YOUR_IMAGES = Page("pages/16_your_images.py", "Your images", "add_photo_alternate", compares=False)
RANDOM_LATENTS = Page("pages/21_random_latents.py", "Random latents", "casino")
INTERPOLATION = Page("pages/22_interpolation.py", "Interpolation", "route")
TRAVERSAL = Page("pages/23_traversal.py", "Traversal", "swap_horiz")
ARITHMETIC = Page("pages/24_arithmetic.py", "Arithmetic", "calculate")
DIGITS_ON_DEMAND = Page("pages/25_digits_on_demand.py", "Digits on demand", "pin", compares=False)
DRAW = Page("pages/31_draw.py", "Draw", "draw")
FIVE_NUMBERS = Page("pages/32_five_numbers.py", "Five numbers", "looks_5")
TWO_OF_A_KIND = Page("pages/33_two_of_a_kind.py", "Two of a kind", "compare")
DENOISE = Page("pages/34_denoise.py", "Denoise and inpaint", "healing")
UNUSUAL_IMAGES = Page("pages/35_unusual_images.py", "Unusual images", "troubleshoot")

# The tens digit of a file is its group, so that the folder lists the pages in the sidebar's order. Pages without a
# heading are always visible; the other groups are folded, so that the models and Retrain stay on the first screen.
SECTIONS = {
    "": (LATENT_SPACES, SAMPLES, BETA, BETA_TRANSLATOR, TRAINING, RUNS, YOUR_IMAGES),
    "Make new images": (RANDOM_LATENTS, INTERPOLATION, TRAVERSAL, ARITHMETIC, DIGITS_ON_DEMAND),
    "Look into images": (DRAW, FIVE_NUMBERS, TWO_OF_A_KIND, DENOISE, UNUSUAL_IMAGES),
}
