"""Measuring checkpoints with `vae.measure.quality.measure` outside the app's process: a queue and a process for each.

The process reports its progress as lines of JSON on its standard output and writes its numbers once, at its end. When
its standard input closes, it ends and writes nothing.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from vae.data.datasets import load_dataset
from vae.jobs.processes import answers, end, failure_reason, import_sklearn, messages, send, start
from vae.measure.evaluate import evaluate
from vae.measure.quality import OnProgress, measure
from vae.models.random_features import feature_network
from vae.storage.checkpoints import load
from vae.storage.metrics import add_metrics
from vae.storage.models import check_data, load_model
from vae.training.build import choose_device

UNKNOWN = "It ended for an unknown reason."


@dataclass
class Measurement:
    """A checkpoint that is, was or will be measured."""

    name: str
    state: str = "queued"  # queued, running, done, cancelled or failed
    progress: float = 0.0
    what: str = ""  # the part that is being measured
    error: str = ""

    @property
    def ended(self) -> bool:
        """Whether it is done, cancelled or failed."""
        return self.state not in ("queued", "running")


class Measurer:
    """The owner of the measuring process and of its queue, which all sessions share. Any thread may call it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: dict[str, Measurement] = {}  # in the order of their request
        self._process: subprocess.Popen[bytes] | None = None
        self._at_work = False

    def request(self, names: Sequence[str]) -> None:
        """Add checkpoints to the end of the queue; one that is queued or running already is not added again."""
        with self._lock:
            for name in names:
                if name not in self._tasks or self._tasks[name].ended:
                    self._tasks.pop(name, None)
                    self._tasks[name] = Measurement(name)
            if not self._at_work:
                self._begin()

    def _begin(self) -> None:
        try:
            threading.Thread(target=self._work, daemon=True).start()
            self._at_work = True
        except RuntimeError as error:  # the system has no thread left
            for task in self._tasks.values():
                if task.state == "queued":
                    task.state, task.error = "failed", f"{str(error).capitalize()}."

    def find(self, names: Sequence[str]) -> list[Measurement]:
        """Return the latest measurement of each of these names for which one was ever requested."""
        with self._lock:
            return [self._tasks[name] for name in names if name in self._tasks]

    def cancel(self, names: Sequence[str]) -> None:
        """Take checkpoints out of the queue; the measurement of one of them that runs is stopped."""
        with self._lock:
            for name in names:
                task = self._tasks.get(name)
                if task is None or task.ended:
                    continue
                if task.state == "running" and self._process is not None:
                    self._process.kill()
                task.state = "cancelled"

    @property
    def pid(self) -> int | None:
        """The id of the process that measures now or measured last; None before the first."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """Cancel every measurement that is queued or running."""
        self.cancel(list(self._tasks))

    def _work(self) -> None:
        while True:
            with self._lock:
                task = next((task for task in self._tasks.values() if task.state == "queued"), None)
                if task is None:
                    self._at_work = False
                    return
                task.state = "running"
            error = UNKNOWN
            try:
                error = self._measure(task)
            except Exception as problem:  # the process could not be started, or said what nobody understands
                error = failure_reason(problem)
            finally:  # the queue goes on, whatever has happened
                with self._lock:
                    if task.state == "running":
                        task.state, task.error = "failed" if error else "done", error

    def _measure(self, task: Measurement) -> str:
        """Have a process measure a checkpoint, follow it to its end, and return what went wrong, or ""."""
        with self._lock:
            if task.state == "cancelled":
                return ""
            self._process = process = start("vae.jobs.measurer", task.name)
        error = ""
        try:
            for told in messages(process.stdout):
                with self._lock:
                    error = str(told.get("error", ""))
                    task.progress, task.what = told.get("progress", task.progress), told.get("what", task.what)
        finally:
            ended = end(process)
        return error or ended


def main() -> None:
    """Measure the checkpoint that the command line names."""
    output = answers()

    def end_with_the_server() -> None:
        sys.stdin.read()
        os._exit(1)

    def tell(**message: object) -> None:
        send(output, message)

    threading.Thread(target=end_with_the_server, daemon=True).start()
    import_sklearn()
    try:
        measure_and_keep(sys.argv[1], lambda progress, what: tell(progress=progress, what=what))
    except Exception as error:
        tell(error=failure_reason(error))


def measure_and_keep(name: str, on_progress: OnProgress | None = None) -> None:
    """Measure a checkpoint, add the result to its metrics.json and write the replicates beside it.

    Samples are measured only if there is a `feature_network` for the checkpoint's data set.

    Raises:
        CheckpointError, DatasetError: when the checkpoint or its data set cannot be loaded.
        OSError: when its folder cannot be written.
    """
    checkpoint = load(name)
    dataset, device = load_dataset(checkpoint.config.dataset), choose_device("auto")
    check_data(checkpoint, dataset)
    model = load_model(checkpoint, device)
    network = feature_network(dataset)
    if network is not None:
        network = network.to(device)
    found = measure(model, dataset, network, checkpoint.config, on_progress=on_progress)
    metrics = {} if checkpoint.metrics else evaluate(model, dataset, checkpoint.config)
    add_metrics(checkpoint.stored, metrics | {"quality": found.quality}, found.replicates)
