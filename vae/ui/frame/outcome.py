"""How the runs of this session ended, in words for the sidebar."""

from collections.abc import Sequence
from dataclasses import dataclass

from vae.jobs.job import Job, Run
from vae.ui.frame.amounts import after
from vae.ui.frame.changes import listed


@dataclass(frozen=True)
class Ended:
    """How the last jobs of a session ended: `failed`, `cancelled`, `collapsed` or `done`, and in words."""

    state: str
    words: str
    model: str = ""  # the kind of the model that was asked for
    several: bool = False  # whether several seeds were trained, which the page Runs lists


def of_series(series: Sequence[Job]) -> Ended:
    """Return how those of the jobs that were submitted together and have ended did end, the last one's state first."""
    ended = [job for job in series if job.ended]
    done = [job for job in ended if job.state == "done"]
    state = next((job.state for job in reversed(ended) if job.state != "done"), "done")
    if state == "done" and any(map(collapses, ended)):
        state = "collapsed"
    if len(done) > 1:
        said = f"{_names(done)} were trained and measured in {sum(job.seconds for job in done):.1f} s."
        words = [said, *(each for job in done for each in collapses(job))]
    else:
        words = [describe(job) for job in done]
    words += dict.fromkeys(describe(job) for job in ended if job.state != "done")
    return Ended(state, " ".join(words), series[0].runs[0].config.model, several=len(series) > 1)


def describe(job: Job) -> str:
    """Say how a job ended, what of it is kept, and which of its runs are no better than the average image."""
    if job.state == "failed":
        return job.error
    return " ".join([_describe_end(job), *collapses(job)])


def collapses(job: Job) -> list[str]:
    """Say in a sentence each which of a job's runs are no better than the average image, why, and what to do."""
    return [f"{run.name} has {run.collapse}" for run in job.runs if run.collapse]


def _describe_end(job: Job) -> str:
    verb = "were" if len(job.runs) > 1 else "was"
    if job.state == "done":
        return f"{_names([job])} {verb} trained and measured in {job.seconds:.1f} s."
    if not job.began:
        return f"{_names([job])} {verb} cancelled before the training began."
    kept = [run for run in job.runs if run.history]
    if not kept:
        return f"{_names([job])} {verb} cancelled before the first epoch was complete, so that nothing is kept."
    return f"The training was cancelled. {listed([_describe_kept(run) for run in kept])}."


def _names(jobs: Sequence[Job]) -> str:
    return listed([name for job in jobs for name in job.names])


def _describe_kept(run: Run) -> str:
    if run.phase in ("measuring", "done"):
        return f"{run.name} is kept, trained to its end"
    done, goal = run.history[-1]["epoch"], run.config.epochs
    return f"{run.name} is kept as it was {after(done)}" + (f" of {goal}" if goal and done >= 1 else "")
