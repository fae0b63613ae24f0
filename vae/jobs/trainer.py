"""The trainer that all of the app's sessions share: a queue of jobs, and the worker process that trains them.

Training never runs in the server's process: pages stay quick, a run can always be cancelled, and a crash ends no more
than the run. The worker stays alive between runs. `vae.jobs.worker` is the worker's side of the pipes, and
`vae.jobs.processes` defines the frames that cross them.
"""

import json
import secrets
import subprocess
import threading
import time
from collections import Counter
from dataclasses import asdict
from typing import Any

import numpy as np

from vae.errors import VaeError
from vae.jobs import journal, processes
from vae.jobs.job import Job, Run
from vae.jobs.limits import check_room, room
from vae.jobs.naming import claim_names
from vae.jobs.questions import Answer
from vae.jobs.speeds import Speeds
from vae.storage.claims import release
from vae.training.config import TrainConfig
from vae.training.precision import gains

NOT_STARTED = "The training process could not be started"
REMEMBERED = 50  # jobs that have ended, and answers, that are kept for sessions that come back to them


class QuestionError(VaeError):
    """A question that the worker cannot answer; the message is one sentence for the user."""


class Trainer:
    """The owner of the worker process and of the queue that all sessions share. Any thread may call it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._speeds = Speeds()
        self._asked: set[str] = set()  # questions that the worker has not answered yet
        self._answers: dict[str, Answer] = {}
        self._failures: dict[str, str] = {}
        self._deaths: Counter[str] = Counter()  # of the worker, while it looked for an answer
        self._jobs: dict[str, Job] = {}  # in the order of their submission
        self._occupied = ""  # the id of the job that the worker works on
        self.device = ""  # the type of the worker's device; empty until the worker is ready
        self._fastest = ""  # precision of an MLP there
        self.together = True  # whether the worker trains the two runs of a pair at the same time

    @property
    def job(self) -> Job | None:
        """The job that runs; None if no job does."""
        with self._lock:
            return next((job for job in self._jobs.values() if job.running), None)

    @property
    def jobs(self) -> list[Job]:
        """All jobs that are remembered, in the order of their submission."""
        with self._lock:
            return list(self._jobs.values())

    @property
    def idle(self) -> bool:
        """Whether the worker is free: no job runs, and no cancelled job is still stopping."""
        return self.job is None and not self._occupied

    @property
    def pid(self) -> int | None:
        """The worker's process id; None before it has started."""
        return None if self._process is None else self._process.pid

    def find(self, job_id: str) -> Job | None:
        """Return a job by its id, also one that ended lately, or with an earlier server; None if there is none."""
        return self._jobs.get(job_id) or journal.recall(job_id)

    def series(self, job: Job) -> list[Job]:
        """Return the jobs that were submitted together with one, it among them, in their order."""
        first = job.series or job.id
        with self._lock:
            return [one for one in self._jobs.values() if first in (one.id, one.series)] or [job]

    def ahead(self, job: Job) -> int:
        """Return how many jobs, the running one included, end before a queued job begins."""
        with self._lock:
            waiting = [other.id for other in self._jobs.values() if not other.ended]
            return waiting.index(job.id) if job.id in waiting else 0

    def start(self) -> None:
        """Start the worker unless it runs already, so that the first run need not wait for its imports.

        Raises:
            OSError: when the system has no process or thread left for it.
        """
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            self._speeds.forget()
            self._asked.clear()
            # Threads that spin for long while they wait take the core that the page needs, and training loses half of
            # its speed to that; threads that sleep at once lose as much on an idle machine.
            process = processes.start("vae.jobs.worker", environment={"GOMP_SPINCOUNT": "10000"})
            try:
                threading.Thread(target=self._listen, args=(process,), daemon=True).start()
            except RuntimeError as error:
                process.kill()
                raise OSError(str(error)) from error
            self._process = process

    def submit(self, configs: list[TrainConfig], *, names: list[str] | None = None, owner: str = "") -> Job:
        """Return a new job that trains `configs` after the jobs before it, at the same time where the device allows.

        Where a pair has a budget in seconds, the first run spends it, and the second follows it step by step.

        Args:
            names: the checkpoints' names; by default made from the settings, and different from every name that a
                checkpoint has or anybody has claimed. They are claimed until the runs are trained.
            owner: the session that asks for it.

        Raises:
            CheckpointError: when the names cannot be claimed.
            QueueError: when too many jobs wait already, of its owner or in all.
        """
        check_room(self._waiting(), owner)
        return self._add([configs], [claim_names(configs, names)], owner)[0]

    def submit_series(self, series: list[list[TrainConfig]], *, owner: str = "") -> list[Job]:
        """Return new jobs that differ in the seed alone and are named by it, all of them or none, as in `submit`."""
        check_room(self._waiting(), owner, len(series) - self.idle)
        names = iter(claim_names([config for configs in series for config in configs], by_seed=True))
        return self._add(series, [[next(names) for _ in configs] for configs in series], owner)

    def room(self, owner: str = "") -> int:
        """Return how many jobs a session may submit now: those that may wait and, if the worker is free, one more."""
        return room(self._waiting(), owner) + self.idle

    def _waiting(self) -> list[str]:
        return [job.owner for job in self.jobs if job.state == "queued"]

    def _add(self, jobs: list[list[TrainConfig]], names: list[list[str]], owner: str) -> list[Job]:
        with self._lock:
            added: list[Job] = []
            for configs, claimed in zip(jobs, names, strict=True):
                runs = [Run(config, name, claimed=True) for config, name in zip(configs, claimed, strict=True)]
                added.append(Job(secrets.token_hex(4), runs, owner, series=added[0].id if added else ""))
            self._forget_old()
            for job in added:
                self._jobs[job.id] = job
                journal.note(job)
            self._begin_next()
            return added

    def _forget_old(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.ended and job.id != self._occupied]
        for job_id in ended[:-REMEMBERED]:
            del self._jobs[job_id]

    def _begin_next(self) -> None:
        """Hand the first queued job to the worker, unless one runs or a cancelled one still occupies it."""
        while True:
            job = next((job for job in self._jobs.values() if job.state == "queued"), None)
            if job is None or self.job is not None or self._occupied:
                return
            try:
                self.start()
                break
            except OSError as error:
                self._end(job, "failed", f"{NOT_STARTED} ({error.strerror or error}).")
        job.state, job.began, self._occupied = "running", time.monotonic(), job.id
        configs = [asdict(run.config) for run in job.runs]
        self._send({"do": "run", "id": job.id, "configs": configs, "names": job.names})

    def cancel(self, job: Job) -> None:
        """Take a job out of the queue, or stop it at its next step; its last full epoch stays as a checkpoint."""
        with self._lock:
            if job.state == "queued" or (job.running and job.trained):
                # A job that is being measured is trained: the worker finishes it, and nobody need wait for that.
                self._end(job, "cancelled")
            if self._occupied == job.id:
                self._send({"do": "cancel", "id": job.id})

    def images_per_second(self, configs: list[TrainConfig]) -> float | None:
        """Return the images per second at which each run of a job trains here; None until a figure is known.

        An idle worker is asked to measure it; later calls measure it again, as `Speeds` says.
        """
        key = self._speed_key(configs[0], len(configs))
        with self._lock:
            if not self._occupied and self._starts() and self._speeds.ask(key, time.monotonic()):
                command = {"do": "measure", "key": key, "config": asdict(configs[0]), "runs": len(configs)}
                self._send(command)
            return self._speeds.get(key)

    def precision_of(self, config: TrainConfig) -> str:
        """Return the precision that a run has here; "" for `auto` before the worker is ready, or on another device."""
        if config.precision != "auto":
            return config.precision
        known = self.device and config.device in ("auto", self.device)
        return (self._fastest if gains(config, self.device) else "float32") if known else ""

    def _starts(self) -> bool:
        try:
            self.start()
        except OSError:
            return False
        return True

    def known_speed(self, configs: list[TrainConfig]) -> float | None:
        """Return the speed that `images_per_second` returns, without asking the worker to measure it."""
        return self._speeds.get(self._speed_key(configs[0], len(configs)))

    def ask(self, question: dict[str, Any]) -> Answer | None:
        """Return the worker's answer to one of the `Questions`, or None until it is known: ask again later.

        The worker answers while no run waits. A run that is submitted interrupts it, and it begins again later.

        Raises:
            QuestionError: when the worker cannot answer.
        """
        key = json.dumps(question, sort_keys=True)
        with self._lock:
            if key in self._failures:
                # What the worker's death has left without an answer is asked once more, after that has been told.
                again = self._deaths[key] == 1
                raise QuestionError(self._failures.pop(key) if again else self._failures[key])
            # One at a time, so that a page that was closed leaves no queue of questions behind.
            if key not in self._answers and not self._asked and self.idle:
                if not self._starts():
                    raise QuestionError(f"{NOT_STARTED}.")
                self._asked.add(key)
                self._send({"do": "ask", "key": key, "question": question})
            return self._answers.get(key)

    def close(self) -> None:
        """End the worker and empty the queue; a job that runs stops at its next step."""
        with self._lock:
            process, self._process, self._occupied = self._process, None, ""
            for job in self._jobs.values():
                if not job.ended:
                    self._end(job, "cancelled")
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()

    def _send(self, command: dict[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            processes.send(self._process.stdin, command)
        except OSError:
            self._process.kill()  # its listener reports the end

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        reason = ""
        try:
            while (frame := processes.read_frame(process.stdout)) is not None:
                with self._lock:
                    self._take(*frame)
        except Exception as error:  # nothing that a worker says may leave the queue without somebody who goes on
            reason = processes.failure_reason(error)
            process.kill()
        finally:
            ended = processes.end(process)
            with self._lock:
                if self._process is process:
                    self._lose_worker(reason or ended or "Its process ended before the run was done.")

    def _lose_worker(self, reason: str) -> None:
        """Go on after the end of the worker: its job has failed, so has its question, and the next job begins."""
        stopping, job = self._jobs.get(self._occupied), self.job
        self._process, self._occupied = None, ""
        if stopping is not None:
            self._release(stopping.runs)
        for key in self._asked:
            self._failures[key] = "The process that was to answer has ended; it may have run out of memory."
            self._deaths[key] += 1
        self._asked.clear()
        if job is not None:
            self._end(job, "failed", reason)
        self._begin_next()

    def _take(self, message: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        event = message["event"]
        if event == "ready":
            self.device, self.together = message["device"], message["together"]
            self._fastest = message["precision"]
        elif event == "answer":
            self._learn_answer(message, arrays)
        elif event == "speed":
            self._speeds.take_measured(message["key"], message["images_per_second"])
        else:
            self._follow(self._jobs[message["id"]], message, arrays)

    def _follow(self, job: Job, message: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        event = message["event"]
        if event in ("done", "cancelled", "failed"):
            self._occupied = ""
            if job.running:
                self._end(job, event, message.get("error", ""))
            self._release(job.runs)
            self._begin_next()
            return
        run = job.runs[message["run"]]
        if event == "progress" and message["phase"] == "measuring":
            self._release([run])  # the weights are final, and numbers find them whatever their run is called
        elif event == "epoch":
            reached, key = message["row"]["images_per_second"], self._speed_key(run.config, len(job.runs))
            self._speeds.take_reached(key, reached, time.monotonic())
        run.take(message, arrays)

    def _learn_answer(self, message: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        key = message["key"]
        self._asked.discard(key)
        if message["state"] == "known":
            self._answers[key] = message["found"], arrays
            while len(self._answers) > REMEMBERED:
                del self._answers[next(iter(self._answers))]
        elif message["state"] == "failed":
            self._failures[key] = message["error"]

    def _speed_key(self, config: TrainConfig, runs: int) -> str:
        """Return the settings that decide how fast a run trains on a device, as a key."""
        settings = [config.model, config.dataset, config.latent_dim, config.body, config.hidden, config.batch_size]
        return json.dumps([*settings, config.device, config.precision, runs if self.together else 1])

    def _end(self, job: Job, state: str, error: str = "") -> None:
        job.state, job.error = state, error
        job.seconds = time.monotonic() - job.began if job.began else 0.0
        if self._occupied != job.id:
            self._release(job.runs)
        journal.note(job)

    @staticmethod
    def _release(runs: list[Run]) -> None:
        """Give up the claims of runs, once: afterwards another run may have got the name."""
        for run in runs:
            if run.claimed:
                run.claimed = False
                release(run.name)
