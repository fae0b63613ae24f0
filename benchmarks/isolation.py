"""Values of their own that visitors bring, and the check that nobody is sent another's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.Element_pb2 import Element

from benchmarks.widgets import key_of

SEED = "seed"  # of the Retrain form, which is on every page
PAGE_SEEDS = ("sample_seed", "random_seed", "beta_seed")  # of the pages Samples, Random latents and β
FIRST_BETA = 2.0  # and above: the slider offers an address's β beside its own values, of which the next one is 2.5
STEP = 1e-4
MOST = 4_999  # visitors
OWN_BUTTONS = ("cancel", "close_before_after")  # of visitors who have retrained, and of nobody else


@dataclass(frozen=True)
class Visitor:
    """Someone whose β and seed in the Retrain form nobody else has."""

    number: int  # from 1
    trains: bool = False
    draws: bool = False  # whether the seeds of the pages with samples are the visitor's own, too

    def __post_init__(self) -> None:
        if not 1 <= self.number <= MOST:
            raise ValueError(f"a visitor's number is from 1 to {MOST:,}, not {self.number}.")

    @property
    def beta(self) -> str:
        """The β of the visitor's Retrain form, as the slider writes it."""
        return f"{FIRST_BETA + STEP * self.number:g}"

    @property
    def link(self) -> str:
        """The address's parameters at first."""
        return urlencode({"beta": self.beta, SEED: self.number})

    def query(self, now: str) -> str:
        """Return the address's parameters for the next page; only the server knows β and seed after the first visit.

        With `draws` these are also the seeds of pages, and those without a field for a seed ignore it.
        """
        return urlencode(dict(parse_qsl(now)) | {key: str(self.number) for key in PAGE_SEEDS if self.draws})

    @property
    def _seeds(self) -> tuple[str, ...]:
        return (SEED, *PAGE_SEEDS) if self.draws else (SEED,)

    def strange(self, elements: Iterable[Element]) -> Iterator[str]:
        """Say what in an answer belongs to another visitor, or lacks what is the visitor's own."""
        for element in elements:
            kind = element.WhichOneof("type")
            if kind == "slider" and key_of(element.slider.id) == "beta":
                yield from self._strange_betas(element.slider.options)
            elif kind == "number_input" and key_of(element.number_input.id) in self._seeds:
                field = element.number_input
                # A default of 0 that is not set: the browser keeps what the field has.
                value = field.value if field.set_value else field.default or self.number
                if value != self.number:
                    yield f"{key_of(field.id)} is {value:g}, not {self.number}"
            elif kind == "button" and key_of(element.button.id) in OWN_BUTTONS and not self.trains:
                yield f"a button {key_of(element.button.id)!r} without a run"
            elif kind == "heading" and self._is_strange_comparison(element.heading.body):
                yield f"the heading {element.heading.body!r}"

    def _is_strange_comparison(self, words: str) -> bool:
        own = self.trains and words.endswith(f"beta{self.beta}")
        return words.startswith("Before and after") and not own

    def _strange_betas(self, options: Iterable[str]) -> Iterator[str]:
        if self.beta not in options:
            yield f"the form has lost β {self.beta}"
        for option in options:
            if option != self.beta and FIRST_BETA < float(option) <= FIRST_BETA + STEP * MOST:
                yield f"the form offers β {option}, another visitor's"
