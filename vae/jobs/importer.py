"""Importing images with `vae.data.imported.importing` outside the app's process, then training the judge of the set.

The process finds what it is asked for on its command line and reports as lines of JSON on its standard output. When its
standard input closes, because somebody cancels or the server has ended, it leaves nothing half-made and ends.
"""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from vae.data.imported.making import clear_up
from vae.data.preparation.settings import Preparation, Split
from vae.data.readers.files import Options
from vae.errors import VaeError
from vae.folders import imported_folder
from vae.jobs.processes import answers, end, failure_reason, messages, send, start
from vae.progress import Report

SECONDS_TO_STOP = 5.0  # from the wish to cancel to the end of a process that reports no progress meanwhile
NO_LABELS = "These images have no classes, so that clusters take their place and no judge is trained."
UNKNOWN = "The import ended for an unknown reason."
PHASES = {"import": "Importing the images", "judge": "Training the judge, which reads decoded images"}


class ImporterError(VaeError):
    """An import that cannot begin; the message is one sentence for the user."""


@dataclass(frozen=True)
class Order:
    """All that an import needs to know."""

    path: str  # of a folder, an archive or a file
    options: Options
    preparation: Preparation
    split: Split
    name: str
    title: str


@dataclass
class Import:
    """An import that is running or has ended."""

    order: Order
    owner: str = ""  # the session that may cancel it
    state: str = "running"  # running, done, cancelled or failed
    phase: str = "import"  # one of `PHASES`
    progress: float = 0.0  # of the phase
    began: float = 0.0  # `time.monotonic()` of the first progress of the phase; 0 before it
    kept: bool = False  # whether the imported set is there
    said: str = ""  # a sentence about the judge
    error: str = ""
    stopping: bool = False

    @property
    def ended(self) -> bool:
        """Whether it is done, cancelled or failed."""
        return self.state != "running"

    def seconds_left(self) -> float | None:
        """Return an estimate of the seconds that the phase still takes; None where nothing is known of it."""
        if not self.began or self.progress < 0.01:
            return None
        return (time.monotonic() - self.began) * (1 - self.progress) / self.progress


class Importer:
    """The owner of the importing process, which all sessions share: one import at a time. Any thread may call it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._kept: object = None
        self.latest: Import | None = None

    def request(self, order: Order, owner: str = "", keeping: object = None) -> Import:
        """Begin an import and return it.

        Args:
            keeping: held until the import has ended, such as the folder of the uploaded files.

        Raises:
            ImporterError: while another one runs, or when the system has no thread left.
        """
        with self._lock:
            if self.latest is not None and not self.latest.ended:
                title = self.latest.order.title
                raise ImporterError(f"“{title}” is being imported; wait until that has ended, or cancel it.")
            found = self.latest = Import(order, owner)
            self._process, self._kept = None, keeping
        try:
            threading.Thread(target=self._work, args=(found,), daemon=True).start()
        except RuntimeError as error:  # the system has no thread left
            found.state = "failed"
            raise ImporterError(f"{str(error).capitalize()}.") from error
        return found

    def cancel(self, one: Import) -> None:
        """Stop an import; a set that is imported already stays, without its judge."""
        with self._lock:
            if one is not self.latest or one.ended or one.stopping:
                return
            one.stopping = True
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()

    @property
    def pid(self) -> int | None:
        """The id of the process that imports now or imported last; None before the first."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """Stop the import that is running."""
        if self.latest is not None:
            self.cancel(self.latest)

    def _work(self, one: Import) -> None:
        error = UNKNOWN
        try:
            error = self._follow(one)
        except Exception as problem:  # the process could not be started, or said what nobody understands
            error = failure_reason(problem)
        finally:
            with suppress(OSError):  # else the next import clears up
                clear_up(imported_folder())
            with self._lock:
                one.error = "" if one.stopping else error
                one.state = "cancelled" if one.stopping else "failed" if error else "done"
                self._kept = None

    def _follow(self, one: Import) -> str:
        """Have a process import, follow it to its end, and return what went wrong, or ""."""
        with self._lock:
            if one.stopping:
                return ""
            self._process = process = start("vae.jobs.importer", json.dumps(asdict(one.order)))
        error = ""
        try:
            for told in messages(process.stdout):
                with self._lock:
                    error = str(told.get("error", error))
                    self._note(one, told)
        finally:
            ended = end(process)
        return error or ended

    def _note(self, one: Import, told: dict[str, Any]) -> None:
        if (phase := told.get("phase")) in PHASES and phase != one.phase:
            one.phase, one.progress, one.began = phase, 0.0, 0.0
        if "progress" in told:
            one.began = one.began or time.monotonic()
            one.progress = min(1.0, max(0.0, float(told["progress"])))
        one.kept = one.kept or bool(told.get("kept"))
        one.said = str(told.get("said", one.said))


class _StoppedError(Exception):
    """Somebody has cancelled."""


class _Tell(Protocol):
    def __call__(self, **message: object) -> None: ...


def main() -> None:
    """Import what the command line asks for."""
    output, stopped = answers(), threading.Event()

    def end_when_asked() -> None:
        sys.stdin.read()
        stopped.set()
        time.sleep(SECONDS_TO_STOP)
        os._exit(1)

    def tell(**message: object) -> None:
        if stopped.is_set():
            raise _StoppedError
        send(output, message)

    threading.Thread(target=end_when_asked, daemon=True).start()
    try:
        bring_in(order_of(json.loads(sys.argv[1])), tell)
    except _StoppedError:
        pass
    except Exception as error:
        if not stopped.is_set():
            send(output, {"error": failure_reason(error)})


def order_of(content: dict[str, Any]) -> Order:
    """Rebuild an order from `content`, which `dataclasses.asdict` made of it.

    Raises:
        PreparationError: for settings out of range.
    """
    return Order(
        **content
        | {
            "options": Options(**content["options"]),
            "preparation": Preparation(**content["preparation"]),
            "split": Split(**content["split"]),
        }
    )


def bring_in(order: Order, tell: _Tell) -> None:
    """Import the images of an order, then train the judge of a labelled set, and tell how far it is.

    Raises:
        ReaderError, ImportedSetError: when the images cannot be imported. That a judge was refused is told instead.
    """
    # The server, which imports this module too, needs none of the readers.
    from vae.data.imported import example
    from vae.data.imported.importing import import_images
    from vae.data.readers.recognise import collect, open_source

    is_example = example.is_example(Path(order.path), order.preparation, order.split, order.options)
    if not is_example:
        example.refuse_reserved(order.name)

    def report(phase: str) -> Report:
        return lambda fraction: tell(phase=phase, progress=fraction)

    with open_source(Path(order.path)) as files:
        collection = collect(files, order.options)
        about = import_images(
            collection, order.preparation, order.split, order.name, order.title, on_progress=report("import")
        )
    tell(kept=True)
    if is_example:
        example.give_judge(about.name)
    tell(said=_train_judge(about.name, report("judge")) if about.labelled else NO_LABELS)


def _train_judge(name: str, report: Report) -> str:
    """Train the judge of an imported set, and say how good it is, or why there is none."""
    from vae.data.imported.loading import load_imported
    from vae.models.judge import fitting_judge
    from vae.models.judge_training import make_judge

    report(0.0)
    dataset = load_imported(name)
    try:
        shipped = fitting_judge(dataset)
        accuracy = make_judge(dataset, on_progress=report) if shipped is None else shipped[1]["accuracy"]
    except VaeError as error:  # the images are there, and pages say what is missing
        return str(error)
    return f"The judge reads {accuracy:.1%} of the test images right."
