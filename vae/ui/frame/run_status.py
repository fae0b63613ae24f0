"""The state of a run in the sidebar: queued, training with its progress, or ended."""

import streamlit as st

from vae.data.to_picture import tile
from vae.figures.losses import progress_curve
from vae.jobs.job import Job, Run
from vae.ui.frame import address, data_set, outcome, pages
from vae.ui.frame.ownership import owns
from vae.ui.frame.retrain import POLL_SECONDS
from vae.ui.shared import charts, server


def adopt_finished() -> None:
    """Choose the models of this session's run once it has ended; call it before the widgets that choose models."""
    job = server.trainer().find(st.session_state["run"])
    if job is None or not job.ended:
        return
    st.session_state["run"] = ""
    state = "collapsed" if job.state == "done" and outcome.collapses(job) else job.state
    st.session_state["ended"] = (state, outcome.describe(job), job.runs[0].config.model)
    for run in reversed(job.runs):  # the first is the one that was asked for, and a reference may follow it
        if not run.history:
            continue
        if run.config.dataset == data_set.current():
            address.put({run.config.model: run.name})  # a session that came back has never drawn the list
        else:  # it shows other images by now
            data_set.remember(run.config.model, run.name, run.config.dataset)
    if job.names[0] not in job.finished_names:
        st.session_state["before"] = ""


def show_status() -> None:
    """Draw the current run, this session's place in the queue, and how its last run ended."""
    _show_ended()
    trainer = server.trainer()
    own = trainer.find(st.session_state["run"])
    if trainer.job is not None or own is not None:
        st.fragment(_follow, run_every=POLL_SECONDS)(own, trainer.job)


def _show_ended() -> None:
    state, words, model = st.session_state.get("ended", ("", "", ""))
    if words:
        {"failed": st.error, "cancelled": st.info, "done": st.success, "collapsed": st.warning}[state](words)
    if state == "done" and model == "classifier-vae":
        pages.DIGITS_ON_DEMAND.link()


def _follow(own: Job | None, seen: Job | None) -> None:
    """Draw the current run's progress twice a second; rerun the page if another run starts or this session's ends."""
    trainer = server.trainer()
    job = trainer.job
    if job is not seen or (own is not None and own.ended):
        st.rerun()
    st.subheader("Training")
    if job is not None:
        with st.container(key="run_status"):
            for run in job.runs:
                # The page itself shows how a VAE comes along; only a ClassifierVAE has no other place.
                _show_progress(run, pictured=job is own and run.config.model == "classifier-vae")
            if job is not own or job.runs[0].config.model != "vae":  # the page itself says it of a VAE
                for words in outcome.collapses(job):
                    st.warning(words)
    mine = own is not None and owns(own)
    if job is not None and (own is not job or not mine):
        st.caption(f"Another session's run ({job.names[0]}).")
    if own is not None:
        _show_place(own, mine=mine)


def _show_place(own: Job, *, mine: bool) -> None:
    """Draw the place in the queue of the run that this session follows, and the button that cancels its own."""
    trainer = server.trainer()
    if own.state == "queued":
        ahead = trainer.ahead(own)
        whose = "Yours" if mine else "The run that you follow"
        st.info(f"{whose} ({own.names[0]}) begins after {'this one' if ahead == 1 else f'{ahead} others'}.")
    if mine:
        st.button(
            "Cancel",
            key="cancel",
            width="stretch",
            icon=":material/stop_circle:",
            on_click=trainer.cancel,
            args=(own,),
        )


def _show_progress(run: Run, *, pictured: bool) -> None:
    left = run.seconds_left()
    words = f"{run.progress:.0%}" if run.phase == "training" else run.phase
    if left is not None:
        words += f", {left:.0f} s left"
    st.progress(min(1.0, run.progress), text=f"{run.name}: {words}")
    if run.history:
        last = run.history[-1]
        kl = "" if run.config.model == "ae" else f", KL {last['test_kl']:.1f}"
        st.caption(
            f"Epoch {last['epoch']:g}: test reconstruction {last['test_reconstruction']:.1f}{kl} nats; "
            f"{last['images_per_second']:,.0f} images/s"
        )
        if pictured:
            import pandas as pd  # it takes 0.4 s that a first page need not wait for

            charts.show(progress_curve(pd.DataFrame(run.history)), f"curve_{run.name}", f"Losses of {run.name} so far")
    if pictured and run.samples is not None:
        picture = tile(run.samples, columns=8, scale=2)
        st.image(
            picture, caption="Decodes of one z, drawn anew every epoch", width="stretch", alt=f"Samples of {run.name}"
        )
