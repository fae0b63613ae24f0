"""Questions that the training worker answers while no run waits: how good a model's samples are, and what a run without
a change of β would have changed.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from vae.data.dataset import Dataset
from vae.measure.evaluate import losses_per_image
from vae.measure.intervals import Measure
from vae.measure.paired import Difference, paired_difference
from vae.measure.quick_samples import QuickReference, load_quick_reference, quick_samples
from vae.measure.realism import load_realism
from vae.models.random_features import feature_network
from vae.models.realism import Realism
from vae.storage.checkpoints import load
from vae.storage.frozen import frozen
from vae.storage.models import load_model
from vae.storage.starts import start_weights
from vae.training.config import TrainConfig, config_from_json
from vae.training.loop import train

COMPARED = ("test_reconstruction", "test_kl")
Answer = tuple[dict[str, Any], dict[str, np.ndarray]]


class Interrupted(Exception):  # noqa: N818 — it ends on request, which is no error
    """The end of an answer, for a command that is more urgent."""


class Questions:
    """Answers to questions of two kinds, and what they need of each data set, which is computed once.

    - `{"kind": "samples", "name": NAME, "beta": BETA}`: `quick_samples` of a checkpoint, a multi-rate VAE at that β.
    - `{"kind": "control", "config": SETTINGS}`: train a run that trains on, without keeping it, and compare it with the
      weights that it started from: the paired differences of `COMPARED` over all test images.

    Args:
        dataset: returns a data set by name.
        device: of the models and the network that sees for a data set.
        interrupted: tells whether a command waits that is more urgent.
    """

    def __init__(
        self, dataset: Callable[[str], Dataset], device: torch.device, interrupted: Callable[[], bool]
    ) -> None:
        self._dataset, self._device, self._interrupted = dataset, device, interrupted
        # By a data set's name and fingerprint: images that were deleted may have left their name to others.
        self._references: dict[tuple[str, str], QuickReference | None] = {}

    def realism(self, name: str) -> Realism | None:
        """Return the realism of a data set if it is ready; None otherwise."""
        reference = self._references.get(self._key(name))
        return None if reference is None else reference.realism

    def give_up(self, name: str) -> None:
        """Do without a reference for the samples of a data set, as for one that has no `feature_network`."""
        self._references[self._key(name)] = None

    def reference(self, name: str) -> QuickReference | None:
        """Return the reference for samples of a data set, computed at the first call.

        Return None if it has no `feature_network`.

        Raises:
            Interrupted: when a command waits that is more urgent.
        """
        key = self._key(name)
        if key not in self._references:
            dataset = self._dataset(name)
            network = feature_network(dataset)
            if network is None:
                return None  # for now: the judge of imported images may be in training
            realism = load_realism(dataset, network.to(self._device), on_progress=self._go_on)
            self._references[key] = load_quick_reference(dataset, realism, on_progress=self._go_on)
        return self._references[key]

    def answer(self, question: dict[str, Any]) -> Answer:
        """Return the answer to a question as JSON and arrays by name; without a reference it has no numbers.

        Raises:
            Interrupted: when a command waits that is more urgent.
            CheckpointError, DatasetError: when a checkpoint or its data cannot be read.
        """
        if question["kind"] == "control":
            return self._control(config_from_json(question["config"])), {}
        checkpoint = frozen(load(question["name"]), question.get("beta") or 1.0)
        reference = self.reference(checkpoint.config.dataset)
        if reference is None:
            return {}, {}
        return measures_message(quick_samples(load_model(checkpoint, self._device), reference, self._go_on))

    def _control(self, config: TrainConfig) -> dict[str, Any]:
        start = start_weights(config)
        assert start is not None
        dataset, model = self._dataset(config.dataset), None
        for report in train(config, dataset, on_step=lambda _: self._interrupted(), start=start):
            model = report.model if report.progress >= 1 else None
        if model is None:
            raise Interrupted
        after = losses_per_image(model.eval(), dataset, config)
        model.load_state_dict(start)
        before = losses_per_image(model, dataset, config)
        return {key: paired_difference(before[key], after[key]) for key in COMPARED if key in before}

    def _key(self, name: str) -> tuple[str, str]:
        return name, self._dataset(name).fingerprint

    def _go_on(self, _: float) -> None:
        if self._interrupted():
            raise Interrupted


def measures_message(measures: dict[str, Measure]) -> Answer:
    """Return measures as JSON by name, and their replicates by name; `read_measures` reads both."""
    numbers = {name: measure.to_json() for name, measure in measures.items()}
    return numbers, {name: each.replicates for name, each in measures.items() if each.replicates is not None}


def read_measures(answer: Answer) -> dict[str, Measure]:
    """Read measures by name out of an answer to a question of the kind `samples`."""
    numbers, replicates = answer
    return {name: Measure(**number, replicates=replicates.get(name)) for name, number in numbers.items()}


def read_differences(answer: Answer) -> dict[str, Difference]:
    """Read differences by name out of an answer to a question of the kind `control`."""
    return {name: Difference(*row) for name, row in answer[0].items()}
