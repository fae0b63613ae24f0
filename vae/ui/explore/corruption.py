"""What two models restore of spoilt images, in numbers."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
import pandas as pd
import streamlit as st

from vae.explore.corruption import KINDS, Corrupted, Fidelity, corrupt, fidelity, restore
from vae.ui.shared import readings, server
from vae.ui.shared.models import WORDS, Pair


@dataclass(frozen=True)
class Restored:
    """How near some images are to the originals."""

    fidelity: Fidelity
    read: float | None  # share whose class the judge reads; None without a judge


@dataclass(frozen=True)
class Comparison:
    """The same test images, before and after; models by the words AE and VAE."""

    spoilt: Restored
    restored: dict[str, Restored]
    clean: dict[str, Restored]  # what the models make of the originals, with the same pixels put back


def show(pair: Pair, kind: str, strength: float, count: int, steps: int) -> None:
    """A table of the first `count` test images as they were spoilt, and as both models restore these and the originals.

    Args:
        kind: of `corruption.KINDS`.
        strength: from 0 to 1.
    """
    made = (pair.made_from, server.judge(pair.vae.dataset.name) is not None)
    found = _compare(made, kind, strength, count, steps, pair)
    rows = {"spoilt": found.spoilt}
    rows |= {f"{word}: {one.name}": found.restored[word] for word, one in zip(WORDS, pair, strict=True)}
    rows |= {f"{word} of the clean images": found.clean[word] for word in WORDS}
    st.dataframe(pd.DataFrame([{"images": name} | _row(one) for name, one in rows.items()]), hide_index=True, width=620)
    judged = (
        ""
        if found.spoilt.read is None
        else " Read right: by an independent classifier, which saw clean images alone and stumbles where people do not."
    )
    st.caption(
        f"Over the first {min(count, len(pair.vae.codes)):,} test images beside the originals; higher is nearer. PSNR: "
        "peak signal-to-noise ratio of the mean squared error, ∞ for the same images. SSIM: structural similarity, the "
        f"mean over images, 1 for the same.{judged} Of the clean images: as near as the model comes where nothing is "
        "spoilt."
    )
    before = found.spoilt.fidelity.psnr
    worse = {
        word: _why(before, found.clean[word].fidelity.psnr)
        for word in WORDS
        if found.restored[word].fidelity.psnr < before
    }
    for why in dict.fromkeys(worse.values()):
        words = " and ".join(word for word in worse if worse[word] == why)
        st.info(f"{words}: farther from the originals than before, by PSNR. {why}")


def _row(one: Restored) -> dict[str, str]:
    psnr, ssim = one.fidelity.psnr, one.fidelity.ssim
    read = {} if one.read is None else {"read right": f"{one.read:.1%}"}
    return {"PSNR, dB": f"{psnr:.2f}" if isfinite(psnr) else "∞", "SSIM": f"{ssim:.3f}"} | read


def _why(before: float, clean: float) -> str:
    if clean <= before:
        return "The code is the limit: what it decodes of the clean images is no nearer than the spoilt ones are."
    return "The code is not the limit, as the clean images show: what is spoilt leads the encoder astray."


# The models by path and time of writing, and whether there is a judge to read for them.
Made = tuple[tuple[tuple[str, int], ...], bool]


@st.cache_resource(max_entries=64, show_spinner="Comparing with the originals…")
def _compare(made: Made, kind: str, strength: float, count: int, steps: int, _pair: Pair) -> Comparison:
    spoilt = corrupt(_pair.vae.dataset.test_images[:count], kind, strength)
    by_word = dict(zip(WORDS, _pair, strict=True))
    return Comparison(
        _measure(_pair, spoilt.images.numpy()),
        {word: _measure(_pair, restore(trained.model, spoilt, steps)) for word, trained in by_word.items()},
        _clean(made, (kind, strength) if KINDS[kind].masks else None, count, _pair),
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _clean(made: Made, mask: tuple[str, float] | None, count: int, _pair: Pair) -> dict[str, Restored]:
    images = _pair.vae.dataset.test_images[:count]
    clean = Corrupted(images, corrupt(images, *mask).known if mask else None)
    return {word: _measure(_pair, restore(t.model, clean)) for word, t in zip(WORDS, _pair, strict=True)}


def _measure(pair: Pair, images: np.ndarray) -> Restored:
    dataset = pair.vae.dataset
    found = readings.read_images(dataset, images)
    share = None
    if found is not None:
        share = float((found[0] == dataset.test_labels[: len(images)].numpy()).mean())
    return Restored(fidelity(images, dataset.test_images[: len(images)]), share)
