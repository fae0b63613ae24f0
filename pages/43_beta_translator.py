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
from vae.ui.shared import figure_first
from vae.ui.shared.terms import explained


def show() -> None:
    """Draw the balance that another loss has in this app, the form that describes it, and its balance in other code."""
    presets, answer = figure_first.place("losses"), figure_first.place("balance")
    st.subheader("The other loss")
    settings = loss_form.show(presets)
    try:
        convention = Convention(**settings)
        found, elsewhere = balance(convention), equivalents(convention)
    except ConventionError as error:
        answer.error(f"This loss has no balance: {error}")
        return
    with answer:
        _answer(convention, found)
    st.subheader("The same balance in other code")
    _elsewhere(found, elsewhere)
    with st.expander("More to look for"):
        _more_to_look_for(convention)


def _answer(convention: Convention, found: Balance) -> None:
    beta = _beta(found)
    with st.container(horizontal=True):
        if found.likelihood == "bernoulli":
            st.metric(
                "β in this app, with a cross-entropy",
                _plain(beta),
                border=True,
                width=330,
                help="The β of the Retrain form with the likelihood “Bernoulli”. Both terms are in nats per image.",
            )
        else:
            _gaussian_metrics(found, beta)
    st.markdown(explained(read_beta(beta) + _same_as_sigma(convention, found)))
    st.caption(_scale_in_words(gradient_scale(convention)))
    if batch_decides(convention):
        st.warning(
            "One term is summed over the batch and the other averaged, so the batch size is part of the balance: this "
            f"β holds for batches of {convention.batch_size}."
        )
    _use(beta, found.likelihood)


def _beta(found: Balance) -> float:
    return float(f"{found.app_beta:.6g}")  # so that 1 is not shown as the 0.9999999999 of a rounding error


def _gaussian_metrics(found: Balance, beta: float) -> None:
    st.metric(
        f"β in this app, with σ = {APP_SIGMA:g}",
        _plain(beta),
        border=True,
        help="The β of the Retrain form with the likelihood “Gaussian, σ = 0.5”, both terms in nats per image. It is "
        "β_SSE / 2σ².",
    )
    st.metric(
        "σ of the decoder, with β = 1",
        _plain(found.sigma) if found.ratio else "none",
        border=True,
        help="The standard deviation of the Gaussian decoder whose −ELBO this loss is, for pixels from 0 to 1. It is "
        "√(β_SSE / 2).",
    )
    st.metric(
        "β_SSE, of SSE + β_SSE · KL",
        _plain(found.ratio),
        border=True,
        help="The weight of the KL against the squared error (SSE), which is summed over the pixels from 0 to 1 of an "
        "image.",
    )


def _same_as_sigma(convention: Convention, found: Balance) -> str:
    if found.likelihood == "bernoulli" or not found.ratio:
        return ""
    words = f" That is so with σ = {APP_SIGMA:g}. The same loss is −ELBO of a decoder with σ = {_plain(found.sigma)}"
    width = PIXEL_RANGES[convention.pixel_range]
    if width != 1:
        words += f" ({found.sigma * width:.4g} in the units of pixels from {convention.pixel_range})"
    return words + ", since the product β · 2σ² alone decides."


def _scale_in_words(times: float) -> str:
    against = _against(times)
    if against == "equal":
        return "The gradient of that loss has the direction and the length that it has in this app."
    return f"The balance is the same, but the gradient of that loss is {against} than in this app."


def _against(times: float) -> str:
    if abs(times - 1) < 1e-9:
        return "equal"
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
    said = ":material/check: The **Retrain** form now has" if used else "The button gives the **Retrain** form"
    words = f"{said} the likelihood **{LIKELIHOOD_NAMES[likelihood]}** and β = **{step:g}**"
    if step != beta:
        if not BETAS[1] <= beta <= BETAS[-1]:
            words += f", where its slider {'ends' if beta > step else 'begins'}, instead of {_plain(beta)}"
        else:
            words += f", the step of its slider that is nearest to {_plain(beta)}"
        words += ". The command below takes the exact β" if beta <= CONFIG_RANGES["beta"][1] else ""
    st.caption(words + ".")


def _fill() -> None:
    # The value typed last may arrive together with the click, so the form is read again.
    try:
        found = balance(Convention(**loss_form.settings()))
    except ConventionError:
        return
    fill_beta(_beta(found), found.likelihood)


def _elsewhere(found: Balance, elsewhere: list[Equivalent]) -> None:
    term = "a cross-entropy" if found.likelihood == "bernoulli" else "a squared error"
    rows = [
        {
            "code": one.name if one.as_written else f"{one.name}, with {term}",
            "weight of its KL": one.weight,
            "gradient compared with this app": _against(one.scale),
        }
        for one in elsewhere
    ]
    st.dataframe(
        pd.DataFrame(rows),
        column_config={"weight of its KL": st.column_config.NumberColumn(format="%.4g")},
        hide_index=True,
        key="t_table",
    )
    with st.expander("The lines of code for each"):
        st.caption(
            "No weight turns a cross-entropy into a squared error, so each code keeps its own reductions here and "
            "takes the reconstruction term of the loss above."
        )
        for tab, one in zip(st.tabs([one.name for one in elsewhere]), elsewhere, strict=True):
            tab.code(one.lines, language="python", wrap_lines=True)
            tab.caption(
                f"Source: {one.source}{'' if one.as_written else f', with {term} in the place of its own term'}."
            )


def _more_to_look_for(convention: Convention) -> None:
    size = f"{convention.channels} × {convention.height} × {convention.width}"
    lines = [
        f"**What the table is for.** It holds for images of {size} with pixels from {convention.pixel_range}, latent "
        f"size {convention.latent_dim} and batches of {convention.batch_size}. This app itself reads pixels from 0 to "
        "1.",
        "**The image size.** A mean over pixels divides the error by D, the number of values of an image, so a "
        "weight w on the KL amounts to w · D against the sum. The 0.00025 of PyTorch-VAE is 3.07 on images of 3 × 64 "
        "× 64 and 0.196 on images of 1 × 28 × 28, which makes another model.",
        "**The σ behind a squared error.** SSE + β · KL is a Gaussian likelihood with σ = √(β/2), whatever its "
        "author had in mind, and a σ of 0.5 is a β of 0.5 in that form. A σ near the range of the pixels means that "
        "a reconstruction may be wrong by all of that range.",
        "**A mean beside a sum.** `F.mse_loss` averages over pixels and batch, and `torch.sum` over the KL does not. "
        "Together they multiply β by D and by the batch size, and all dimensions become inactive (posterior collapse).",
        "**The length of the gradient.** With SGD, a learning rate must be changed with it: where the gradient of a "
        "loss is smaller than here by a factor, divide its learning rate by that factor to use it here, and multiply "
        "where it is larger. Adam needs no change, but gradient clipping and weight decay do.",
        "**A σ that is learnt.** It has no one β: the balance follows the error as it falls (σ-VAE; Rybkin et al. "
        "2021). This app has it as the likelihood “Gaussian, optimal σ”.",
    ]
    st.markdown(explained("\n".join(f"- {line}" for line in lines)))


page.begin(
    pages.BETA_TRANSLATOR,
    "Every author weighs reconstruction loss against KL in another way. Choose a loss, or describe one in the form.",
    "The answer is the β of this app with the same balance. See how far it moves when a sum becomes a mean.",
)
show()
