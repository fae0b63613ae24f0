"""The training worker process, and the trainer that all of the app's sessions share.

Training never runs in the server's process: pages stay quick, cancel is certain, and a crash costs the run alone. The
worker is kept warm between runs. It reads commands as JSON lines on its standard input and
answers with frames on its standard output: a line of JSON, then as many bytes of safetensors as that line says. It ends
when its standard input closes, so that no server leaves one behind.
"""

import json
import os
import queue
import secrets
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import IO, Any

import numpy as np
import safetensors.numpy
import torch

from vae.data.datasets import ROOT, Dataset, DatasetError, load_dataset
from vae.measure.evaluate import evaluate
from vae.storage.checkpoints import CheckpointError, checkpoints_folder, record, unused_name, write_metrics
from vae.training.config import ConfigError, TrainConfig, config_from_json
from vae.training.loop import EpochReport, TrainingDivergedError, choose_device, measure_speed, train

PROGRESS_SECONDS = 0.2
REMEASURE_SECONDS = 20.0
REMEMBERED = 50  # jobs that have ended, for the sessions that come back to them
# The page comes first, from the worker's very imports on.
_START = "import os; hasattr(os, 'nice') and os.nice(10); from vae.jobs.trainer import main; main()"
Frame = tuple[dict[str, Any], dict[str, np.ndarray]]


@dataclass
class Run:
    """One of a job's runs, as far as its reports have told."""

    config: TrainConfig
    name: str  # of the checkpoint
    phase: str = "waiting"  # waiting, training, measuring or done
    progress: float = 0.0
    began: float = 0.0  # when its first step was reported
    history: list[dict[str, float]] = field(default_factory=list)
    samples: np.ndarray | None = None  # uint8 (N, C, H, W), the last report's
    latents: np.ndarray | None = None  # float32 (2000, latent_dim), likewise
    kl_per_dimension: np.ndarray | None = None  # float32 (latent_dim,), likewise; None of an AE

    def seconds_left(self) -> float | None:
        """Of its training; None before and after it."""
        if self.progress <= 0 or self.phase != "training":
            return None
        return (time.monotonic() - self.began) * (1 - self.progress) / self.progress


@dataclass
class Job:
    """One press of Retrain: a run, or an AE's and a VAE's."""

    id: str
    runs: list[Run]
    owner: str = ""  # the session that asked for it
    state: str = "queued"  # queued, running, done, cancelled or failed
    error: str = ""
    began: float = 0.0  # when its turn came
    seconds: float = 0.0  # from its turn to the end

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def ended(self) -> bool:
        return self.state not in ("queued", "running")

    @property
    def names(self) -> list[str]:
        """Of the checkpoints."""
        return [run.name for run in self.runs]

    @property
    def finished_names(self) -> list[str]:
        """Checkpoints that hold at least one full epoch."""
        return [run.name for run in self.runs if run.history]

    @property
    def trained(self) -> bool:
        """Whether all that is left is to measure."""
        return all(run.phase in ("measuring", "done") for run in self.runs)


class Trainer:
    """Owns the worker process and the queue that all sessions share. Safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._speeds: dict[str, float] = {}
        self._measured: dict[str, float] = {}
        self._jobs: dict[str, Job] = {}  # in the order of their submission
        self._occupied = ""  # the id of the job that the worker works on
        self.device = ""  # the worker's, once it has started
        self.together = True  # whether the worker trains the two of a pair at the same time

    @property
    def job(self) -> Job | None:
        """The job that runs; None while the worker is idle."""
        with self._lock:
            return next((job for job in self._jobs.values() if job.running), None)

    def find(self, job_id: str) -> Job | None:
        """A job of this server by its id, also one that has ended."""
        return self._jobs.get(job_id)

    def ahead(self, job: Job) -> int:
        """How many jobs, the one that runs among them, end before a queued one begins."""
        with self._lock:
            waiting = [other.id for other in self._jobs.values() if not other.ended]
            return waiting.index(job.id) if job.id in waiting else 0

    def start(self) -> None:
        """Start the worker unless it is there, so that the first run need not wait for its imports."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            environment = os.environ | {
                # Threads that spin long while they wait take the core that the page needs, and lose half their own
                # speed to it; threads that sleep at once lose as much on an idle machine.
                "GOMP_SPINCOUNT": "10000",
                "VAE_CHECKPOINTS": str(checkpoints_folder()),
            }
            self._speeds.clear()
            self._measured.clear()
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Its own group: Ctrl-C in the terminal reaches the server, and the worker through its closed input.
                start_new_session=True,
            )
            threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def submit(self, configs: list[TrainConfig], *, names: list[str] | None = None, owner: str = "") -> Job:
        """Train `configs`, together where the device allows, as soon as the jobs before have ended.

        Where both have a budget in seconds the first spends it, and the other follows it step by step.

        Args:
            names: of the checkpoints; by default made from the settings, and like no other, there or in the queue.
        """
        with self._lock:
            if names is None:
                names = []
                for config in configs:
                    names.append(unused_name(config.default_name(), reserved=[*self._reserved(), *names]))
            job = Job(secrets.token_hex(4), list(map(Run, configs, names)), owner)
            self._forget_old()
            self._jobs[job.id] = job
            self._begin_next()
            return job

    def _reserved(self) -> list[str]:
        return [name for job in self._jobs.values() if not job.ended for name in job.names]

    def _forget_old(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.ended and job.id != self._occupied]
        for job_id in ended[:-REMEMBERED]:
            del self._jobs[job_id]

    def _begin_next(self) -> None:
        """Hand the first queued job to the worker, unless one runs or a cancelled one still occupies it."""
        job = next((job for job in self._jobs.values() if job.state == "queued"), None)
        if job is None or self.job is not None or self._occupied:
            return
        self.start()
        job.state, job.began, self._occupied = "running", time.monotonic(), job.id
        configs = [asdict(run.config) for run in job.runs]
        self._send({"do": "run", "id": job.id, "configs": configs, "names": job.names})

    def cancel(self, job: Job) -> None:
        """Take a job out of the queue, or stop it at its next step; its last full epoch stays as a checkpoint."""
        with self._lock:
            if job.state == "queued" or (job.running and job.trained):
                # What is measured is trained: the worker finishes for itself, and nobody need wait for it.
                self._end(job, "cancelled")
            if self._occupied == job.id:
                self._send({"do": "cancel", "id": job.id})

    def images_per_second(self, configs: list[TrainConfig]) -> float | None:
        """How fast each of a job's runs trains here at best; None until measured, which this asks the worker for.

        It is measured again now and then: the first time, the machine may be busy starting.
        """
        key = self._speed_key(configs[0], len(configs))
        with self._lock:
            stale = time.monotonic() - self._measured.get(key, -REMEASURE_SECONDS) >= REMEASURE_SECONDS
            if stale and not self._occupied:
                self.start()
                self._measured[key] = time.monotonic()
                command = {"do": "measure", "key": key, "config": asdict(configs[0]), "runs": len(configs)}
                self._send(command)
            return self._speeds.get(key)

    def known_speed(self, configs: list[TrainConfig]) -> float | None:
        """The same without asking for a measurement."""
        return self._speeds.get(self._speed_key(configs[0], len(configs)))

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
            self._process.stdin.write(json.dumps(command).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            self._process.kill()  # its listener reports the end

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        while (frame := _read_frame(process.stdout)) is not None:
            with self._lock:
                self._take(*frame)
        code = process.wait()
        with self._lock:
            if self._process is not process:
                return
            self._process, self._occupied, job = None, "", self.job
            if job is not None:
                self._end(job, "failed", f"The training process ended unexpectedly ({exit_reason(code)}).")
            self._begin_next()

    def _take(self, message: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        event = message["event"]
        if event == "ready":
            self.device, self.together = message["device"], message["together"]
        elif event == "speed":
            self._learn_speed(message["key"], message["images_per_second"])
        else:
            self._follow(self._jobs[message["id"]], message, arrays)

    def _follow(self, job: Job, message: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        event = message["event"]
        if event in ("done", "cancelled", "failed"):
            if job.running:
                self._end(job, event, message.get("error", ""))
            self._occupied = ""
            self._begin_next()
            return
        run = job.runs[message["run"]]
        if event == "progress":
            run.began = run.began or time.monotonic()
            run.phase, run.progress = message["phase"], message["progress"]
        elif event == "epoch":
            run.history.append(message["row"])
            self._learn_speed(self._speed_key(run.config, len(job.runs)), message["row"]["images_per_second"])
            run.samples, run.latents = arrays["samples"], arrays["latents"]
            run.kl_per_dimension = arrays.get("kl_per_dimension")

    def _learn_speed(self, key: str, images_per_second: float) -> None:
        self._speeds[key] = max(self._speeds.get(key, 0.0), images_per_second)

    def _speed_key(self, config: TrainConfig, runs: int) -> str:
        """What decides how fast a run trains on a device."""
        settings = [config.model, config.dataset, config.latent_dim, config.body, config.hidden, config.batch_size]
        return json.dumps([*settings, runs if self.together else 1])

    @staticmethod
    def _end(job: Job, state: str, error: str = "") -> None:
        job.state, job.error = state, error
        job.seconds = time.monotonic() - job.began if job.began else 0.0


def _read_frame(stream: IO[bytes]) -> Frame | None:
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    message = json.loads(line)
    payload = stream.read(message.pop("bytes"))
    return message, safetensors.numpy.load(payload) if payload else {}


class _Pace:
    """The progress that a run had before each of its steps, for the run that takes as many."""

    def __init__(self) -> None:
        self._shares: list[float] = []
        self._ended = self._finished = False
        self._news = threading.Condition()

    def note(self, share: float) -> None:
        with self._news:
            self._shares.append(share)
            self._news.notify_all()

    def end(self, *, finished: bool) -> None:
        with self._news:
            self._ended, self._finished = True, finished
            self._news.notify_all()

    def at(self, step: int) -> float:
        """Waits for the leader to have come as far. A leader that was stopped leaves its follower to stop likewise."""
        with self._news:
            self._news.wait_for(lambda: step < len(self._shares) or self._ended)
            if step < len(self._shares):
                return self._shares[step]
            return 1.0 if self._finished else 0.0


class _Worker:
    """The worker's side: one thread reads commands, the main thread and its helpers obey them."""

    def __init__(self, commands: IO[bytes], answers: IO[bytes]) -> None:
        self._input, self._output = commands, answers
        self._answering = threading.Lock()
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._stopped: set[str] = set()  # jobs that were cancelled or have failed
        self._closed = False
        self._datasets: dict[str, Dataset] = {}
        self._device = choose_device()
        self._threads = torch.get_num_threads()
        # A thread each beats two for one after the other. Teams of OpenMP threads must not meet in a process: where
        # they are more than the cores, each waits for the other's, and training slows down many times over.
        self._together = self._device.type == "cpu" and self._threads in (2, 3)

    def run(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        self._dataset("mnist")
        self._answer({"event": "ready", "device": self._device.type, "together": self._together})
        _warm_up(self._device)
        while (command := self._waiting.get()) is not None:
            {"run": self._train_all, "measure": self._measure}[command["do"]](command)

    def _read(self) -> None:
        for line in self._input:
            command = json.loads(line)
            if command["do"] == "cancel":
                self._stopped.add(command["id"])
            else:
                self._waiting.put(command)
        self._closed = True
        self._waiting.put(None)

    def _answer(self, message: dict[str, Any], arrays: dict[str, np.ndarray] | None = None) -> None:
        payload = safetensors.numpy.save(arrays) if arrays else b""
        try:
            with self._answering:
                self._output.write(json.dumps(message | {"bytes": len(payload)}).encode() + b"\n" + payload)
                self._output.flush()
        except BrokenPipeError:
            self._closed = True  # the server is gone, and with it all who could want to know

    def _dataset(self, name: str) -> Dataset:
        if name not in self._datasets:
            self._datasets[name] = load_dataset(name)
        return self._datasets[name]

    def _measure(self, command: dict[str, Any]) -> None:
        config = config_from_json(command["config"])
        torch.set_num_threads(1 if self._together and command["runs"] > 1 else self._threads)
        try:
            speed = measure_speed(config, self._dataset(config.dataset))
        except (DatasetError, ValueError):
            return
        finally:
            torch.set_num_threads(self._threads)
        self._answer({"event": "speed", "key": command["key"], "images_per_second": speed})

    def _train_all(self, command: dict[str, Any]) -> None:
        job, names = command["id"], command["names"]
        configs = [config_from_json(settings) for settings in command["configs"]]
        pace = _Pace() if len(configs) > 1 and configs[0].seconds is not None else None

        def attempt(number: int) -> Exception | None:
            try:
                self._train(job, number, configs[number], names[number], pace)
            except Exception as error:
                self._stopped.add(job)  # the other of the pair is of no use alone
                return error
            return None

        if self._together and len(configs) > 1:
            with ThreadPoolExecutor(len(configs), initializer=torch.set_num_threads, initargs=(1,)) as pool:
                attempts = list(pool.map(attempt, range(len(configs))))
        else:
            attempts = list(map(attempt, range(len(configs))))
        errors = [error for error in attempts if error is not None]
        if errors:
            self._answer({"event": "failed", "id": job, "error": in_words(errors[0])})
        else:
            stopped = job in self._stopped or self._closed
            self._answer({"event": "cancelled" if stopped else "done", "id": job})

    def _train(self, job: str, number: int, config: TrainConfig, name: str, pace: _Pace | None) -> None:
        finished = False
        try:
            dataset = self._dataset(config.dataset)
            on_step = self._on_step(job, number, pace if number == 0 else None)
            follow = pace.at if pace and number > 0 else None
            report: EpochReport | None = None
            for report in record(train(config, dataset, on_step, follow), name, config, dataset):
                arrays = {"samples": report.samples, "latents": report.latents}
                if report.kl_per_dimension is not None:
                    arrays["kl_per_dimension"] = report.kl_per_dimension
                self._answer({"event": "epoch", "id": job, "run": number, "row": report.row()}, arrays)
            finished = job not in self._stopped and not self._closed
        finally:
            if pace and number == 0:
                pace.end(finished=finished)
        if report is not None and finished:
            self._tell(job, number, "measuring", 1.0)
            write_metrics(name, evaluate(report.model, dataset, config))
            self._tell(job, number, "done", 1.0)

    def _on_step(self, job: str, number: int, pace: _Pace | None) -> Callable[[float], bool]:
        last = 0.0

        def on_step(progress: float) -> bool:
            nonlocal last
            if time.monotonic() - last > PROGRESS_SECONDS:
                last = time.monotonic()
                self._tell(job, number, "training", progress)
            if job in self._stopped or self._closed:
                return True
            if pace is not None:
                pace.note(progress)
            return False

        return on_step

    def _tell(self, job: str, number: int, phase: str, progress: float) -> None:
        self._answer({"event": "progress", "id": job, "run": number, "phase": phase, "progress": progress})


def exit_reason(code: int) -> str:
    """How a process ended that should not have, by its `returncode`."""
    reason = f"signal {-code}" if code < 0 else f"exit status {code}"
    return reason + ("; the system may have run out of memory" if code == -9 else "")


def in_words(error: Exception) -> str:
    """Why a run failed, for the user; what nobody expected is printed in full besides."""
    if isinstance(error, CheckpointError | ConfigError | DatasetError | TrainingDivergedError | ValueError):
        return str(error)
    if isinstance(error, torch.OutOfMemoryError):
        return "The device ran out of memory; choose smaller hidden sizes or another body."
    traceback.print_exception(error)
    return f"{type(error).__name__}: {error}"


def _warm_up(device: torch.device) -> None:
    """Do what the first run would else wait for at its beginning and at its end: three seconds on two cores."""
    import sklearn.metrics
    import sklearn.neighbors  # noqa: F401

    # The context of the device, and half of torch that the first optimiser imports.
    torch.optim.Adam([torch.zeros(1, requires_grad=True, device=device)])


def main() -> None:
    """Run the worker on this process' standard streams."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not stand between the frames
    _Worker(sys.stdin.buffer, answers).run()
