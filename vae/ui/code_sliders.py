"""One image's code as sliders, with the decode beside them and the ledger below."""

import hashlib

import numpy as np
import streamlit as st
from torch import Tensor

from vae import figures
from vae.ledger import Ledger, ledger, reconstruction_at
from vae.ledger_figures import bars
from vae.one_image import Encoded, encode
from vae.ui.resources import Trained

SLIDERS = 10
DRAWS = 100


def show(trained: Trained, word: str, image: Tensor, about: str) -> None:
    """Sliders, pictures and ledger of one model; call inside a fragment of its own."""
    variational = trained.deviations is not None
    encoded = encode(trained.model, image)
    rest = np.zeros_like(encoded.code) if variational else trained.codes.mean(0)
    costs = ledger(trained.model, image, trained.checkpoint.config, rest, DRAWS)
    st.markdown(f"**{word}: {trained.name}**")
    pictures = st.container()
    latent = _sliders(trained, image, encoded, costs)
    with pictures:
        _pictures(trained, image, about, encoded, costs, latent)
    _ledger(word, costs)


def _sliders(trained: Trained, image: Tensor, encoded: Encoded, costs: Ledger) -> np.ndarray:
    """A slider for every number, those that tell most where there are many; returns the latent (latent_dim,)."""
    told = costs.kl if costs.kl is not None else trained.codes.var(0)
    shown = np.sort(np.argsort(-told, kind="stable")[:SLIDERS])
    latent = encoded.code.copy()
    prefix = f"five_{trained.name}_{trained.written}_{hashlib.sha256(image.numpy().tobytes()).hexdigest()[:12]}"
    for index in shown:
        code, rest = float(encoded.code[index]), float(costs.rest[index])
        low, high = _range(trained, index, code)
        band = ""
        if encoded.deviation is not None:
            sigma = float(encoded.deviation[index])
            band = f", posterior {code:.2f} ± {sigma:.2f}".replace("-", "−")
        key = f"{prefix}_{index}"
        st.session_state.setdefault(key, code)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            latent[index] = st.slider(f"z{index + 1}{band}", low, high, step=(high - low) / 200, key=key)
            words = "to 0" if encoded.deviation is not None else f"to {rest:.1f}".replace("-", "−")
            st.button(words, key=f"{key}_rest", on_click=_set, args=(key, rest))
            st.button("Back", key=f"{key}_back", on_click=_set, args=(key, code))
    if len(shown) < len(latent):
        by = "KL" if costs.kl is not None else "variance over the test images"
        st.caption(
            f"These are the {len(shown)} of {len(latent)} numbers of the largest {by}; the others stay as they are."
        )
    return latent


def _range(trained: Trained, index: int, code: float) -> tuple[float, float]:
    """What a slider spans: the codes of all but few test images, of a VAE also three σ of the prior, and this code."""
    low, high = np.percentile(trained.codes[:, index], [0.2, 99.8])
    if trained.deviations is not None:
        low, high = min(low, -3.0), max(high, 3.0)
    return min(float(low), code), max(float(high), code, float(low) + 1e-3)


def _set(key: str, value: float) -> None:
    st.session_state[key] = value


def _pictures(trained: Trained, image: Tensor, about: str, encoded: Encoded, costs: Ledger, latent: np.ndarray) -> None:
    now = float(reconstruction_at(trained.model, image, latent[None], trained.checkpoint.config)[0])
    change = f"{now - costs.at_code:+.1f}".replace("-", "−")
    shown = [
        (image[0].numpy(), about.capitalize()),
        (encoded.reconstruction, f"From its own code: {costs.at_code:.1f} nats"),
        (trained.decode(latent[None])[0], f"From the sliders: {now:.1f} nats ({change})"),
    ]
    for column, (picture, caption) in zip(st.columns(3), shown, strict=True):
        with column:
            st.image(figures.tile(picture[None], 1, scale=5), caption=caption, width="stretch")


def _ledger(word: str, costs: Ledger) -> None:
    if costs.kl is None:
        st.markdown(f"**Ledger:** reconstruction {costs.reconstruction:.1f} nats; an AE pays no KL.")
    else:
        kl = float(costs.kl.sum())
        total = costs.reconstruction + kl
        st.markdown(f"**Ledger:** reconstruction {costs.reconstruction:.1f} + KL {kl:.1f} = {total:.1f} nats (−ELBO)")
    st.plotly_chart(
        bars(costs),
        key=f"five_ledger_{word}",
        config={"displayModeBar": False},
        alt=", ".join(f"z{i + 1}: {lost:.1f} nats lost without it" for i, lost in enumerate(costs.lost)),
    )
    rest = "its prior mean 0" if costs.kl is not None else "its mean over the test images, for an AE has no prior"
    draws = f"the mean of {DRAWS} draws of z" if costs.kl is not None else "at the code, which nothing is drawn from"
    st.caption(
        f"−log p(x|z) of this image in nats: in the ledger {draws}; under the pictures and in the bars at the code, "
        f"with the number set to {rest} and all others as they are."
    )
