"""The results of commands as JSON, and numbers in their lines of text."""

import json
from math import isfinite
from typing import Any


def as_json(result: dict[str, Any]) -> str:
    """Return a result as JSON in ASCII, with null for numbers that are not finite, which JSON has no words for."""
    return json.dumps(_finite(result), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def show_number(value: float | None, form: str) -> str:
    """Return a number in a format such as `.2f`, or a dash for None."""
    return "-" if value is None else format(value, form)


def show_metrics(metrics: dict[str, Any]) -> str:
    """Return a line for every number that was measured; the ELBO is shown as the loss −ELBO, as on the pages."""
    shown = {f"negative_{key}" if key == "elbo" and value is not None else key: value for key, value in metrics.items()}
    if (loss := shown.get("negative_elbo")) is not None:
        shown["negative_elbo"] = -loss
    return "\n".join(
        f"  {key.replace('_', ' '):<20} {value:.4f}"
        if isinstance(value, float)
        else f"  {key.replace('_', ' '):<20} {value}"
        for key, value in shown.items()
        if value is not None
    )
