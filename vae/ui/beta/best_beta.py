"""The β that is best by the user's criterion, and the number of latent dimensions that is enough."""

import pandas as pd
import streamlit as st

from vae.beta.ladder import (
    CRITERIA,
    WITHIN,
    Criterion,
    Ladder,
    Verdict,
    best_by_latent_size,
    best_run,
    comparable,
    smallest_within,
)
from vae.measure.sample_quality import ANCHORS, FEATURES_NOTE
from vae.storage.checkpoints import Checkpoint


def show(chosen: Ladder, sound: list[Checkpoint]) -> None:
    """Draw the best β by a criterion, or say that none can be called best, and show the smallest good latent size."""
    st.subheader("Which β is best?")
    labels = [criterion.label for criterion in CRITERIA]
    label = st.selectbox("By", labels, key="criterion", bind="query-params", width=420)
    criterion = CRITERIA[labels.index(label)]
    verdict = best_run(chosen.rungs, criterion)
    if verdict is None:
        st.info("Too few of these runs were measured: the button above measures them.")
    else:
        _verdict(chosen, criterion, verdict)
    _latent_sizes([run for run in sound if run.model == "vae" and run.finished and comparable(run, chosen.rungs[0])])


def _verdict(ladder: Ladder, criterion: Criterion, verdict: Verdict) -> None:
    best = f"β = {verdict.best.config.beta:g}"
    measures = {run.config.beta: found for run in ladder.rungs if (found := criterion.of(run)) is not None}
    top = measures[verdict.best.config.beta]
    value = f"{top.value:.4g} {top.unit} [{top.low:.4g}, {top.high:.4g}]"
    if verdict.decided:
        st.success(f"**{best}** is best of {verdict.measured} β: {value}; no other interval reaches it.")
    else:
        rivals = ", ".join(f"{run.config.beta:g}" for run in verdict.rivals)
        st.warning(
            f"No β can be called best. {best} has the best value, {value}, but the intervals of β = {rivals} overlap "
            "with it."
        )
    table = [{"β": b, "value": m.value, "low": m.low, "high": m.high} for b, m in measures.items()]
    st.dataframe(pd.DataFrame(table), hide_index=True, width="content", key="beta_table")
    notes = [f"{top.meaning[0].upper()}{top.meaning[1:]}; {top.images:,} images"]
    notes += ["higher is better" if top.higher_is_better else "lower is better"]
    notes += (
        [f"in the place of samples, {ANCHORS['good']} score {top.good:.4g} and {ANCHORS['bad']} {top.bad:.4g}"]
        if criterion.group == "samples" and top.good is not None
        else []
    )
    st.caption(
        "; ".join(notes) + ". Intervals: the middle 95 % of a bootstrap over images, of one trained run a β. Another "
        "seed of training moves a run too, which they do not hold. "
        + (FEATURES_NOTE if criterion.group == "samples" else "")
    )


def _latent_sizes(runs: list[Checkpoint]) -> None:
    st.markdown("**How many latent dimensions?**")
    best = best_by_latent_size(runs)
    if len(best) < 2:
        st.caption("All runs here that can be compared have one latent size: a sweep over several would tell.")
        return
    smallest = smallest_within(best)
    top = max(run.metric("elbo") or 0 for run in best)
    st.markdown(
        f"The smallest latent size within {WITHIN:g} nat of the best ELBO is **{smallest.config.latent_dim}**: "
        f"{smallest.name} with {smallest.metric('elbo'):.2f} nats, where the best has {top:.2f}."
    )
    table = [
        {
            "latent size": run.config.latent_dim,
            "best run": run.name,
            "β": run.config.beta,
            "ELBO, nats": run.metric("elbo"),
            "behind, nats": top - (run.metric("elbo") or 0),
            "body": run.config.layers,
            "epochs": run.epochs_done,
        }
        for run in best
    ]
    st.dataframe(pd.DataFrame(table), hide_index=True, width="content", key="size_table")
    st.caption(
        "ELBO over all test images, one draw of z each, of the best VAE of every latent size that has the same images "
        "and likelihood."
        + (
            " :material/balance: These runs differ in body or epochs, too, which is part of the difference."
            if len({(row["body"], row["epochs"]) for row in table}) > 1
            else ""
        )
    )
