"""The training worker: the process that trains, one job after another.

It reads commands as lines of JSON on its standard input, answers with frames, and ends when its standard input closes,
so that no server leaves one behind.
"""

import json
import queue
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import IO, Any

import numpy as np
import torch

from vae.data.dataset import Dataset, DatasetError
from vae.data.datasets import load_dataset
from vae.data.imported.about import read_about
from vae.data.names import BUILT_IN
from vae.jobs import processes
from vae.jobs.questions import Interrupted, Questions
from vae.jobs.watch import Watch
from vae.measure.evaluate import evaluate
from vae.memory import give_back
from vae.storage.metrics import add_metrics
from vae.storage.recording import Recording
from vae.storage.starts import start_weights
from vae.training.adam import adam
from vae.training.build import choose_device
from vae.training.config import TrainConfig, config_from_json
from vae.training.loop import train
from vae.training.precision import fastest_precision
from vae.training.reports import EpochReport, Look
from vae.training.speed import measure_speed

PROGRESS_SECONDS = 0.2


class _FollowedProgress:
    """The progress of a leading run before each of its steps, for the run that follows it step by step."""

    def __init__(self) -> None:
        self._shares: list[float] = []
        self._ended = self._finished = False
        self._news = threading.Condition()

    def note(self, share: float) -> None:
        """Record the leader's progress before its next step, 0 to 1."""
        with self._news:
            self._shares.append(share)
            self._news.notify_all()

    def end(self, *, finished: bool) -> None:
        """Record that the leader has ended, and whether it finished or was stopped."""
        with self._news:
            self._ended, self._finished = True, finished
            self._news.notify_all()

    def at(self, step: int) -> float:
        """Return the leader's progress before this step, waiting until the leader has reached it.

        After the leader's last step, return 1 if it finished and 0 if it was stopped: its follower is then stopped too.
        """
        with self._news:
            self._news.wait_for(lambda: step < len(self._shares) or self._ended)
            if step < len(self._shares):
                return self._shares[step]
            return 1.0 if self._finished else 0.0


class _Worker:
    """The training worker: one thread reads commands, and the main thread and its helpers carry them out."""

    def __init__(self, commands: IO[bytes], answers: IO[bytes]) -> None:
        self._input, self._output = commands, answers
        self._answering = threading.Lock()
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._stopped: set[str] = set()  # jobs that were cancelled or have failed
        self._closed = False
        self._preparing = False
        self._submitted = self._begun = 0  # runs: one more of the former is waiting
        self._datasets: dict[str, Dataset] = {}
        self._device = choose_device()
        self._threads = torch.get_num_threads()
        # Two runs at once on a thread each are faster than one after the other on two threads. Two teams of OpenMP
        # threads must not run at once: where they have more threads than there are cores, each waits for the other,
        # and training slows down many times over.
        self._together = self._device.type == "cpu" and self._threads in (2, 3)
        self._questions = Questions(self._dataset, self._device, interrupted=self._is_wanted)

    def run(self) -> None:
        """Carry out commands until the standard input closes."""
        threading.Thread(target=self._read, daemon=True).start()
        self._dataset("mnist")
        ready = {"event": "ready", "device": self._device.type, "together": self._together}
        self._answer(ready | {"precision": fastest_precision(self._device)})
        _warm_up(self._device)
        self._prepare("mnist")
        give_back()
        while (command := self._waiting.get()) is not None:
            {"run": self._train_all, "measure": self._measure, "ask": self._ask}[command["do"]](command)
            self._prepare(*self._datasets)
            if self._waiting.empty():
                give_back()

    def _read(self) -> None:
        for line in self._input:
            command = json.loads(line)
            if command["do"] == "cancel":
                self._stopped.add(command["id"])
                continue
            self._submitted += command["do"] == "run"
            self._waiting.put(command)
        self._closed = True
        self._waiting.put(None)

    def _is_wanted(self) -> bool:
        """Tell whether a question has to stop for a run, or a preparation for anything, or both for the end."""
        idle = self._preparing and not self._waiting.empty()
        return idle or self._closed or self._submitted > self._begun

    def _answer(self, message: dict[str, Any], arrays: dict[str, np.ndarray] | None = None) -> None:
        try:
            with self._answering:
                processes.write_frame(self._output, message, arrays)
        except BrokenPipeError:
            self._closed = True  # the server is gone, so that nobody reads the answers

    def _dataset(self, name: str) -> Dataset:
        known = self._datasets.get(name)
        # Images that were deleted may have left their name to others.
        if known is None or (name not in BUILT_IN and known.fingerprint != read_about(name).fingerprint):
            self._datasets[name] = load_dataset(name)
        return self._datasets[name]

    def _prepare(self, *names: str) -> None:
        """Get ready what questions and looks need, while no command waits."""
        self._preparing = True
        for name in names:
            try:
                self._questions.reference(name)
            except Interrupted:
                break
            except Exception as error:  # runs of such data show no realistic samples, and train all the same
                processes.failure_reason(error)
                self._questions.give_up(name)
        self._preparing = False

    def _ask(self, command: dict[str, Any]) -> None:
        """Answer a question, or say that it was dropped for a command that is more urgent."""
        message = {"event": "answer", "key": command["key"], "state": "known", "error": ""}
        try:
            found, arrays = self._questions.answer(command["question"])
        except Interrupted:
            self._answer(message | {"state": "dropped"})
        except Exception as error:
            self._answer(message | {"state": "failed", "error": processes.failure_reason(error)})
        else:
            self._answer(message | {"found": found}, arrays)

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
        self._begun += 1
        configs = [config_from_json(settings) for settings in command["configs"]]
        pace = _FollowedProgress() if len(configs) > 1 and configs[0].seconds is not None else None

        def attempt(number: int) -> Exception | None:
            try:
                self._train(job, number, configs[number], names[number], pace)
            except Exception as error:
                self._stopped.add(job)  # one run of a pair is of no use without the other
                return error
            return None

        if self._together and len(configs) > 1:
            with ThreadPoolExecutor(2, initializer=torch.set_num_threads, initargs=(1,)) as pool:
                attempts = list(pool.map(attempt, range(len(configs))))
        else:
            attempts = list(map(attempt, range(len(configs))))
        errors = [error for error in attempts if error is not None]
        if errors:
            self._answer({"event": "failed", "id": job, "error": processes.failure_reason(errors[0])})
        else:
            stopped = job in self._stopped or self._closed
            self._answer({"event": "cancelled" if stopped else "done", "id": job})

    def _train(self, job: str, number: int, config: TrainConfig, name: str, pace: _FollowedProgress | None) -> None:
        finished = False
        try:
            dataset = self._dataset(config.dataset)
            on_step = self._on_step(job, number, pace if number == 0 else None)
            follow = pace.at if pace and number > 0 else None
            report: EpochReport | None = None
            watch = Watch(self._questions.realism(config.dataset), partial(self._tell_look, job, number))

            def look(seen: Look) -> None:
                watch(seen)
                if seen.progress < 1:  # at the end the last report tells, of all test images
                    self._tell_collapse(job, number, seen.collapse)

            reports = train(config, dataset, on_step, follow, start=start_weights(config), on_look=look)
            recording = Recording(name, config, dataset)  # the trainer has claimed the name
            for report in recording.follow(reports):
                arrays = {"samples": report.samples, "latents": report.latents}
                if report.kl_per_dimension is not None:
                    arrays["kl_per_dimension"] = report.kl_per_dimension
                self._answer({"event": "epoch", "id": job, "run": number, "row": report.row()}, arrays)
                self._tell_collapse(job, number, report.collapse)
            finished = job not in self._stopped and not self._closed
        finally:
            if pace and number == 0:
                pace.end(finished=finished)
        if report is not None and finished:
            self._tell(job, number, "measuring", 1.0)
            add_metrics(recording.stored, evaluate(report.model, dataset, config))
            self._tell(job, number, "done", 1.0)

    def _on_step(self, job: str, number: int, pace: _FollowedProgress | None) -> Callable[[float], bool]:
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

    def _tell_look(self, job: str, number: int, row: dict[str, float], arrays: dict[str, np.ndarray]) -> None:
        self._answer({"event": "look", "id": job, "run": number, "row": row}, arrays)

    def _tell_collapse(self, job: str, number: int, said: str) -> None:
        self._answer({"event": "collapse", "id": job, "run": number, "said": said})

    def _tell(self, job: str, number: int, phase: str, progress: float) -> None:
        self._answer({"event": "progress", "id": job, "run": number, "phase": phase, "progress": progress})


def _warm_up(device: torch.device) -> None:
    """Load in advance what the first run would wait for at its beginning and its end."""
    processes.import_sklearn()
    # This makes the context of the device, and imports what its first optimiser needs.
    adam([torch.zeros(1, requires_grad=True, device=device)], TrainConfig(steps=1), device)


def main() -> None:
    """Run the worker on this process' standard streams."""
    _Worker(sys.stdin.buffer, processes.answers()).run()
