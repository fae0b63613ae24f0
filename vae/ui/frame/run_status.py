"""The state of a run in the sidebar: queued, training with its progress, or ended."""

import streamlit as st

from vae.data.to_picture import tile
from vae.figures.losses import progress_curve
from vae.jobs.job import Job, Run
from vae.storage.frozen import compared_as
from vae.training.config import MULTI_RATE
from vae.ui.frame import address, data_set, model_choice, outcome, pages
from vae.ui.frame.amounts import after
from vae.ui.frame.ownership import owns
from vae.ui.frame.retrain import POLL_SECONDS
from vae.ui.shared import charts, server

_PHASES = {"waiting": "waits", "measuring": "is being measured", "done": "is done"}


def adopt_finished() -> None:
    """Choose the models of this session's run once it has ended; call it before the widgets that choose models."""
    trainer = server.trainer()
    job = trainer.find(st.session_state["run"])
    if job is None or not job.ended:
        return
    series = trainer.series(job)
    st.session_state["run"] = next((one.id for one in series if not one.ended), "")
    st.session_state["ended"] = outcome.of_series(series)
    if job.series:
        return  # what is compared is the run of the first seed
    for run in reversed(job.runs):  # the first is the one that was asked for, and a reference may follow it
        if not run.history:
            continue
        if run.config.model == MULTI_RATE:
            model_choice.leave_multi_rate()
        if run.config.dataset == data_set.current():
            address.put({compared_as(run.config.model): run.name})  # a session that came back has never drawn the list
        else:  # it shows other images by now
            data_set.remember(compared_as(run.config.model), run.name, run.config.dataset)
    if job.names[0] not in job.finished_names:
        st.session_state["before"] = st.session_state.pop("compared_before", "")


def show_status() -> None:
    """Draw the current run, this session's place in the queue, and how its last run ended."""
    _show_ended()
    trainer = server.trainer()
    own = trainer.find(st.session_state["run"])
    if trainer.job is not None or own is not None:
        st.fragment(_follow, run_every=POLL_SECONDS)(own, trainer.job)


def _show_ended() -> None:
    ended = st.session_state.get("ended")
    if ended is None:
        return
    {"failed": st.error, "cancelled": st.info, "done": st.success, "collapsed": st.warning}[ended.state](ended.words)
    if ended.several:
        pages.RUNS.link()
    if ended.state == "done" and ended.model == "classifier-vae":
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
            if job is not own or compared_as(job.runs[0].config.model) != "vae":  # the page itself says it of a VAE
                for words in outcome.collapses(job):
                    st.warning(words)
    mine = own is not None and owns(own)
    if job is not None and (own is not job or not mine):
        whose = "You started" if owns(job) else "Another visitor started"
        st.caption(f"{whose} {job.names[0]}.")
    if own is not None:
        _show_place(own, mine=mine)


def _show_place(own: Job, *, mine: bool) -> None:
    """Draw the place in the queue of the run that this session follows, and the button that cancels its own."""
    trainer = server.trainer()
    if own.state == "queued":
        ahead = trainer.ahead(own)
        whose = "Your run" if mine else "The run that you follow,"
        st.info(f"{whose} {own.names[0]} begins after {'the run above' if ahead == 1 else f'{ahead} other runs'}.")
    left = [job for job in trainer.series(own) if not job.ended]
    if len(left) > 1:
        st.caption(f"{len(left) - 1} more {'seeds wait' if len(left) > 2 else 'seed waits'} to be trained.")
    if mine:
        st.button(
            "Cancel" if len(left) < 2 else f"Cancel all {len(left)} seeds",
            key="cancel",
            width="stretch",
            icon=":material/stop_circle:",
            on_click=_cancel,
            args=(left,),
        )


def _cancel(jobs: list[Job]) -> None:
    for job in reversed(jobs):  # the last one first, so that none begins meanwhile
        server.trainer().cancel(job)


def _show_progress(run: Run, *, pictured: bool) -> None:
    left = run.seconds_left()
    words = f": {run.progress:.0%}" if run.phase == "training" else f" {_PHASES[run.phase]}"
    if left is not None:
        words += f", about {left:.0f} s left"
    st.progress(min(1.0, run.progress), text=run.name + words)
    if run.history:
        last = run.history[-1]
        kl = "" if run.config.model == "ae" else f" and KL {last['test_kl']:.1f}"
        st.caption(
            f"{after(last['epoch']).capitalize()}: reconstruction loss {last['test_reconstruction']:.1f}{kl} nats per "
            f"test image. The run trains on {last['images_per_second']:,.0f} images per second."
        )
        if pictured:
            import pandas as pd  # it takes 0.4 s that a first page need not wait for

            charts.show(progress_curve(pd.DataFrame(run.history)), f"curve_{run.name}", f"Losses of {run.name} so far")
    if pictured and run.samples is not None:
        picture = tile(run.samples, columns=8, scale=2)
        st.image(
            picture,
            caption="Each class, decoded from the same z; another z is drawn every epoch",
            width="stretch",
            alt=f"Samples of {run.name}",
        )
