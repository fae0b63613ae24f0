"""How long do pages take when many people are there, and what memory does the server hold? One server, N sessions.

    python benchmarks/load.py [--stages 1,10,30] [--visits 8] [--idle 300] [--project PATH] [--quick] [--json]
    python benchmarks/load.py --minutes 60 [--json]

Sessions walk over the pages by Streamlit's WebSocket protocol, each in an order of its own, think a while after every
visit and poll what asks for it; three of ten and of thirty press Retrain. Nothing is rendered and no component's code
runs, so that the browsers' share of the cores is missing. All stages share one server, whose first visitor finds
nothing made.

- `p95_seconds`, `median_seconds`, `max_seconds`: from a request for a page until its script has finished, by sessions;
  `polls` and `retrain_seconds`: the same for polls of a fragment and for presses of Retrain.
- `errors`, `exceptions`: requests without an answer, and errors that a page showed.
- `isolation`: β, seed, run and comparison of a session that another one was sent. With `--draws` everybody also draws
  samples with seeds of their own, which nobody has computed before.
- `server_mb`, `worker_mb`: before the first visitor, at most, and `--idle` seconds after the last one has left.
- `mb_per_session`: growth of the server between the two largest stages, all sessions connected, for one session more.
- `server_mb_by_minute`: with `--minutes`, ten sessions that leave and come again as others for so long.
"""

import argparse
import asyncio
import math
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere

import torch

from benchmarks.clients import Answer, ClientError, Session
from benchmarks.isolation import Visitor
from benchmarks.machine import add_arguments, machine, report
from benchmarks.server import Server, ServerError, serve

ALL_PAGES = 16
THINK = 4.0  # seconds between two visits, on average
THINK_ALONE = 0.5
SAMPLE_SECONDS = 1.0
MINUTES_SAMPLE_SECONDS = 10.0
MOST_TRAIN = 3
CROWD = 10  # sessions of `--minutes`
GOAL = (
    "p95_seconds under 1 at 10 sessions and under 2 at 30, no error, no exception, nothing in isolation; server_mb "
    "under 700, worker_mb under 600, mb_per_session under 2"
)


@dataclass(frozen=True)
class Pace:
    """How often and how fast sessions visit."""

    visits: int = 8  # of each session
    think: float = THINK
    spread: float = 3.0  # seconds within which all have come
    draws: bool = False  # whether each draws samples with seeds of its own, which no other session has computed


@dataclass
class Log:
    """All that the sessions of a stage have seen."""

    visits: list[tuple[str, float]] = field(default_factory=list)  # page and seconds
    polls: list[float] = field(default_factory=list)
    presses: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    answers: int = 0


@dataclass
class Memory:
    """Samples of the memory of a server and its workers: seconds since the first one, and MB of both."""

    samples: list[tuple[float, float, float]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def take(self, server: Server) -> None:
        """Take a sample.

        Raises:
            ServerError: if the server has ended.
        """
        server.check()
        self.samples.append((time.monotonic() - self.began, *server.memory()))

    async def watch(self, server: Server, seconds: float) -> None:
        """Take a sample every so many seconds, for ever; errors as in `take`."""
        while True:
            self.take(server)
            await asyncio.sleep(seconds)

    def of(self, part: int) -> dict[str, float]:
        """Return the first, the highest and the last sample of the server (1) or of its workers (2)."""
        values = [sample[part] for sample in self.samples]
        return {"start": round(values[0]), "peak": round(max(values)), "after": round(values[-1])}

    def by_minute(self) -> list[float]:
        """Return the median of the server's samples in every minute."""
        minutes: dict[int, list[float]] = defaultdict(list)
        for seconds, server, _ in self.samples:
            minutes[int(seconds // 60)].append(server)
        return [round(statistics.median(minutes[minute]), 1) for minute in sorted(minutes)]


class Walker:
    """A visitor on the way over the pages, who stays connected until it leaves."""

    def __init__(self, visitor: Visitor, session: Session, log: Log) -> None:
        self.visitor, self.session, self.log = visitor, session, log

    async def walk(self, pace: Pace) -> None:
        """Visit the first page and then `visits` others; press Retrain on the first page if the visitor trains."""
        choose = random.Random(self.visitor.number)
        await asyncio.sleep(pace.spread * choose.random())
        await self._ask(self.session.visit(query=self.visitor.link), self._visited)
        if self.visitor.trains:
            await self._ask(self.session.press("retrain"), self._pressed)
            await self._think(1.0)
        pages = [page for page, name in self.session.view.pages.items() if name]
        choose.shuffle(pages)
        for number in range(pace.visits if pages else 0):
            await self._visit(pages[number % len(pages)])
            await self._think(pace.think * choose.uniform(0.5, 1.5))

    async def _visit(self, page: str) -> None:
        query = self.visitor.query(self.session.view.query)
        await self._ask(self.session.visit(page, query), self._visited)

    def _visited(self, seconds: float) -> None:
        view = self.session.view
        self.log.visits.append((view.pages.get(view.page) or "the first page", seconds))

    def _pressed(self, seconds: float) -> None:
        self.log.presses.append(seconds)

    async def _ask(self, request: Awaitable[Answer], done: Callable[[float], None]) -> None:
        """Make a request, and note its seconds or its error, its page's exceptions, and what is not the visitor's."""
        try:
            answer = await request
        except ClientError as error:
            self.log.errors.append(f"session {self.visitor.number}: {error}")
            return
        self.log.answers += 1
        done(answer.seconds)
        page = self.session.view.pages.get(self.session.view.page, "")
        self.log.exceptions += [f"{page}: {told}" for told in answer.exceptions]
        self.log.strange += [
            f"session {self.visitor.number}, {page}: {s}" for s in self.visitor.strange(answer.elements)
        ]

    async def _think(self, seconds: float) -> None:
        """Wait, and poll fragments that asked for it, one at a time, as often as they want it."""
        view, end = self.session.view, time.monotonic() + seconds
        due: dict[str, float] = {}
        while (now := time.monotonic()) < end:
            due = {fragment: due.get(fragment, now + interval) for fragment, interval in view.polls.items()}
            fragment = min(due, key=lambda one: due[one], default="")
            if fragment and due[fragment] <= now:
                due[fragment] = now + view.polls[fragment]
                await self._ask(self.session.poll(fragment), self.log.polls.append)
            else:
                await asyncio.sleep(min([end, *due.values()]) - now)


async def stage(server: Server, visitors: Sequence[Visitor], pace: Pace, log: Log) -> float:
    """Let visitors walk, and return the server's memory when all have finished and are still connected."""
    connected = [Session(server.port) for _ in visitors]

    async def one(visitor: Visitor, session: Session) -> None:
        try:
            await session.__aenter__()
        except ClientError as error:
            log.errors.append(f"session {visitor.number}: {error}")
            return
        await Walker(visitor, session, log).walk(pace)

    try:
        await asyncio.gather(*map(one, visitors, connected))
        return server.memory()[0]
    finally:
        await asyncio.gather(*(session.__aexit__(None, None, None) for session in connected))


def visitors_of(count: int, first: int, *, draws: bool = False) -> list[Visitor]:
    """Return `count` new visitors, numbered from `first`, of whom a third train, three at most."""
    train = min(MOST_TRAIN, count // 3)
    return [Visitor(first + number, trains=number < train, draws=draws) for number in range(count)]


async def walk_stages(
    server: Server, stages: Sequence[int], pace: Pace, alone: Pace
) -> tuple[dict[int, Log], float | None]:
    """Let the sessions of every stage walk, `alone` if there is one; return what they saw, and MB a further session."""
    logs: dict[int, Log] = {}
    held: dict[int, float] = {}
    first = 1
    for count in stages:
        own = alone if count == 1 else pace
        logs[count] = Log()
        held[count] = await stage(server, visitors_of(count, first, draws=own.draws), own, logs[count])
        first += count
    if len(held) < 2:
        return logs, None
    least, most = sorted(held)[-2:]  # the first stage also makes what all are shown
    return logs, round((held[most] - held[least]) / (most - least), 1)


async def walk_minutes(server: Server, minutes: float, pace: Pace) -> dict[int, Log]:
    """Let ten sessions walk and be followed by ten others, for so many minutes; return what all saw."""
    log, first, end = Log(), 1, time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        await stage(server, visitors_of(CROWD, first, draws=pace.draws), pace, log)
        first += CROWD
    return {CROWD: log}


def quantiles(seconds: Sequence[float]) -> dict[str, float] | None:
    """Return count, median, 95th percentile (the nearest rank) and maximum; None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    middle = statistics.median(ordered)
    return {"count": len(ordered), "median": round(middle, 3), "p95": round(p95, 3), "max": round(ordered[-1], 3)}


def by_page(log: Log) -> dict[str, float]:
    """Return the median of the seconds of a page's visits, the slowest page first."""
    pages: dict[str, list[float]] = defaultdict(list)
    for page, seconds in log.visits:
        pages[page].append(seconds)
    medians = {page: round(statistics.median(seconds), 3) for page, seconds in pages.items()}
    return dict(sorted(medians.items(), key=lambda item: -item[1]))


def summary(logs: dict[int, Log]) -> dict[str, Any]:
    """Return the figures of all stages, by sessions."""
    visits = {str(count): quantiles([seconds for _, seconds in log.visits]) or {} for count, log in logs.items()}
    return {
        **{f"{key}_seconds": {c: found.get(key) for c, found in visits.items()} for key in ("p95", "median", "max")},
        "visits": {count: found.get("count", 0) for count, found in visits.items()},
        "polls": {str(count): quantiles(log.polls) for count, log in logs.items()},
        "retrain_seconds": {str(count): quantiles(log.presses) for count, log in logs.items()},
        "errors": [error for log in logs.values() for error in log.errors],
        "exceptions": [told for log in logs.values() for told in log.exceptions],
        "isolation": {
            "answers_checked": sum(log.answers for log in logs.values()),
            "strange": [told for log in logs.values() for told in log.strange],
        },
        "pages": {str(count): by_page(log) for count, log in logs.items()},
    }


async def measure(server: Server, args: argparse.Namespace) -> dict[str, Any]:
    """Let sessions walk while the memory is watched, and for `args.idle` seconds more; return the figures.

    Raises:
        ServerError: when the server ends before.
    """
    memory, pace = Memory(), Pace(args.visits, args.think, min(3.0, args.think), args.draws)
    alone = Pace(args.visits if args.quick else max(args.visits, ALL_PAGES), THINK_ALONE, 0, args.draws)

    async def all_of_it() -> dict[str, Any]:
        if args.minutes:
            logs = await walk_minutes(server, args.minutes, pace)
            found = {"minutes": args.minutes} | summary(logs)
            found["server_mb_by_minute"] = memory.by_minute()
        else:
            logs, more = await walk_stages(server, args.stages, pace, alone)
            found = summary(logs) | {"mb_per_session": more}
        await asyncio.sleep(args.idle)
        memory.take(server)
        return found

    watching = asyncio.create_task(memory.watch(server, MINUTES_SAMPLE_SECONDS if args.minutes else SAMPLE_SECONDS))
    walking = asyncio.create_task(all_of_it())
    await asyncio.wait([watching, walking], return_when=asyncio.FIRST_COMPLETED)
    watching.cancel()
    if not walking.done():
        walking.cancel()
        await watching  # raises what ended it
    found = await walking
    return found | {"idle_seconds": args.idle, "server_mb": memory.of(1), "worker_mb": memory.of(2)}


def numbers(text: str) -> list[int]:
    """Read the sessions of `--stages`.

    Raises:
        argparse.ArgumentTypeError: if one is no whole number from 1.
    """
    parts = text.split(",")
    if not all(part.strip().isdecimal() and int(part) for part in parts):
        raise argparse.ArgumentTypeError(f"stages are numbers of sessions such as 1,10,30, not {text!r}.")
    return [int(part) for part in parts]


def read_arguments() -> argparse.Namespace:
    """Read the command line; `--quick` sets what is not given to a small version."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    add_arguments(parser)
    parser.add_argument("--project", type=Path, default=Path(__file__).resolve().parent.parent, help="whose app to run")
    parser.add_argument("--stages", type=numbers, help="sessions of the stages, one after the other (1,10,30)")
    parser.add_argument("--visits", type=int, help="pages that each session visits; one alone visits all (8)")
    parser.add_argument("--idle", type=float, help="seconds of quiet before the last reading of the memory (300)")
    parser.add_argument("--draws", action="store_true", help="everybody draws samples with seeds of their own")
    parser.add_argument("--minutes", type=float, default=0.0, help="one stage of ten sessions for so long instead")
    args = parser.parse_args()
    args.think = 1.0 if args.quick else THINK
    quick = {"stages": [1, 3], "visits": 3, "idle": 2.0}
    for key, usual in {"stages": [1, 10, 30], "visits": Pace.visits, "idle": 300.0}.items():
        if getattr(args, key) is None:
            setattr(args, key, quick[key] if args.quick else usual)
    return args


def main() -> None:
    """Run the benchmark and print its result."""
    args = read_arguments()
    try:
        with serve(args.project) as server:
            result = asyncio.run(measure(server, args))
    except ServerError as error:
        raise SystemExit(f"benchmarks/load.py: {error}") from None
    report(result | {"goal": GOAL, "machine": machine(torch.device("cpu"))}, as_json=args.json)


if __name__ == "__main__":
    main()
