"""A worker of a sweep that the system kills when it is asked to train the member called `doomed`."""

import os
import signal
from collections.abc import Iterator
from typing import Any

from vae.jobs import engine_processes
from vae.jobs.engines import Event, train_member
from vae.jobs.plan import Member


def main() -> None:
    """Run the worker on this process' standard streams."""

    def train(member: Member, *rest: Any) -> Iterator[Event]:
        if member.name == "doomed":
            os.kill(os.getpid(), signal.SIGKILL)
        return train_member(member, *rest)

    engine_processes.train_member = train  # type: ignore[assignment]
    engine_processes.main()
