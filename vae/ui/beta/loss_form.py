"""The form of the β translator: a preset, pasted lines, or every weight and reduction of a loss by hand."""

from dataclasses import asdict
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vae.beta.balance import (
    GAUSSIAN,
    PIXEL_RANGES,
    PIXEL_REDUCTIONS,
    RANGES,
    RECONSTRUCTIONS,
    REDUCTIONS,
    SQUARED_ERROR,
    Convention,
)
from vae.beta.code_bases import PRESETS
from vae.beta.loss_reader import LossReading, read_loss
from vae.ui.shared.terms import explained

DEFAULT = Convention()


def show(presets: DeltaGenerator) -> dict[str, Any]:
    """Draw the widgets, whose keys are a convention's fields after `t_`, and return `settings`.

    Args:
        presets: the place of the presets, which are drawn last: the values of the other widgets select one.
    """
    _paste()
    for column, part in zip(st.columns(3), (_reconstruction, _kl, _sizes), strict=True):
        with column, st.container(border=True, height="stretch"):
            part()
    with presets:
        _choose_preset(settings())
    return settings()


def settings() -> dict[str, Any]:
    """Return the values of the widgets: a convention's fields, not yet checked."""
    held = {name: st.session_state[f"t_{name}"] for name in asdict(DEFAULT)}
    return held | {"half": held["half"] and held["reconstruction"] == SQUARED_ERROR}


def _choose_preset(held: dict[str, Any]) -> None:
    """Draw the choice of presets, with the one selected that agrees with the form; choosing another fills the form."""
    alike = [name for name, preset in PRESETS.items() if asdict(preset.convention) == held]
    st.session_state["t_preset"] = alike[0] if alike else None
    st.selectbox(
        "Loss",
        list(PRESETS),
        index=None,
        placeholder="The loss that the form describes",
        key="t_preset",
        on_change=_take_preset,
    )
    st.caption(
        f"This loss was read in {PRESETS[alike[0]].source}." if alike else "No code base in the list has this loss."
    )


def _take_preset() -> None:
    name = st.session_state["t_preset"]
    if name is not None:
        _fill(asdict(PRESETS[name].convention))


def _fill(values: dict[str, Any]) -> None:
    st.session_state.update({f"t_{name}": value for name, value in values.items()})


def _paste() -> None:
    with st.expander("Paste the lines of a loss from your code", icon=":material/content_paste:"):
        with st.form("t_paste", border=False):
            st.text_area(
                "Lines of PyTorch, Keras or TensorFlow",
                key="t_code",
                height=180,
                placeholder="recon = F.mse_loss(x_hat, x)\nkl = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp())",
                persist_state="session",
            )
            st.form_submit_button("Read these lines into the form", on_click=_read)
        st.caption("The text is parsed and never run. The form keeps its values where the text decides nothing.")
        reading: LossReading | None = st.session_state.get("t_reading")
        if reading is not None:
            for heading, lines in (
                ("The text says", reading.recognised),
                ("This was assumed", reading.assumed),
                ("The text does not decide", reading.undecided),
            ):
                if lines:
                    st.markdown(f"**{heading}**\n" + "\n".join(f"- {line}" for line in lines))


def _read() -> None:
    reading = read_loss(st.session_state["t_code"])
    st.session_state["t_reading"] = reading
    _fill(reading.settings)


def _reconstruction() -> None:
    st.markdown(explained("**Reconstruction loss**"))
    _select("Kind of term", "reconstruction", RECONSTRUCTIONS)
    _select("Reduction over pixels", "pixels", PIXEL_REDUCTIONS)
    _reduce("Reduction over the batch", "batch", REDUCTIONS)
    kind = st.session_state["t_reconstruction"]
    _number("Weight of the reconstruction loss", "reconstruction_weight")
    _number("σ of the Gaussian, in units of the pixels", "sigma", disabled=kind != GAUSSIAN)
    st.toggle(
        "There is a ½ before the squared error", key="t_half", disabled=kind != SQUARED_ERROR, bind="query-params"
    )


def _kl() -> None:
    st.markdown(explained("**KL**"))
    _number("Weight of the KL", "kl_weight")
    _reduce("Reduction over latent dimensions", "latents", REDUCTIONS)
    _reduce("Reduction over the batch", "kl_batch", REDUCTIONS)
    _number("Latent size", "latent_dim")


def _sizes() -> None:
    st.markdown("**Images and batches**")
    _number("Channels", "channels")
    _number("Height", "height")
    _number("Width", "width")
    _select("Range of the pixels", "pixel_range", tuple(PIXEL_RANGES))
    _number("Batch size", "batch_size")


def _select(label: str, name: str, options: tuple[str, ...]) -> None:
    st.selectbox(label, options, index=options.index(getattr(DEFAULT, name)), key=f"t_{name}", bind="query-params")


def _reduce(label: str, name: str, options: tuple[str, ...]) -> None:
    st.segmented_control(
        label, options, default=getattr(DEFAULT, name), required=True, key=f"t_{name}", bind="query-params"
    )


def _number(label: str, name: str, disabled: bool = False) -> None:
    value = getattr(DEFAULT, name)
    low, high = (type(value)(bound) for bound in RANGES[name])
    form = "%d" if isinstance(value, int) else "%g"
    st.number_input(label, low, high, value, format=form, key=f"t_{name}", disabled=disabled, bind="query-params")
