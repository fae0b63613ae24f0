"""Denoise and inpaint: spoilt test images through both models, and how much nearer to the originals they come."""

from math import isfinite

import pandas as pd
import streamlit as st

from vae import figures
from vae.corruption import KINDS, Corrupted, Fidelity, corrupt, fidelity, restore
from vae.ui import page
from vae.ui.page import Pair

SHOWN = 10
MEASURED = 500
MOST_STEPS = 50


def show(pair: Pair) -> None:
    """The corruption, images through both models, and the numbers."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Corruption", list(KINDS), default="Gaussian noise", required=True, key="spoil", bind="query-params"
        )
        images = pair.vae.dataset.test_images
        first = st.number_input("From test image", 0, len(images) - SHOWN, 0, SHOWN, key="spoil_image", width=180)
    strength = st.slider(
        f"Strength: {KINDS[kind].strength}", 0.0, 1.0, KINDS[kind].usual, 0.05, key=f"strength_{kind}", width=560
    )
    steps = 1
    if KINDS[kind].masks:
        steps = st.slider("Encode and decode", 1, MOST_STEPS, 10, format="%d times", key="spoil_steps", width=560)
    _pictures(pair, corrupt(images[first : first + SHOWN], kind, strength), first, steps)
    if KINDS[kind].masks:
        st.caption(
            "Hidden pixels are black to the encoder. From the second time on it reads what was decoded, with the "
            "known pixels put back, and so does the picture here; once is the decode alone, known pixels included."
        )
    _numbers(pair, corrupt(images[:MEASURED], kind, strength), steps)
    _denoising(pair, kind, strength)


def _pictures(pair: Pair, spoilt: Corrupted, first: int, steps: int) -> None:
    originals = pair.vae.dataset.test_images[first : first + SHOWN]
    rows = {"Original": originals.numpy(), "Corrupted": spoilt.images.numpy()}
    for trained, word in zip(pair, ("AE", "VAE"), strict=True):
        rows[word] = restore(trained.model, spoilt, steps)
    st.plotly_chart(
        figures.image_rows(rows, {}),
        key="spoilt",
        config={"displayModeBar": False},
        alt="Test images, the same corrupted, and what each model makes of those",
    )


def _numbers(pair: Pair, spoilt: Corrupted, steps: int) -> None:
    originals = pair.vae.dataset.test_images[: len(spoilt.images)]
    found = {"Corrupted, before": fidelity(spoilt.images.numpy(), originals)}
    for trained, word in zip(pair, ("AE", "VAE"), strict=True):
        restored = restore(trained.model, spoilt, steps)
        found[f"{word}: {trained.name}, after"] = fidelity(restored, originals)
    st.dataframe(
        pd.DataFrame([{"images": name} | _row(each) for name, each in found.items()]), hide_index=True, width=560
    )
    st.caption(
        f"Means over the first {len(originals):,} test images, higher is nearer to the original, data range 1. PSNR: "
        "peak signal-to-noise ratio, ∞ where an image is as it was. SSIM: structural similarity, 1 for the same image. "
        "Decoded from the code (the VAE's posterior mean)."
    )
    before, *after = found.values()
    worse = [name for name, each in zip(("AE", "VAE"), after, strict=True) if each.psnr < before.psnr]
    if worse:
        st.info(
            f"{' and '.join(worse)} made these images worse by PSNR: what a code of this size cannot say is lost, and "
            "here that is more than was spoilt."
        )


def _row(found: Fidelity) -> dict[str, str]:
    return {"PSNR, dB": f"{found.psnr:.2f}" if isfinite(found.psnr) else "∞", "SSIM": f"{found.ssim:.3f}"}


def _denoising(pair: Pair, kind: str, strength: float) -> None:
    trained = [
        f"{one.name} (σ {one.checkpoint.config.input_noise:g})" for one in pair if one.checkpoint.config.input_noise
    ]
    if trained:
        st.markdown(f"Trained to remove Gaussian noise: {', '.join(trained)}.")
    st.markdown(
        "**What to look for.** Neither model was told what noise is, unless it was trained to: codes have no room for "
        "it, so decoding leaves it out. A denoising model (Vincent et al. 2008) sees noise in training and is asked "
        "for the clean image. It is trained from the sidebar: **Retrain**, “Noise on the input, σ”."
    )
    if kind == "Gaussian noise" and strength > 0:
        st.button(
            f"Put σ = {strength:g} into the Retrain form, with the AE too",
            key="spoil_retrain",
            icon=":material/replay:",
            on_click=_fill,
            args=(strength,),
        )


def _fill(sigma: float) -> None:
    st.session_state.update(input_noise=sigma, ae_too=True)


page.begin("Denoise and inpaint", "Images that were spoilt, through models that only know what such images look like.")
show(page.pair())
