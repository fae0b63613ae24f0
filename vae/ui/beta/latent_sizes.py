"""The number of latent dimensions that is enough: the best VAE of every latent size, compared by −ELBO."""

import pandas as pd
import streamlit as st

from vae.beta.best import NEGATIVE_ELBO, WITHIN, Sizes, best_by_latent_size, smallest_within
from vae.beta.ladder import Ladder, comparable
from vae.storage.checkpoints import Checkpoint
from vae.ui.beta.best_beta import AT_ONCE, interval
from vae.ui.shared import measuring
from vae.ui.shared.models import drawn
from vae.ui.shared.terms import explained

LOSS = "−ELBO, nats per image"
BEHIND = "above the lowest, nats"


def show(chosen: Ladder, sound: list[Checkpoint]) -> None:
    """Draw the smallest latent size that is good enough, and a table of the best VAE of every latent size."""
    alike = [run for run in sound if run.model == "vae" and run.finished and comparable(run, chosen.rungs[0])]
    best = best_by_latent_size(alike)
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
    st.dataframe(
        pd.DataFrame(table),
        column_config=dict.fromkeys((LOSS, BEHIND), st.column_config.NumberColumn(format="%.2f")),
        hide_index=True,
        width="content",
        key="size_table",
    )
    if len({(row["body"], row["epochs"]) for row in table}) > 1:
        st.caption(":material/balance: These models differ in body or epochs, too, which is part of the difference.")
    with st.expander("How the latent sizes are compared"):
        st.caption(explained(_how_compared(found, best)))


def _how_compared(found: Sizes, best: list[Checkpoint]) -> str:
    words = (
        "The table has the best VAE of every latent size with the same images and likelihood, which is the one with "
        "the lowest −ELBO over all test images. "
    )
    measured = NEGATIVE_ELBO.of(best[0]) if found.verdict else None
    if measured is None:
        return words + (
            "One z is drawn for each image. Not all of these models have been measured for paired differences, so "
            "nothing here says how sure this is. "
        )
    return words + (
        f"−ELBO is over {measured.images:,} of these images, with 50 draws of z each, and its difference from the "
        f"lowest one is paired by image. {AT_ONCE}"
    )


def _enough(found: Sizes, best: list[Checkpoint]) -> str:
    size = found.smallest.config.latent_dim
    if found.verdict is None:
        lowest = min(_loss(run) for run in best)
        return (
            f"The smallest latent size within {WITHIN:g} nat of the lowest −ELBO is **{size}**: {found.smallest.name} "
            f"has {_loss(found.smallest):.2f} nats per image, and the lowest is {lowest:.2f}."
        )
    smaller = ", ".join(f"{run.config.latent_dim}" for run in found.undecided)
    return (
        f"The smallest latent size that is surely within {WITHIN:g} nat of the lowest −ELBO is **{size}**: "
        f"{found.smallest.name}."
        + (f" It is undecided whether {smaller} would be enough, since the interval holds {WITHIN:g}." * bool(smaller))
    )


def _loss(run: Checkpoint) -> float:
    return -(run.metric("elbo") or 0.0)


def _behind(run: Checkpoint, best: list[Checkpoint], found: Sizes) -> dict[str, float | str | None]:
    """Return a run's −ELBO and its difference from the lowest, with its interval if there are replicates."""
    if found.verdict is None:
        return {LOSS: _loss(run), BEHIND: _loss(run) - min(map(_loss, best))}
    one = next((one for one in found.verdict.others if one.run is run), None)
    return {
        LOSS: one.value if one else found.verdict.value,
        BEHIND: one.difference.value if one and one.difference else 0.0,
        "95 % interval": interval(one.difference) if one else "",
    }
