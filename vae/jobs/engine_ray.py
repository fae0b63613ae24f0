"""The sweep engine for a Ray cluster: members are trained as tasks, which run again elsewhere when a node is lost.

The nodes need not share a disk: a finished checkpoint comes back as the bytes of a zip archive and is unpacked here.
Every node needs this project with its `data/mnist.npz`, on its PYTHONPATH or in the same folder as on this machine.
"""

import logging
import os
import re
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from typing import Any

from vae.data.datasets import load_dataset
from vae.errors import VaeError
from vae.folders import ROOT
from vae.jobs.engines import Event, stacked
from vae.jobs.plan import Member
from vae.storage.archive import put, to_zip
from vae.storage.checkpoints import load
from vae.storage.names import CheckpointError
from vae.training.config import config_from_json
from vae.training.stacked import stacks

RETRIES = 5  # of a task whose node or process was lost; an error that training raises is final
Result = bytes | str  # a checkpoint as a zip archive, or the reason why there is none


class ClusterError(VaeError):
    """There is no cluster to train on; the message is one sentence for the user."""


def on_ray(members: Sequence[Member], address: str | None = None) -> Iterator[Event]:
    """Train the members on the Ray cluster at `address`, by default on one that is started here; yield their events.

    Each member is a task for one core. Where the cluster has GPUs, each group of members that can be stacked is a task
    for one GPU instead.

    Raises:
        ClusterError: when Ray is not installed or the cluster cannot be reached.
    """
    with _connected(address) as ray:
        gpus = ray.cluster_resources().get("GPU", 0) > 0
        groups = stacks([member.config for member in members]) if gpus else [[i] for i in range(len(members))]
        task = ray.remote(num_cpus=1, num_gpus=int(gpus), max_retries=RETRIES)(_train)
        running: dict[Any, list[Member]] = {}
        for numbers in groups:
            group = [members[number] for number in numbers]
            running[task.remote([(member.name, asdict(member.config)) for member in group])] = group
        try:
            while running:
                (ready, *_), _ = ray.wait(list(running), num_returns=1)
                yield from _taken(ray, ready, running.pop(ready))
        finally:
            for left in running:
                ray.cancel(left, force=True)


@contextmanager
def _connected(address: str | None) -> Iterator[Any]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray: Any = import_module("ray")
    except ImportError as error:
        raise ClusterError("Ray is not installed; `pip install -r requirements-ray.txt` installs it.") from error
    if ray.is_initialized():
        yield ray
        return
    _reach(address)
    path = os.pathsep.join([str(ROOT), "${PYTHONPATH}"])
    try:
        ray.init(
            address=address or "local",
            log_to_driver=False,
            logging_level=logging.ERROR,
            include_dashboard=None if address else False,
            runtime_env={"env_vars": {"PYTHONPATH": path}},
        )
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        reason = str(error).strip().split("\n")[0]
        raise ClusterError(f"There is no Ray cluster at {address or 'this machine'} ({reason}).") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _reach(address: str | None) -> None:
    # Checked here because Ray waits for a cluster that does not exist and then ends the process.
    parts = re.fullmatch(r"(?:ray://)?(.+):(\d+)", address or "")
    if parts is None:
        return
    try:
        socket.create_connection((parts[1], int(parts[2])), timeout=10).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(f"There is no Ray cluster at {address} ({error}).") from error


def _train(members: list[tuple[str, dict[str, Any]]]) -> list[Result]:
    """Train members, given by name and settings, on a node; return each as a zip archive, or why it failed."""
    chosen = [Member(name, config_from_json(settings)) for name, settings in members]
    results: dict[str, Result] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAE_CHECKPOINTS"] = folder
        for event in stacked(chosen, load_dataset(chosen[0].config.dataset)):
            if event.ended:
                name = event.member.name
                results[name] = event.error if event.state == "failed" else to_zip(name)
    return [results[member.name] for member in chosen]


def _taken(ray: Any, ready: Any, members: list[Member]) -> Iterator[Event]:
    try:
        results: list[Result] = ray.get(ready)
    except ray.exceptions.RayError as error:
        results = [str(error).strip().split("\n")[-1]] * len(members)
    for member, result in zip(members, results, strict=True):
        if isinstance(result, str):
            yield Event(member, "failed", error=result)
            continue
        try:
            put(result, member.name)
            yield Event(member, "done", 1.0, load(member.name).metrics)
        except CheckpointError as error:
            yield Event(member, "failed", error=str(error))
