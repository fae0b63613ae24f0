"""A table of how near corrupted images are to the originals, before and after two models restore them."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
import pandas as pd
import streamlit as st

from vae.explore.corruption import KINDS, Corrupted, Fidelity, corrupt, fidelity, restore
from vae.figures.images import image_rows
from vae.ui.shared import picture_rows, readings, server
from vae.ui.shared.models import WORDS, Pair, drawn, kept
from vae.ui.shared.terms import explained

SHOWN = 10


@dataclass(frozen=True)
class Restored:
    """Measures of how near a set of images is to the originals."""

    fidelity: Fidelity
    read: float | None  # share of images whose class the judge reads correctly; None without a judge


@dataclass(frozen=True)
class Comparison:
    """Measures of one set of test images, corrupted and restored; the keys of both dicts are AE and VAE."""

    spoilt: Restored
    restored: dict[str, Restored]
    clean: dict[str, Restored]  # the originals through the models; of a kind that masks, with the known pixels put back


@drawn(show_spinner="Restoring the images…")
def pictures(pair: Pair, kind: str, strength: float, first: int, steps: int) -> None:
    """Draw test images from the `first` on, corrupted, and what each model makes of them."""
    originals = pair.vae.dataset.test_images[first : first + SHOWN]
    spoilt = corrupt(originals, kind, strength)
    rows = {"Original": originals.numpy(), "Corrupted": spoilt.images.numpy()}
    for word, trained in pair.named():
        rows[word] = restore(trained.model, spoilt, steps)
    picture_rows.show(
        image_rows(rows, {}),
        "spoilt",
        "Test images, the same corrupted, and what each model makes of the corrupted ones",
    )


@drawn(show_spinner="Comparing with the originals…")
def show(pair: Pair, kind: str, strength: float, count: int, steps: int) -> None:
    """Draw a table of the first `count` test images, corrupted, restored by both models, and clean through both models.

    Args:
        kind: a name of `vae.explore.corruption.KINDS`.
        strength: from 0 to 1.
    """
    found = _compare(pair, kind, strength, count, steps, judged=server.judge(pair.vae.dataset.name) is not None)
    rows = {"corrupted": found.spoilt}
    rows |= {f"{word}: {one.name}": found.restored[word] for word, one in pair.named()}
    rows |= {f"{word}, from the originals": found.clean[word] for word in WORDS}
    st.dataframe(pd.DataFrame([{"images": name} | _row(one) for name, one in rows.items()]), hide_index=True, width=620)
    known = " Pixels that are not hidden are put back as they were." if KINDS[kind].masks else ""
    read = (
        " The judge saw only clean images in training, so it is misled by damage that people see through."
        if found.spoilt.read is not None
        else ""
    )
    st.caption(
        explained(
            f"These are means over {min(count, len(pair.vae.codes)):,} test images; higher means nearer to the "
            "originals (PSNR, SSIM). The last two rows show how near a model comes when nothing is "
            f"corrupted.{known}{read}"
        )
    )
    before = found.spoilt.fidelity.psnr
    worse = {
        word: _why(before, found.clean[word].fidelity.psnr)
        for word in WORDS
        if found.restored[word].fidelity.psnr < before
    }
    for why in dict.fromkeys(worse.values()):
        words = " and the ".join(word for word in worse if worse[word] == why)
        st.info(f"By PSNR, the images of the {words} are farther from the originals than the corrupted ones are. {why}")


def _row(one: Restored) -> dict[str, str]:
    psnr, ssim = one.fidelity.psnr, one.fidelity.ssim
    read = {} if one.read is None else {"read correctly by the judge": f"{one.read:.1%}"}
    return {"PSNR, dB": f"{psnr:.2f}" if isfinite(psnr) else "∞", "SSIM": f"{ssim:.3f}"} | read


def _why(before: float, clean: float) -> str:
    if clean <= before:
        return "The code is the limit: not even the reconstructions of the originals are nearer."
    return (
        "The code is not the limit, since reconstructions of the originals are nearer: the damage misleads the encoder."
    )


@kept(max_entries=64, show_spinner="Comparing with the originals…")
def _compare(pair: Pair, kind: str, strength: float, count: int, steps: int, *, judged: bool) -> Comparison:
    """Compare corrupted and restored images with the originals.

    `judged` counts for the cache alone: once there is a judge, the comparison is made again and the judge reads it.
    """
    spoilt = corrupt(pair.vae.dataset.test_images[:count], kind, strength)
    return Comparison(
        _measure(pair, spoilt.images.numpy()),
        {word: _measure(pair, restore(trained.model, spoilt, steps)) for word, trained in pair.named()},
        _clean(pair, (kind, strength) if KINDS[kind].masks else None, count, judged=judged),
    )


@kept(max_entries=64)
def _clean(pair: Pair, mask: tuple[str, float] | None, count: int, *, judged: bool) -> dict[str, Restored]:
    images = pair.vae.dataset.test_images[:count]
    clean = Corrupted(images, corrupt(images, *mask).known if mask else None)
    return {word: _measure(pair, restore(trained.model, clean)) for word, trained in pair.named()}


def _measure(pair: Pair, images: np.ndarray) -> Restored:
    dataset = pair.vae.dataset
    found = readings.read_images(dataset, images)
    share = None
    if found is not None:
        share = float((found[0] == dataset.test_labels[: len(images)].numpy()).mean())
    return Restored(fidelity(images, dataset.test_images[: len(images)]), share)
