"""A server of the app, or of another checkout's, on a copy of its checkpoints, and the memory that it holds."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

PATIENCE = 120.0  # seconds until a server has to answer
KEPT_LINES = 5  # of the server's log, told when it has ended


class ServerError(Exception):
    """A server that does not start, or that has ended."""


@dataclass
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes] = field(repr=False)
    log: Path = field(repr=False)
    began: float = field(repr=False)  # time.perf_counter() when it was started

    @property
    def url(self) -> str:
        """The address of the first page."""
        return f"http://localhost:{self.port}"

    def check(self) -> None:
        """Do nothing while the server runs.

        Raises:
            ServerError: if it has ended, with its status and the last lines of its log.
        """
        status = self.process.poll()
        if status is not None:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-KEPT_LINES:]
            raise ServerError(f"the server ended with status {status}; its last words: {' | '.join(lines) or 'none'}")

    def memory(self) -> tuple[float, float]:
        """Return the resident memory of the server and that of all processes below it, in MB of 2²⁰ bytes."""
        return _resident(self.process.pid), sum(map(_resident, _below(self.process.pid)))


def free_port() -> int:
    """Return the number of a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(project: Path, script: str = "streamlit_app.py") -> Iterator[Server]:
    """Run the app of a folder on a copy of its checkpoints, with its `.cache` as it is, and stop it at the end.

    Raises:
        ServerError: if it ends before it answers, or does not answer in time.
    """
    with TemporaryDirectory(prefix="vae-benchmark-") as folder:
        checkpoints = Path(folder) / "checkpoints"
        if (project / "checkpoints").is_dir():
            shutil.copytree(project / "checkpoints", checkpoints, ignore=shutil.ignore_patterns(".*"))
        port, log = free_port(), Path(folder) / "server.log"
        options = {"headless": "true", "port": str(port), "address": "localhost"}
        with log.open("wb") as written:
            began = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", script]
                + [word for key, value in options.items() for word in (f"--server.{key}", value)],
                cwd=project,
                env={key: value for key, value in os.environ.items() if key != "OMP_NUM_THREADS"}
                | {"VAE_CHECKPOINTS": str(checkpoints)},
                stdout=written,
                stderr=subprocess.STDOUT,
            )
        server = Server(port, process, log, began)
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            process.kill()  # its worker sees its input closed and ends
            process.wait()


def _wait_until_it_answers(server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        server.check()
        try:
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2).read()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise ServerError(f"the server did not answer within {PATIENCE:g} s.")


def _below(pid: int) -> list[int]:
    """Return a process's children and theirs; none on systems without /proc."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):  # one for each of its threads
        try:
            children = [int(child) for child in path.read_text().split()]
        except OSError:  # the thread has ended
            continue
        for child in children:
            found += [child, *_below(child)]
    return found


def _resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # the process has ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
