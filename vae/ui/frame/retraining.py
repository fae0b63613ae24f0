"""A retraining on the page where it was pressed: before and now while it trains, before and after when it has ended."""

import streamlit as st

from vae.jobs.job import Job, Run
from vae.jobs.watch import SHARE_SAMPLES
from vae.storage.checkpoints import Checkpoint
from vae.storage.frozen import compared_as, frozen
from vae.training.config import MULTI_RATE
from vae.training.loop import LOOKED
from vae.ui.frame import before_after, before_now, data_set, folding, outcome
from vae.ui.frame.before_now import State
from vae.ui.frame.retrain import POLL_SECONDS
from vae.ui.shared import models, server
from vae.ui.shared.models import LOAD_ERRORS
from vae.ui.shared.terms import explained


def show(vae: Checkpoint | None) -> None:
    """Draw this session's run while it trains, or else what its last run changed."""
    job = server.trainer().find(st.session_state["run"])
    if job is None or job.ended or job.series or compared_as(job.runs[0].config.model) != "vae":
        before_after.show(vae)  # with several seeds, that of the first one
        return
    if job.runs[0].config.dataset != data_set.current():
        return  # the sidebar says how far it is
    if not folding.is_open():
        with st.container(border=True, key="before_after", horizontal=True, vertical_alignment="center"):
            st.container().markdown(f"**Now training: {job.names[0]}**")
            folding.button()
        return
    st.fragment(_follow, run_every=POLL_SECONDS)(job, before_after.find(st.session_state["before"]))


def _follow(job: Job, before: Checkpoint | None) -> None:
    """Draw both states as they are now. The sidebar reruns the page when the job ends."""
    run, beside = job.runs[0], _reference(job)
    with st.container(border=True, key="before_after"):
        st.subheader(f"Now training: {run.name}")
        if not run.seen or (beside is None and before is None):
            waits = "The training begins in a moment, or when the run before it has ended."
            st.caption("There is no other VAE yet to compare it with." if run.seen else waits)
            return
        config = run.config
        st.caption(explained(_pace(run)))
        for words in outcome.collapses(job):
            st.warning(words)
        try:
            first = _state_of(beside, "Alongside") if beside is not None else _stored(before, config.beta)
        except LOAD_ERRORS as error:
            st.error(str(error))
            return
        if first is None:
            return
        second = _state_of(run, "Now")
        assert second is not None
        course = before_now.course_of(job, run.name, from_start=bool(config.start))
        dataset = server.dataset(config.dataset)
        before_now.show(first, second, course, dataset, same_axes=bool(config.start) and beside is None)


def _reference(job: Job) -> Run | None:
    """Return the run at the old β that trains beside the job's first; None if there is none."""
    return next((run for run in job.runs[1:] if run.config.model == job.runs[0].config.model), None)


def _stored(before: Checkpoint | None, beta: float) -> State | None:
    """Return the state of the VAE before, a multi-rate one at the β of the run."""
    if before is None:
        return None
    before = frozen(before, beta)
    return before_after.state(models.trained(before), f"Before: {before.name}, β {before.config.beta:g}")


def _state_of(run: Run, word: str) -> State | None:
    if not run.seen:
        return None
    beta, goal = run.looks[-1]["beta"], run.config.beta
    told = f"β {goal:g}" if abs(beta - goal) < 1e-9 else f"β {beta:.3g} on its way to {goal:g}"
    if run.config.model == MULTI_RATE:
        told = f"every β, shown at {goal:g}"
    return State(run.name, f"{word}: {run.name}, {told}", run.seen["latents"], run.seen["samples"])


def _pace(run: Run) -> str:
    left = run.seconds_left()
    ahead = "" if left is None else f" and ends in about {left:.0f} s"
    share = ""
    if "realistic" in run.looks[0]:
        share = f" The share of realistic samples is that of {SHARE_SAMPLES} samples, with its 95 % interval."
    elif server.judge(run.config.dataset) is not None:
        share = (
            " The share of realistic samples is shown from the next run on: the app has to look at real images first."
        )
    return (
        f"The run has spent {run.progress:.0%} of its budget{ahead}. The losses are means over the first {LOOKED:,} "
        f"test images.{share}"
    )
