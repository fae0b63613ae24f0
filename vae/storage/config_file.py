"""config.json: every setting of a run, and under `run` its data, device, versions and how far it came."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from vae.models.choices import image_shape_problems
from vae.storage.files import read_json
from vae.storage.names import CheckpointError
from vae.training.config import ConfigError, TrainConfig, config_from_json

CONFIG = "config.json"
FORMAT = 1
LONGEST_WORDS = 500  # characters of a text in `run`
_LATER_FIELDS = {"stepping": "eager"}  # for checkpoints that are older than these fields


def read_config(folder: Path) -> tuple[TrainConfig, dict[str, Any]]:
    """Read the settings and, by name, the fields of `run` from the config in a checkpoint's folder.

    Raises:
        CheckpointError: saying what is missing, unknown, of the wrong type or out of range.
    """
    content = read_json(folder / CONFIG)
    if content.get("format") != FORMAT:
        raise CheckpointError(f"{CONFIG} has format {content.get('format')!r}, and this version reads {FORMAT}.")
    if unknown := sorted(content.keys() - {"format", "settings", "run"}):
        raise CheckpointError(f"{CONFIG}: unknown key {unknown[0][:40]!r}.")
    return _settings(content.get("settings")), _run(content.get("run"))


def _settings(settings: Any) -> TrainConfig:
    if not isinstance(settings, dict):
        raise CheckpointError(f"{CONFIG}: 'settings' is missing or not an object.")
    try:
        return config_from_json(settings)
    except ConfigError as error:
        raise CheckpointError(f"{CONFIG}: {error}") from error


def _run(run: Any) -> dict[str, Any]:
    if not isinstance(run, dict):
        raise CheckpointError(f"{CONFIG}: 'run' is missing or not an object.")
    run = _LATER_FIELDS | run
    missing, unknown = sorted(_FIELDS.keys() - run.keys()), sorted(run.keys() - _FIELDS.keys())
    if missing or unknown:
        problem = f"missing key {missing[0]!r}" if missing else f"unknown key {unknown[0][:40]!r}"
        raise CheckpointError(f"{CONFIG}: {problem} in 'run'.")
    for key, (words, fits) in _FIELDS.items():
        if not fits(run[key]):
            raise CheckpointError(f"{CONFIG}: {key} must be {words}, not {str(run[key])[:80]!r}.")
    return run | {"image_shape": tuple(run["image_shape"])}


def _whole(low: int, high: int) -> tuple[str, Callable[[Any], bool]]:
    # type() and not isinstance(), because True must not count as a number.
    return f"a whole number from {low} to {high}", lambda value: type(value) is int and low <= value <= high


def _number(high: float) -> tuple[str, Callable[[Any], bool]]:
    return f"a number from 0 to {high:g}", lambda value: type(value) in (int, float) and 0 <= value <= high


def _is_words(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_WORDS and all(c.isprintable() or c == "\n" for c in value)


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and all(type(side) is int for side in value) and not image_shape_problems(value)


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _are_versions(value: Any) -> bool:
    return isinstance(value, dict) and len(value) <= 100 and all(map(_is_words, [*value, *value.values()]))


_WORDS = f"text of at most {LONGEST_WORDS} characters", _is_words
_FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "image_shape": ("a shape that a model takes", _is_shape),
    "classes": _whole(1, 10_000),
    "data_fingerprint": (
        "the SHA-256 of a data set",
        _is_digest,
    ),
    "device": _WORDS,
    "stepping": _WORDS,
    "finished": ("true or false", lambda value: isinstance(value, bool)),
    "epochs_done": _number(1e6),
    "steps_done": _whole(0, 10**9),
    "seconds_taken": _number(1e9),
    "created": ("a time with its zone, such as 2026-11-21T04:54:29+00:00", _is_time),
    "versions": ("an object of texts", _are_versions),
}
