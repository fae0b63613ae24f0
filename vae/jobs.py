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
from dataclasses import asdict, dataclass, field, replace
from typing import IO, Any

import numpy as np
import safetensors.numpy
import torch

from vae.checkpoints import CheckpointError, checkpoints_folder, record, unused_name, write_metrics
from vae.config import ConfigError, TrainConfig, config_from_json
from vae.data import ROOT, Dataset, DatasetError, load_dataset
from vae.metrics import evaluate
from vae.training import EpochReport, TrainingDivergedError, choose_device, measure_speed, train

PROGRESS_SECONDS = 0.2
REMEASURE_SECONDS = 20.0
REMEMBERED = 50  # jobs that have ended, for the sessions that come back to them
# The page comes first, from the worker's very imports on.
_START = "import os; hasattr(os, 'nice') and os.nice(10); from vae.jobs import main; main()"
Frame = tuple[dict[str, Any], dict[str, np.ndarray]]


@dataclass
class Job:
    """One press of Retrain: a run, or an AE and a VAE one after the other."""

    id: str
    configs: list[TrainConfig]
    names: list[str]  # of the checkpoints
    owner: str = ""  # the session that asked for it
    state: str = "queued"  # queued, running, done, cancelled or failed
    error: str = ""
    part: int = 0  # which of the runs is going
    progress: float = 0.0  # of that run
    phase: str = "starting"  # starting, training or measuring
    began: float = 0.0  # when its turn came
    part_began: float = 0.0
    seconds: float = 0.0  # from its turn to the end
    histories: list[list[dict[str, float]]] = field(default_factory=list)
    samples: np.ndarray | None = None  # uint8 (N, C, H, W), the last report's
    latents: np.ndarray | None = None  # float32 (2000, latent_dim), likewise
    kl_per_dimension: np.ndarray | None = None  # float32 (latent_dim,), likewise; None while an AE is trained

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def ended(self) -> bool:
        return self.state not in ("queued", "running")

    @property
    def finished_names(self) -> list[str]:
        """Checkpoints that hold at least one full epoch."""
        return [name for name, history in zip(self.names, self.histories, strict=True) if history]

    def seconds_left(self) -> float | None:
        """For the run that is going; None before it has begun."""
        if self.progress <= 0 or not self.part_began:
            return None
        return (time.monotonic() - self.part_began) * (1 - self.progress) / self.progress


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
        """Train `configs` one after the other, as soon as the jobs before have ended.

        Args:
            names: of the checkpoints; by default made from the settings, and like no other, there or in the queue.
        """
        with self._lock:
            if names is None:
                names = []
                for config in configs:
                    names.append(unused_name(config.default_name(), reserved=[*self._reserved(), *names]))
            job = Job(secrets.token_hex(4), configs, names, owner, histories=[[] for _ in configs])
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
        command = {"do": "run", "id": job.id, "configs": [asdict(c) for c in job.configs], "names": job.names}
        self._send(command)

    def cancel(self, job: Job) -> None:
        """Take a job out of the queue, or stop it at its next step; its last full epoch stays as a checkpoint."""
        with self._lock:
            if job.state == "queued" or (job.running and job.phase == "measuring"):
                # What is measured is trained: the worker finishes for itself, and nobody need wait for it.
                self._end(job, "cancelled")
            if self._occupied == job.id:
                self._send({"do": "cancel", "id": job.id})

    def images_per_second(self, config: TrainConfig) -> float | None:
        """How fast `config` trains here at best; None until the worker has measured it, which this asks it to do.

        It is measured again now and then: the first time, the machine may be busy starting.
        """
        key = _speed_key(config)
        with self._lock:
            stale = time.monotonic() - self._measured.get(key, -REMEASURE_SECONDS) >= REMEASURE_SECONDS
            if stale and not self._occupied:
                self.start()
                self._measured[key] = time.monotonic()
                self._send({"do": "measure", "key": key, "config": asdict(config)})
            return self._speeds.get(key)

    def known_speed(self, config: TrainConfig) -> float | None:
        """The same without asking for a measurement."""
        return self._speeds.get(_speed_key(config))

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
                reason = f"signal {-code}" if code < 0 else f"exit status {code}"
                hint = "; the system may have run out of memory" if code == -9 else ""
                self._end(job, "failed", f"The training process ended unexpectedly ({reason}{hint}).")
            self._begin_next()

    def _take(self, message: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        event = message["event"]
        if event == "ready":
            self.device = message["device"]
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
        elif event == "progress":
            if message["part"] != job.part or not job.part_began:
                job.part, job.part_began = message["part"], time.monotonic()
            job.phase, job.progress = message["phase"], message["progress"]
        elif event == "epoch":
            job.histories[message["part"]].append(message["row"])
            self._learn_speed(_speed_key(job.configs[message["part"]]), message["row"]["images_per_second"])
            job.samples, job.latents = arrays["samples"], arrays["latents"]
            job.kl_per_dimension = arrays.get("kl_per_dimension")

    def _learn_speed(self, key: str, images_per_second: float) -> None:
        self._speeds[key] = max(self._speeds.get(key, 0.0), images_per_second)

    @staticmethod
    def _end(job: Job, state: str, error: str = "") -> None:
        job.state, job.error = state, error
        job.seconds = time.monotonic() - job.began if job.began else 0.0


def _speed_key(config: TrainConfig) -> str:
    """What decides how fast a config trains on a device."""
    return json.dumps([config.model, config.dataset, config.latent_dim, config.body, config.hidden, config.batch_size])


def _read_frame(stream: IO[bytes]) -> Frame | None:
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    message = json.loads(line)
    payload = stream.read(message.pop("bytes"))
    return message, safetensors.numpy.load(payload) if payload else {}


class _Worker:
    """The worker's side: one thread reads commands, the main thread obeys them."""

    def __init__(self, commands: IO[bytes], answers: IO[bytes]) -> None:
        self._input, self._output = commands, answers
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._cancelled: set[str] = set()
        self._closed = False
        self._datasets: dict[str, Dataset] = {}

    def run(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        self._dataset("mnist")
        self._answer({"event": "ready", "device": choose_device().type})
        _warm_up()
        while (command := self._waiting.get()) is not None:
            {"run": self._train_all, "measure": self._measure}[command["do"]](command)

    def _read(self) -> None:
        for line in self._input:
            command = json.loads(line)
            if command["do"] == "cancel":
                self._cancelled.add(command["id"])
            else:
                self._waiting.put(command)
        self._closed = True
        self._waiting.put(None)

    def _answer(self, message: dict[str, Any], arrays: dict[str, np.ndarray] | None = None) -> None:
        payload = safetensors.numpy.save(arrays) if arrays else b""
        try:
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
        try:
            speed = measure_speed(config, self._dataset(config.dataset))
        except (DatasetError, ValueError):
            return
        self._answer({"event": "speed", "key": command["key"], "images_per_second": speed})

    def _train_all(self, command: dict[str, Any]) -> None:
        job = command["id"]
        try:
            steps: int | None = None
            for part, (settings, name) in enumerate(zip(command["configs"], command["names"], strict=True)):
                config = config_from_json(settings)
                if steps is not None and config.seconds is not None:
                    # The second of a pair takes as many steps as the first did in its seconds.
                    config = replace(config, seconds=None, steps=steps)
                last = self._train(job, part, config, name)
                if job in self._cancelled or self._closed:
                    self._answer({"event": "cancelled", "id": job})
                    return
                steps = last.step if last else None
            self._answer({"event": "done", "id": job})
        except (CheckpointError, ConfigError, DatasetError, TrainingDivergedError, ValueError) as error:
            self._answer({"event": "failed", "id": job, "error": str(error)})
        except torch.OutOfMemoryError:
            advice = "The device ran out of memory; choose smaller hidden sizes or another body."
            self._answer({"event": "failed", "id": job, "error": advice})
        except Exception as error:
            traceback.print_exc()
            self._answer({"event": "failed", "id": job, "error": f"{type(error).__name__}: {error}"})

    def _train(self, job: str, part: int, config: TrainConfig, name: str) -> EpochReport | None:
        dataset = self._dataset(config.dataset)
        report: EpochReport | None = None
        for report in record(train(config, dataset, self._on_step(job, part)), name, config, dataset):
            arrays = {"samples": report.samples, "latents": report.latents}
            if report.kl_per_dimension is not None:
                arrays["kl_per_dimension"] = report.kl_per_dimension
            self._answer({"event": "epoch", "id": job, "part": part, "row": report.row()}, arrays)
        if report is not None and job not in self._cancelled and not self._closed:
            self._answer({"event": "progress", "id": job, "part": part, "phase": "measuring", "progress": 1.0})
            write_metrics(name, evaluate(report.model, dataset, config))
        return report

    def _on_step(self, job: str, part: int) -> Callable[[float], bool]:
        last = 0.0

        def on_step(progress: float) -> bool:
            nonlocal last
            if time.monotonic() - last > PROGRESS_SECONDS:
                last = time.monotonic()
                self._answer({"event": "progress", "id": job, "part": part, "phase": "training", "progress": progress})
            return job in self._cancelled or self._closed

        return on_step


def _warm_up() -> None:
    """Import what the first run would else wait for at its beginning and at its end: four seconds on two cores."""
    import sklearn.metrics
    import sklearn.neighbors  # noqa: F401

    torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # which imports half of torch


def main() -> None:
    """Run the worker on this process' standard streams."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not stand between the frames
    _Worker(sys.stdin.buffer, answers).run()
