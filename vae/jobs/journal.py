"""A journal of jobs on disk, for pages that come back after their server was stopped."""

import json
import re
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vae.folders import checkpoints_folder, replace_file
from vae.jobs.job import Job, Run
from vae.storage.checkpoints import load
from vae.storage.leftovers import clear_files
from vae.storage.names import CheckpointError
from vae.storage.workspace import HIDDEN, claimed, locked
from vae.training.config import ConfigError, config_from_json, fulfils

STOPPED = "The server was stopped"


def _folder() -> Path:
    return checkpoints_folder() / HIDDEN / "jobs"


def note(job: Job) -> None:
    """Write down a job as it is now; a folder that cannot be written keeps nothing, and nothing is raised."""
    runs = [{"name": run.name, "settings": asdict(run.config)} for run in job.runs]
    told = {"state": job.state, "error": job.error, "seconds": job.seconds, "runs": runs}
    with suppress(OSError):
        clear_files(_folder(), "*")
        with replace_file(_folder() / f"{job.id}.json") as temporary:
            temporary.write_text(json.dumps(told), encoding="utf-8")


def recall(job_id: str) -> Job | None:
    """Return a job of an earlier server as it ended, at the latest with its server; None if none is known by this id.

    A job that another server is still training is not known here.
    """
    if not re.fullmatch("[0-9a-f]{8}", job_id):
        return None
    try:
        told = json.loads((_folder() / f"{job_id}.json").read_text(encoding="utf-8"))
        job = Job(job_id, [_run(run) for run in told["runs"]])
        job.state, job.error, job.seconds = str(told["state"]), str(told["error"]), float(told["seconds"])
    except (OSError, ValueError, KeyError, TypeError, ConfigError):
        return None
    if any(run.history for run in job.runs):
        job.began = 1.0  # it had begun
    if not job.ended:
        if _is_trained_elsewhere(job):
            return None
        job.state, job.error = "failed", _words(job)
    return job


def _is_trained_elsewhere(job: Job) -> bool:
    try:
        with locked():
            return not claimed().isdisjoint(job.names)
    except CheckpointError:  # nobody trains in a folder that cannot be written
        return False


def _run(told: dict[str, Any]) -> Run:
    run = Run(config_from_json(told["settings"]), str(told["name"]))
    with suppress(CheckpointError):  # it had no full epoch, or was deleted or renamed since
        checkpoint = load(run.name)
        if fulfils(checkpoint.config, run.config):  # another run may have got the name since
            run.history = [{name: float(values[-1]) for name, values in checkpoint.columns.items()}]
    return run


def _words(job: Job) -> str:
    parts = [
        f"{run.name} is kept as it was after epoch {run.history[-1]['epoch']:g}"
        if run.history
        else f"{run.name} had not completed its first epoch, so that nothing of it is kept"
        for run in job.runs
    ]
    return f"{STOPPED} while this run was waiting or training: {'; '.join(parts)}."
