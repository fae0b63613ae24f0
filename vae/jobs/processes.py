"""Start worker processes, exchange frames with them, and say in words why a run failed or a process ended.

All three kinds of worker (trainer, measurer, sweep) are started by `start` with a module that has a `main`, answer on
`answers()`, and end when their standard input closes. Trainer and sweep workers read their commands from it; the
measurer finds the name of its checkpoint on its command line.
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

import numpy as np
import safetensors.numpy
import torch
from safetensors import SafetensorError

from vae.errors import VaeError
from vae.folders import ROOT, checkpoints_folder, imported_folder

SECONDS_TO_END = 20.0  # a process that has closed its answers ends in less
Frame = tuple[dict[str, Any], dict[str, np.ndarray]]


def start(
    module: str, *arguments: str, polite: bool = True, environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a Python process that runs `main` of a module, with pipes to its standard input and output.

    Args:
        arguments: the arguments of its command line.
        polite: whether it gives way to the app's pages by a lower priority, from its first import on.
        environment: variables that are added to those of this process.
    """
    first = "import os; hasattr(os, 'nice') and os.nice(10); " if polite else ""
    # The process runs in the project's folder, where a relative path would name another folder.
    folders = {
        "VAE_CHECKPOINTS": str(checkpoints_folder().resolve()),
        "VAE_IMPORTED": str(imported_folder().resolve()),
    }
    return subprocess.Popen(
        [sys.executable, "-c", f"{first}from {module} import main; main()", *arguments],
        cwd=ROOT,
        env=os.environ | folders | (environment or {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # In a session of its own, the worker does not receive Ctrl-C from the terminal: it ends when its input closes.
        start_new_session=True,
    )


def answers() -> BinaryIO:
    """Return a stream of answers on standard output; what libraries print then goes to standard error instead."""
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return stream


def import_sklearn() -> None:
    """Import scikit-learn without pandas, which it imports wherever it finds it: 60 MB that no worker process needs."""
    if "pandas" in sys.modules:
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # to an import it is not installed
    try:
        import sklearn.metrics
        import sklearn.neighbors  # noqa: F401
    finally:
        del sys.modules["pandas"]


def send(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Write a message as a line of JSON.

    Raises:
        OSError: when nobody reads the stream any more.
    """
    stream.write(json.dumps(message).encode() + b"\n")
    stream.flush()


def write_frame(stream: IO[bytes], message: dict[str, Any], arrays: dict[str, np.ndarray] | None = None) -> None:
    """Write a message as a line of JSON that gives the number of bytes that follow, then the arrays as safetensors.

    Raises:
        OSError: when nobody reads the stream any more.
    """
    payload = safetensors.numpy.save(arrays) if arrays else b""
    stream.write(json.dumps(message | {"bytes": len(payload)}).encode() + b"\n" + payload)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame | None:
    """Read a message and its arrays, as `write_frame` writes them; None at the end of the stream.

    A frame that was cut short, or is none, is the end of the stream too: its process died, or nobody can follow it.
    """
    message = _message(stream.readline())
    count = None if message is None else message.pop("bytes", None)
    if message is None or type(count) is not int or count < 0:
        return None
    payload = stream.read(count)
    if len(payload) < count:
        return None
    try:
        return message, safetensors.numpy.load(payload) if payload else {}
    except (SafetensorError, ValueError, KeyError):
        return None


def messages(stream: IO[bytes] | None) -> Iterator[dict[str, Any]]:
    """Yield the messages that `send` writes, until the stream ends, or a line that was cut short or is no message."""
    while stream is not None and (message := _message(stream.readline())) is not None:
        yield message


def _message(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def end(process: subprocess.Popen[bytes]) -> str:
    """Wait for the end of a process whose stream of answers has ended; return in words how it failed, or "".

    A process that goes on regardless is killed.
    """
    try:
        code = process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return "Its process said something that could not be read, and was ended."
    return f"Its process ended unexpectedly ({exit_reason(code)})." if code else ""


def exit_reason(code: int) -> str:
    """Say in words how a process ended unexpectedly, by its `returncode`."""
    reason = f"signal {-code}" if code < 0 else f"exit status {code}"
    return reason + ("; the system may have run out of memory" if code == -9 else "")


def failure_reason(error: Exception) -> str:
    """Say in words for the user why a run failed; the traceback of an unexpected error is printed as well."""
    if isinstance(error, VaeError | ValueError):
        return str(error)
    if isinstance(error, torch.OutOfMemoryError):
        return "The device ran out of memory; choose smaller hidden sizes or another body."
    traceback.print_exception(error)
    return f"{type(error).__name__}: {error}"
