"""The β that is best for what a VAE is wanted for, and by a criterion of the user's, with those that may be as good."""

import pandas as pd
import streamlit as st

from vae.beta.best import (
    BOUND,
    CRITERIA,
    FEW_LABELS,
    FRECHET,
    REALISTIC,
    RECONSTRUCTION,
    Criterion,
    Verdict,
    best_run,
)
from vae.beta.ladder import Ladder
from vae.measure.intervals import Measure
from vae.measure.paired import Difference
from vae.measure.sample_quality import ANCHORS, features_note
from vae.ui.shared.models import drawn
from vae.ui.shared.terms import explained

AT_ONCE = (
    "The best one is chosen by the same data, and the intervals are for all comparisons with it at once: with 95 % "
    "confidence the truly best one is the one that is named or an undecided one (Hsu 1984). "
)
# What a VAE may be wanted for, each with the criteria that have a row, and what these measure.
PURPOSES: dict[str, dict[Criterion, str]] = {
    "For samples": {
        FRECHET: "the Fréchet distance of {images:,} samples from test images",
        REALISTIC: "the share of {images:,} samples that are realistic",
    },
    "For a model of the images": {BOUND: "a bound on −log p(x), in nats per image, of {images:,} test images"},
    "For codes that keep classes apart": {FEW_LABELS: "the kNN accuracy of {images:,} test images with 100 labels"},
    "For reconstructions": {RECONSTRUCTION: "the reconstruction loss, in nats per image, of {images:,} test images"},
}
BAR = r"\|"
UNITS = {"nats": " nats per image", "share": "", "distance": "", "squared MMD": ""}  # in sentences


def show(chosen: Ladder) -> None:
    """Draw which β is best for what, and by the criterion that the user chooses all β of a ladder beside the best."""
    st.subheader("Which β is best?")
    _purposes(chosen)
    labels = [criterion.label for criterion in CRITERIA]
    label = st.selectbox("Compare every β by", labels, key="criterion", bind="query-params", width=420)
    _best(chosen, label)


@drawn(show_spinner="Comparing every β with the best")
def _purposes(chosen: Ladder) -> None:
    """Draw a table with a row for each purpose and criterion; nothing where too few models were measured."""
    rows = [
        _row(purpose if place == 0 else "", criterion, measures, verdict)
        for purpose, named in PURPOSES.items()
        for place, (criterion, measures) in enumerate(named.items())
        if (verdict := best_run(chosen.seeds, criterion)) is not None
    ]
    if rows:
        head = "| Purpose | Best β, or several that cannot be told apart | By this number |\n| :-- | :-- | :-- |"
        st.markdown("\n".join([head, *rows]))


def _row(purpose: str, criterion: Criterion, measures: str, verdict: Verdict) -> str:
    top = criterion.of(verdict.best)
    assert top is not None
    among = [run.config.beta for run in (verdict.best, *(one.run for one in verdict.others))]
    note = f". {criterion.trivial}" if criterion.trivial else ""
    cells = purpose, f"**{ranges(verdict.betas, among)}**", f"{measures.format(images=top.images)}{note}"
    # Definitions of terms have bars, each of which would end its cell.
    return f"| {' | '.join(explained(cell).replace('|', BAR) for cell in cells)} |"


def ranges(betas: list[float], among: list[float]) -> str:
    """Return values of β as text, those that are neighbours `among` all values as a range: "β 0.5 to 2 and 8"."""
    order = sorted(among)
    groups: list[list[float]] = []
    for beta in sorted(betas):
        if groups and order.index(beta) == order.index(groups[-1][-1]) + 1:
            groups[-1].append(beta)
        else:
            groups.append([beta])
    texts = [f"{group[0]:g} to {group[-1]:g}" if len(group) > 1 else f"{group[0]:g}" for group in groups]
    return f"β {' and '.join([', '.join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]}"


@drawn(show_spinner="Comparing every β with the best")
def _best(chosen: Ladder, label: str) -> None:
    criterion = next(one for one in CRITERIA if one.label == label)
    verdict = best_run(chosen.seeds, criterion)
    if verdict is None:
        st.info("Too few of these models were measured. The button above measures them.")
    else:
        _verdict(chosen, criterion, verdict)


def _say_which(verdict: Verdict, criterion: Criterion, unit: str) -> None:
    """Name the best β, or the β that cannot be told from it."""
    best, value = f"β = {verdict.best.config.beta:g}", minus(f"{verdict.value:.4g}{UNITS.get(unit, f' {unit}')}")
    if criterion.trivial:
        st.info(
            f"By this number {best} has the best value, {value}, but that alone does not make it the best β. "
            f"{criterion.trivial}"
        )
        return
    if verdict.decided:
        st.success(
            f"**{best}** is the best of {len(verdict.others) + 1} values of β by this number, with {value}. "
            + (
                "The interval of its paired difference from every other β excludes 0."
                if verdict.paired
                else "The interval of no other β overlaps with its interval."
            )
        )
        return
    rivals = ", ".join(f"{run.config.beta:g}" for run in verdict.rivals)
    others = len(verdict.others) - len(verdict.rivals)
    st.warning(
        f"No β can be called best. {best} has the best value, {value}, but β = {rivals} cannot be told from it: "
        + ("the interval of the paired difference holds 0. " if verdict.paired else "their intervals overlap. ")
        + (f"The other {others} values of β are worse." if others > 1 else "The other β is worse." if others else "")
    )


def _verdict(ladder: Ladder, criterion: Criterion, verdict: Verdict) -> None:
    top = criterion.of(verdict.best)
    assert top is not None
    _say_which(verdict, criterion, top.unit)
    if not verdict.paired:
        st.info(
            "These models were measured before paired differences were kept. Measure them again with the button above: "
            "intervals of differences on the same images decide more than the intervals of single models do."
        )
    table = _paired_table(verdict) if verdict.paired else _marginal_table(ladder, criterion)
    form = st.column_config.NumberColumn(format="%.4g")
    st.dataframe(
        table,
        column_config=dict.fromkeys(("low", "high", "difference from the best"), form)
        | {
            "value": st.column_config.NumberColumn(f"value{f', {unit}' if (unit := _unit(top)) else ''}", format="%.4g")
        },
        hide_index=True,
        width="content",
        key="beta_table",
    )
    with st.expander("How the best β is decided"):
        st.caption(
            explained(
                f"**{criterion.label}** ({top.unit}) means: {top.meaning}. It was measured on {top.images:,} images. "
                + ("Higher is better. " if top.higher_is_better else "Lower is better. ")
                + _anchors(criterion, top)
                + _about_intervals(criterion, verdict)
                + (features_note(top.meaning) if criterion.group == "samples" else "")
            )
        )


def _unit(top: Measure) -> str:
    return UNITS.get(top.unit, "").strip() or top.unit


def _anchors(criterion: Criterion, top: Measure) -> str:
    if criterion.group != "samples" or top.good is None:
        return ""
    return f"In the place of samples, {ANCHORS['good']} score {top.good:.4g} and {ANCHORS['bad']} {top.bad:.4g}. "


def _about_intervals(criterion: Criterion, verdict: Verdict) -> str:
    seeds = (
        f"The values are means of {verdict.seeds} seeds of training, which the bootstrap resamples, too. "
        if verdict.seeds > 1
        else "Each β is one trained model. Another seed of training would move it too, which no interval here holds. "
    )
    if not verdict.paired:
        return f"The intervals are the middle 95 % of a bootstrap of each model by itself (marginal intervals). {seeds}"
    pairs = (
        "of the same test images, each model with z of its own mixture"
        if criterion.sampler == "mixture"
        else "of the same images and the same z in all models"
    )
    return f"The difference is that of this β minus the best one, by a paired bootstrap {pairs}. {AT_ONCE}{seeds}"


def _paired_table(verdict: Verdict) -> pd.DataFrame:
    rows = [
        {
            "β": one.run.config.beta,
            "value": one.value,
            "difference from the best": one.difference.value if one.difference else None,
            "95 % interval": interval(one.difference),
            "verdict": "decided: worse" if one.decided else "undecided",
        }
        for one in verdict.others
    ]
    best = dict(zip(rows[0], (verdict.best.config.beta, verdict.value, 0.0, "", "best value"), strict=True))
    return pd.DataFrame([*rows, best]).sort_values("β")


def _marginal_table(ladder: Ladder, criterion: Criterion) -> pd.DataFrame:
    measures = [(run.config.beta, found) for run in ladder.rungs if (found := criterion.of(run)) is not None]
    return pd.DataFrame([{"β": b, "value": m.value, "low": m.low, "high": m.high} for b, m in measures])


def interval(difference: Difference | None) -> str:
    """Return an interval as text, such as "[−3.9, 0.2]"; "" where there is none."""
    if difference is None:
        return ""
    return minus(f"[{difference.low:.3g}, {difference.high:.3g}]")


def minus(text: str) -> str:
    """Return a text with the sign of minus in the place of hyphens."""
    return text.replace("-", "−")
