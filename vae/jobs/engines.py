"""The events that report on the members of a sweep, and the two engines that train these in this process."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vae.data.dataset import Dataset
from vae.jobs.plan import Member
from vae.jobs.processes import failure_reason
from vae.measure.evaluate import evaluate
from vae.models.autoencoders import Autoencoder
from vae.storage.metrics import add_metrics
from vae.storage.recording import Recording
from vae.training.loop import train
from vae.training.reports import EpochReport, TrainingDivergedError
from vae.training.stacked import stacks, train_stacked


@dataclass(frozen=True)
class Event:
    """A report on one member of a sweep."""

    member: Member
    state: str  # skipped, training, done or failed
    progress: float = 0.0  # the share of its training that is done, 0 to 1
    metrics: dict[str, Any] | None = None  # from `vae.measure.evaluate.evaluate`; only in the states skipped and done
    error: str = ""  # why it failed, in words; only in the state failed

    @property
    def ended(self) -> bool:
        """Whether this is the last event of its member."""
        return self.state != "training"


def one_by_one(members: Sequence[Member], dataset: Dataset) -> Iterator[Event]:
    """Train the members one after another and yield their events."""
    for member in members:
        yield from train_member(member, dataset)


def stacked(members: Sequence[Member], dataset: Dataset) -> Iterator[Event]:
    """Train stackable members of equal shape together and all others one by one, and yield their events."""
    for numbers in stacks([member.config for member in members]):
        group = [members[number] for number in numbers]
        yield from _train_stack(group, dataset) if len(group) > 1 else train_member(group[0], dataset)


def train_member(
    member: Member, dataset: Dataset, on_step: Callable[[float], bool | None] | None = None
) -> Iterator[Event]:
    """Train, save and measure one member and yield its events.

    A run that `on_step` stops leaves no checkpoint, and no event says that it ended.
    """
    try:
        report, recording = None, _recording(member, dataset)
        for report in recording.follow(train(member.config, dataset, on_step)):
            yield Event(member, "training", report.progress)
        if report is not None and report.progress >= 1:
            yield _measured(member, recording, report.model)
    except Exception as error:
        yield Event(member, "failed", error=failure_reason(error))


def _recording(member: Member, dataset: Dataset) -> Recording:
    return Recording(member.name, member.config, dataset, replacing=True, only_finished=True)


def _measured(member: Member, recording: Recording, model: Autoencoder) -> Event:
    metrics = evaluate(model, recording.dataset, member.config)
    add_metrics(recording.stored, metrics)
    return Event(member, "done", 1.0, metrics)


def _train_stack(members: list[Member], dataset: Dataset) -> Iterator[Event]:
    places = [_StackMember(member, dataset) for member in members]
    try:
        for reports in train_stacked([member.config for member in members], dataset):
            for place, report in zip(places, reports, strict=True):
                if not place.failed:
                    yield place.take(report)
        for place in places:
            if not place.failed:
                yield place.measure()
    except Exception as error:
        for place in places:
            if not place.ended:
                yield place.fail(error)


class _StackMember:
    """A member of a stack: its reports go to its own checkpoint, and its failure does not stop the other members."""

    def __init__(self, member: Member, dataset: Dataset) -> None:
        self.member, self.dataset = member, dataset
        self.failed = self.ended = False
        self.model: Autoencoder | None = None
        self._given: deque[EpochReport] = deque()
        self._recording = _recording(member, dataset)
        self._recorder = self._recording.follow(iter(self._given.popleft, None))

    def take(self, report: EpochReport | TrainingDivergedError) -> Event:
        """Record a report of the member, or its failure, and return the event."""
        if isinstance(report, TrainingDivergedError):
            return self.fail(report)
        self._given.append(report)
        self.model = report.model
        try:
            next(self._recorder)
        except Exception as error:
            return self.fail(error)
        return Event(self.member, "training", report.progress)

    def measure(self) -> Event:
        """Measure the trained model, save the metrics and return the member's last event."""
        assert self.model is not None
        try:
            event = _measured(self.member, self._recording, self.model)
        except Exception as error:
            return self.fail(error)
        self.ended = True
        return event

    def fail(self, error: Exception) -> Event:
        """Mark the member as failed and return its last event."""
        self.failed = self.ended = True
        return Event(self.member, "failed", error=failure_reason(error))
