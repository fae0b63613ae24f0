"""How a run of this session ended, in words for the sidebar."""

from vae.jobs.job import Job, Run


def describe(job: Job) -> str:
    """Say how a job ended, what of it is kept, and which of its runs are no better than the mean image."""
    if job.state == "failed":
        return job.error
    return " ".join([_describe_end(job), *collapses(job)])


def collapses(job: Job) -> list[str]:
    """Say in a sentence each which of a job's runs are no better than the mean image, why, and what to do."""
    return [f"{run.name} has {run.collapse}" for run in job.runs if run.collapse]


def _describe_end(job: Job) -> str:
    if job.state == "done":
        return f"{' and '.join(job.names)}: trained and measured in {job.seconds:.1f} s."
    if not job.began:
        return f"{' and '.join(job.names)}: cancelled before it began."
    kept = [run for run in job.runs if run.history]
    if not kept:
        return "Cancelled before the first full epoch, so that nothing is kept."
    return f"Cancelled. {'; '.join(map(_describe_kept, kept))}."


def _describe_kept(run: Run) -> str:
    done = run.history[-1]["epoch"]
    if run.phase in ("measuring", "done"):
        return f"{run.name} is kept, trained to its end"
    return f"{run.name} is kept as it was after {'its first epoch' if done == 1 else f'epoch {done:g}'}"
