"""The sweep engine for CPUs: worker processes, one per core, each of which trains one member at a time on one thread.

On CPUs this is faster than to train one member after another on all threads. A worker reads each member as a line of
JSON on its standard input and answers with one line of JSON per event. When its standard input closes, it stops the run
that it is training and ends.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache

import torch

from vae.data.dataset import DatasetError
from vae.data.datasets import load_dataset
from vae.jobs.engines import Event, train_member
from vae.jobs.plan import Member
from vae.jobs.processes import answers, end, failure_reason, import_sklearn, messages, send, start
from vae.training.config import config_from_json

WORKER = "vae.jobs.engine_processes"  # the module whose `main` each worker runs
SECONDS_TO_END = 20.0  # a worker that is measuring a trained member finishes this and saves the metrics


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(members: Sequence[Member], count: int | None = None) -> Iterator[Event]:
    """Train the members in `count` processes, by default one per core, and yield their events."""
    waiting = deque(members)
    events: queue.Queue[Event | None] = queue.Queue()
    crew = [_WorkerProcess(waiting, events) for _ in range(min(count or cores(), len(members)))]
    try:
        for hand in crew:
            hand.start()
        at_work = len(crew)
        while at_work:
            event = events.get()
            if event is None:
                at_work -= 1
            else:
                yield event
    finally:
        waiting.clear()
        for hand in crew:
            hand.close()
        for hand in crew:
            hand.end()


class _WorkerProcess:
    """A thread that gives a worker process one member after another, and starts a new process after a crash."""

    def __init__(self, waiting: deque[Member], events: queue.Queue[Event | None]) -> None:
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._waiting, self._events = waiting, events
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Start the thread, which trains members until none is waiting."""
        self._thread.start()

    def _work(self) -> None:
        try:
            while not self._closed:
                try:
                    member = self._waiting.popleft()
                except IndexError:
                    break
                try:
                    self._train(member)
                except Exception as error:
                    self._events.put(Event(member, "failed", error=failure_reason(error)))
            self.close()
        finally:
            self._events.put(None)

    def _train(self, member: Member) -> None:
        process = self._ready()
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # if it has ended, its exit status is reported below
            send(process.stdin, {"name": member.name, "settings": asdict(member.config)})
        for told in messages(process.stdout):
            event = Event(member, **told)
            self._events.put(event)
            if event.ended:
                return
        error = end(process) or "Its process ended before it was done."
        self._events.put(Event(member, "failed", error=error))

    def _ready(self) -> subprocess.Popen[bytes] | None:
        with self._closing:
            if self._closed:
                return None
            if self._process is None or self._process.poll() is not None:
                self._process = start(WORKER, polite=False, environment={"OMP_NUM_THREADS": "1"})
            return self._process

    def close(self) -> None:
        """Ask the process to end, and start no other."""
        with self._closing:
            self._closed = True
            if self._process is not None and self._process.stdin is not None:
                with contextlib.suppress(OSError):  # it may have ended already
                    self._process.stdin.close()

    def end(self) -> None:
        """Wait until the process has ended, and kill it after `SECONDS_TO_END`."""
        if self._process is None:
            return
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def main() -> None:
    """Run a worker on this process' standard streams."""
    output = answers()
    torch.set_num_threads(1)
    import_sklearn()
    lines: queue.Queue[str | None] = queue.Queue()
    closed = threading.Event()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        closed.set()
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    load = cache(load_dataset)
    while (line := lines.get()) is not None and not closed.is_set():
        command = json.loads(line)
        member = Member(command["name"], config_from_json(command["settings"]))
        try:
            events = train_member(member, load(member.config.dataset), lambda _: closed.is_set())
        except DatasetError as error:
            events = iter([Event(member, "failed", error=failure_reason(error))])
        for event in events:
            told = {key: getattr(event, key) for key in ("state", "progress", "metrics", "error")}
            try:
                send(output, told)
            except BrokenPipeError:
                closed.set()
