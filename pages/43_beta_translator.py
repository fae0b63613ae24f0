"""β translator: how another code base weighs its loss, as this app's β, as σ, and as the weights of others."""

import pandas as pd
import streamlit as st

from vae.beta.balance import (
    APP_SIGMA,
    PIXEL_RANGES,
    Balance,
    Convention,
    ConventionError,
    balance,
    batch_decides,
    gradient_scale,
)
from vae.beta.code_bases import Equivalent, equivalents
from vae.training.config import RANGES as CONFIG_RANGES
from vae.ui.beta import loss_form
from vae.ui.frame import page, pages
from vae.ui.frame.beta_scale import BETAS, LIKELIHOOD_NAMES, nearest_beta, read_beta
from vae.ui.frame.retrain import fill_beta


def show() -> None:
    """Draw the form for the other loss, then the balance that it has in this app and in other code bases."""
    st.subheader("The other loss")
    settings = loss_form.show()
    try:
        convention = Convention(**settings)
        found, elsewhere = balance(convention), equivalents(convention)
    except ConventionError as error:
        st.error(f"This loss has no balance: {error}")
        return
    st.subheader("The same balance here")
    _answer(convention, found)
    st.subheader("The same balance in other code")
    _elsewhere(convention, found, elsewhere)
    _what_to_look_for()


def _answer(convention: Convention, found: Balance) -> None:
    beta = _beta(found)
    with st.container(horizontal=True):
        if found.likelihood == "bernoulli":
            st.metric(
                "β, cross-entropy and KL in nats per image",
                _plain(beta),
                border=True,
                help="The β of the Retrain form with the likelihood “Bernoulli”.",
            )
        else:
            _gaussian_metrics(found, beta)
    st.markdown(read_beta(beta) + _same_as_sigma(convention, found))
    st.caption(_scale_in_words(gradient_scale(convention)))
    if batch_decides(convention):
        st.warning(
            "One term is summed over the batch and the other averaged, so that the batch size is part of the balance: "
            f"this holds for batches of {convention.batch_size}, and a smaller last batch has another β."
        )
    _use(beta, found.likelihood)


def _beta(found: Balance) -> float:
    return float(f"{found.app_beta:.6g}")  # so that 1 is not shown as the 0.9999999999 of a rounding error


def _gaussian_metrics(found: Balance, beta: float) -> None:
    st.metric(
        f"β at this app's σ = {APP_SIGMA:g}, nats per image",
        _plain(beta),
        border=True,
        help="β_SSE / 2σ². The β of the Retrain form with the likelihood “Gaussian, σ = 0.5”.",
    )
    st.metric(
        "σ at β = 1, of pixels from 0 to 1",
        _plain(found.sigma) if found.ratio else "none",
        border=True,
        help="√(β_SSE / 2): the Gaussian decoder whose ELBO this loss is.",
    )
    st.metric(
        "β of SSE + β · KL, sums per image",
        _plain(found.ratio),
        border=True,
        help="β_SSE: the weight of the KL against the squared error, summed over pixels from 0 to 1.",
    )


def _same_as_sigma(convention: Convention, found: Balance) -> str:
    if found.likelihood == "bernoulli" or not found.ratio:
        return ""
    words = f" That is how the app reads it at σ = {APP_SIGMA:g}; the same loss is the ELBO of a decoder with σ = "
    words += _plain(found.sigma)
    width = PIXEL_RANGES[convention.pixel_range]
    if width != 1:
        words += f" ({found.sigma * width:.4g} in the units of pixels from {convention.pixel_range})"
    return words + ". Only β · 2σ² counts."


def _scale_in_words(times: float) -> str:
    against = _against(times)
    if against == "as long":
        return "The gradient is this app's too, in direction and in length."
    verb = "multiply" if times > 1 else "divide"
    return (
        f"The same balance, but the gradient of that loss is {against} than this app's: to take its learning rate "
        f"along with SGD, {verb} it by as much. Adam does not mind, but gradient clipping and weight decay do."
    )


def _against(times: float) -> str:
    if abs(times - 1) < 1e-9:
        return "as long"
    return f"{_plain(max(times, 1 / times))} times {'larger' if times > 1 else 'smaller'}"


def _plain(number: float) -> str:
    """Write a number to four significant digits, or, from 1,000 to below 1e9, as a whole number with commas."""
    return f"{number:,.0f}" if 1_000 <= number < 1e9 else f"{number:.4g}"


def _use(beta: float, likelihood: str) -> None:
    step = nearest_beta(beta)
    used = st.button(
        "Use this β in the Retrain form",
        key="t_use",
        icon=":material/replay:",
        on_click=_fill,
    )
    said = ":material/check: The **Retrain** form has" if used else "The **Retrain** form then has"
    words = f"{said} likelihood **{LIKELIHOOD_NAMES[likelihood]}** and β **{step:g}**"
    if step != beta:
        if not BETAS[1] <= beta <= BETAS[-1]:
            words += f", where its slider {'ends' if beta > step else 'begins'}, and not {_plain(beta)}"
        else:
            words += f", next to {_plain(beta)}"
        words += "; the command line below takes the β itself" if beta <= CONFIG_RANGES["beta"][1] else ""
    st.caption(words + ".")


def _fill() -> None:
    # The value typed last may arrive together with the click, so the form is read again.
    try:
        found = balance(Convention(**loss_form.settings()))
    except ConventionError:
        return
    fill_beta(_beta(found), found.likelihood)


def _elsewhere(convention: Convention, found: Balance, elsewhere: list[Equivalent]) -> None:
    term = "a cross-entropy" if found.likelihood == "bernoulli" else "a squared error"
    rows = [
        {
            "code": one.name if one.as_written else f"{one.name}, with {term}",
            "weight of its KL": one.weight,
            "gradient against this app's": _against(one.scale),
        }
        for one in elsewhere
    ]
    st.dataframe(
        pd.DataFrame(rows),
        column_config={"weight of its KL": st.column_config.NumberColumn(format="%.4g")},
        hide_index=True,
        key="t_table",
    )
    size = f"{convention.channels} × {convention.height} × {convention.width}"
    st.caption(
        f"For images of {size} from {convention.pixel_range}, latent size {convention.latent_dim} and batches of "
        f"{convention.batch_size}; this app reads pixels from 0 to 1. No weight turns a cross-entropy into a squared "
        "error: each code keeps its reductions here and takes the term of the loss above."
    )
    for tab, one in zip(st.tabs([one.name for one in elsewhere]), elsewhere, strict=True):
        tab.code(one.lines, language="python", wrap_lines=True)
        tab.caption(f"{one.source}{'' if one.as_written else f', with {term} in the place of its own term'}")


def _what_to_look_for() -> None:
    st.subheader("What to look for")
    st.markdown(
        "- **The image size.** A mean over pixels divides the error by D, the number of an image's values, so that a "
        "weight w on the KL is w · D against the sum. PyTorch-VAE's 0.00025 is 3.07 on images of 3 × 64 × 64 and "
        "0.196 on those of 1 × 28 × 28: another model.\n"
        "- **σ behind a squared error.** SSE + β · KL is a Gaussian likelihood with σ = √(β/2), whatever its author "
        "had in mind, and a σ of 0.5 is a β of 0.5 in that form. A σ near the range of the pixels says that a "
        "reconstruction may miss by all of it.\n"
        "- **A mean beside a sum.** `F.mse_loss` averages over pixels and batch, `torch.sum` over the KL does not: "
        "together they multiply β by D and by the batch size, and all dimensions become inactive (posterior "
        "collapse).\n"
        "- **What a σ that is learnt does.** It has no one β: the balance follows the error as it falls (σ-VAE; Rybkin "
        "et al. 2021). This app has it as the likelihood “Gaussian, optimal σ”."
    )


page.begin(
    pages.BETA_TRANSLATOR,
    "Every code base weighs reconstruction against KL in its own way. Say how one does it, and read the same balance "
    "as this app's β, as σ, and as the weight in others.",
)
show()
