"""Training a mistake again: the button, the run as it comes along in the place of the wrong model, and its end.

Such a run lies among the others on disk, but no list of models has it (`storage/mistakes.py`). Its name is the same at
every press, so that it replaces the one before, and whoever opens the page follows a run that is going.
"""

import streamlit as st

from vae.data.to_picture import tile
from vae.jobs.job import Job
from vae.jobs.limits import QueueError
from vae.storage import bin
from vae.storage.names import CheckpointError, checkpoint_path
from vae.training.config import TrainConfig
from vae.ui.frame import estimate
from vae.ui.frame.ownership import owns
from vae.ui.frame.retrain import POLL_SECONDS
from vae.ui.mistakes import numbers, sides
from vae.ui.mistakes.lessons import Lesson
from vae.ui.shared import server
from vae.ui.shared.identity import session
from vae.ui.shared.plain import plain

COLUMNS = 8
SAID = "mistake_said"  # of the session's state: why a press has started nothing


def going(lesson: Lesson) -> Job | None:
    """Return the job that trains a run of this mistake now, whoever has asked for it; None if there is none."""
    names = sides.to_train(lesson).keys()
    return next((job for job in server.trainer().jobs if not job.ended and names & set(job.names)), None)


def offer(lesson: Lesson) -> None:
    """Draw the button that trains a mistake, how long that takes, and how the session's last such run ended."""
    runs = sides.to_train(lesson)
    if not runs:
        return
    st.button(
        "Train it again" if len(runs) == 1 else "Train both models",
        key="mistake_train",
        icon=":material/replay:",
        on_click=_submit,
        args=(lesson.key, runs),
    )
    estimate.show(list(runs.values()), None)
    _say_how_it_ended(lesson)


def _submit(key: str, runs: dict[str, TrainConfig]) -> None:
    st.session_state.pop(SAID, None)
    try:
        for name in runs:
            if checkpoint_path(name).exists():
                bin.discard(name)
        job = server.trainer().submit(list(runs.values()), names=list(runs), owner=session())
    except (CheckpointError, QueueError) as error:
        st.session_state[SAID] = str(error)
        return
    st.session_state.setdefault(sides.JOBS, {})[key] = job.id


def _say_how_it_ended(lesson: Lesson) -> None:
    if why := st.session_state.get(SAID):
        st.error(plain(why))
    job = server.trainer().find(st.session_state.get(sides.JOBS, {}).get(lesson.key, ""))
    if job is None or not job.ended:
        return
    if job.state == "failed":
        st.error(f"The run failed: {plain(job.error)}")
    elif job.state == "cancelled":
        st.info("The run was cancelled, so that the page shows the model of before.")
    else:
        st.success(f"The model on the left was trained here in {job.seconds:.0f} s.")


def follow(lesson: Lesson, job: Job) -> None:
    """Draw a run as it comes along, twice a second, and the page anew when it has ended."""
    st.fragment(_draw, run_every=POLL_SECONDS)(lesson, job)


def _draw(lesson: Lesson, job: Job) -> None:
    if job.ended:
        st.rerun()
    run = job.runs[0]
    if job.state == "queued":
        ahead = server.trainer().ahead(job)
        st.info(f"It begins after {'another run' if ahead == 1 else f'{ahead} other runs'}.")
    else:
        left = run.seconds_left()
        words = f"Training: {run.progress:.0%}" if run.phase == "training" else "Measuring"
        st.progress(min(1.0, run.progress), text=words + ("" if left is None else f", {left:.0f} s left"))
    if owns(job):
        st.button(
            "Cancel",
            key="mistake_cancel",
            icon=":material/stop_circle:",
            on_click=server.trainer().cancel,
            args=(job,),
        )
    if run.seen:
        losses = [numbers.shown(key, run.looks[-1][key]) for key in ("reconstruction", "kl")]
        st.image(
            tile(run.seen["samples"], COLUMNS),
            alt="Samples of the model that is in training",
            caption=f"Samples of the same z now. In nats per image: reconstruction loss {losses[0]}, KL {losses[1]}.",
            width="stretch",
        )
