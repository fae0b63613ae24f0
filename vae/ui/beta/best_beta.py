"""The β that is best by the user's criterion, and the number of latent dimensions that is enough."""

import pandas as pd
import streamlit as st

from vae.beta.best import (
    CRITERIA,
    ELBO,
    WITHIN,
    Criterion,
    Sizes,
    Verdict,
    best_by_latent_size,
    best_run,
    smallest_within,
)
from vae.beta.ladder import Ladder, comparable
from vae.measure.intervals import Measure
from vae.measure.paired import Difference
from vae.measure.sample_quality import ANCHORS, features_note
from vae.storage.checkpoints import Checkpoint
from vae.ui.shared import measuring
from vae.ui.shared.models import drawn
from vae.ui.shared.terms import explained

AT_ONCE = (
    "The best one is chosen by the same data, and the intervals are for all comparisons with it at once: with 95 % "
    "confidence the truly best one is the one that is named or an undecided one (Hsu 1984). "
)


def show(chosen: Ladder, sound: list[Checkpoint]) -> None:
    """Draw the best β by a criterion with the β that cannot be told from it, and the smallest good latent size."""
    st.subheader("Which β is best?")
    labels = [criterion.label for criterion in CRITERIA]
    label = st.selectbox("Choose β by", labels, key="criterion", bind="query-params", width=420)
    _best(chosen, label)
    alike = [run for run in sound if run.model == "vae" and run.finished and comparable(run, chosen.rungs[0])]
    _latent_sizes(best_by_latent_size(alike), chosen)


@drawn(show_spinner="Comparing every β with the best")
def _best(chosen: Ladder, label: str) -> None:
    criterion = next(one for one in CRITERIA if one.label == label)
    verdict = best_run(chosen.seeds, criterion)
    if verdict is None:
        st.info("Too few of these models were measured. The button above measures them.")
    else:
        _verdict(chosen, criterion, verdict)


def _say_which(verdict: Verdict, unit: str) -> None:
    """Name the best β, or the β that cannot be told from it."""
    best, value = f"β = {verdict.best.config.beta:g}", _minus(f"{verdict.value:.4g} {unit}")
    if verdict.decided:
        st.success(
            f"**{best}** is the best of {len(verdict.others) + 1} values of β, with {value}. "
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
    _say_which(verdict, top.unit)
    if not verdict.paired:
        st.info(
            "These models were measured before paired differences were kept. Measure them again with the button above: "
            "intervals of differences on the same images decide more than the intervals of single models do."
        )
    table = _paired_table(verdict) if verdict.paired else _marginal_table(ladder, criterion)
    form = st.column_config.NumberColumn(format="%.4g")
    st.dataframe(
        table,
        column_config=dict.fromkeys(("value", "low", "high", "difference from the best"), form),
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
            "95 % interval": _interval(one.difference),
            "verdict": "decided: worse" if one.decided else "undecided",
        }
        for one in verdict.others
    ]
    best = dict(zip(rows[0], (verdict.best.config.beta, verdict.value, 0.0, "", "best value"), strict=True))
    return pd.DataFrame([*rows, best]).sort_values("β")


def _marginal_table(ladder: Ladder, criterion: Criterion) -> pd.DataFrame:
    measures = [(run.config.beta, found) for run in ladder.rungs if (found := criterion.of(run)) is not None]
    return pd.DataFrame([{"β": b, "value": m.value, "low": m.low, "high": m.high} for b, m in measures])


def _interval(difference: Difference | None) -> str:
    if difference is None:
        return ""
    return _minus(f"[{difference.low:.3g}, {difference.high:.3g}]")


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _latent_sizes(best: list[Checkpoint], chosen: Ladder) -> None:
    st.subheader("How many latent dimensions are enough?")
    if len(best) < 2:
        st.caption("All models here that can be compared have one latent size. Train others to find out.")
        return
    known = {run.name for run in chosen.runs}  # for which the page has a button already
    measuring.offer([run for run in best if run.name not in known], "sizes", paired=True)
    _sizes(best)


@drawn(show_spinner="Comparing the latent sizes")
def _sizes(best: list[Checkpoint]) -> None:
    found = smallest_within(best)
    st.markdown(_enough(found, best))
    table = [
        {"latent size": run.config.latent_dim, "best model": run.name, "β": run.config.beta}
        | _behind(run, best, found)
        | {"body": run.config.layers, "epochs": run.epochs_done}
        for run in best
    ]
    st.dataframe(pd.DataFrame(table), hide_index=True, width="content", key="size_table")
    measured = ELBO.of(best[0]) if found.verdict else None
    if len({(row["body"], row["epochs"]) for row in table}) > 1:
        st.caption(":material/balance: These models differ in body or epochs, too, which is part of the difference.")
    with st.expander("How the latent sizes are compared"):
        st.caption(
            explained(
                "The table has the best VAE of every latent size with the same images and likelihood, by its ELBO over "
                "all test images. "
                + (
                    f"The ELBO is over {measured.images:,} of these images, with 50 draws of z each, and its "
                    f"difference from the best one is paired by image. {AT_ONCE}"
                    if measured
                    else "One z is drawn for each image. Not all of these models have been measured for paired "
                    "differences, so nothing here says how sure this is. "
                )
            )
        )


def _enough(found: Sizes, best: list[Checkpoint]) -> str:
    size = found.smallest.config.latent_dim
    if found.verdict is None:
        top = max(run.metric("elbo") or 0 for run in best)
        return (
            f"The smallest latent size within {WITHIN:g} nat of the best ELBO is **{size}**: {found.smallest.name} "
            + _minus(f"has {found.smallest.metric('elbo'):.2f} nats, and the best one {top:.2f} nats.")
        )
    smaller = ", ".join(f"{run.config.latent_dim}" for run in found.undecided)
    return (
        f"The smallest latent size that is surely within {WITHIN:g} nat of the best ELBO is **{size}**: "
        f"{found.smallest.name}."
        + (f" It is undecided whether {smaller} would be enough, since the interval holds −{WITHIN:g}." * bool(smaller))
    )


def _behind(run: Checkpoint, best: list[Checkpoint], found: Sizes) -> dict[str, float | str | None]:
    """Return a run's ELBO and its difference from the best one, with its interval if there are replicates."""
    if found.verdict is None:
        elbo, top = run.metric("elbo") or 0, max(one.metric("elbo") or 0 for one in best)
        return {"ELBO, nats": elbo, "difference from the best, nats": elbo - top}
    one = next((one for one in found.verdict.others if one.run is run), None)
    return {
        "ELBO, nats": one.value if one else found.verdict.value,
        "difference from the best, nats": one.difference.value if one and one.difference else 0.0,
        "95 % interval": _interval(one.difference) if one else "",
    }
