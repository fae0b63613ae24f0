"""The command `list`: all runs with their notes, damaged ones with the reason. Nothing here imports torch or pandas."""

import argparse
from typing import Any

from vae.cli.results import show_number
from vae.cli.streams import printable
from vae.folders import checkpoints_folder
from vae.storage.checkpoints import list_checkpoints
from vae.storage.shipped import is_shipped


def run(_: argparse.Namespace) -> dict[str, Any]:
    """Return the folder, a row for each sound run, and the name and reason of each damaged one."""
    sound, damaged = list_checkpoints()
    rows = [
        {
            "name": c.name,
            "model": c.model,
            "dataset": c.config.dataset,
            "latent_dim": c.config.latent_dim,
            "beta": None if c.model == "ae" else c.config.beta,
            "epochs": c.epochs_done,
            "finished": c.finished,
            "created": c.created,
            "shipped": is_shipped(c.path),
            "note": c.note,
            "mistake": c.config.mistake or None,
            "metrics": c.metrics,
        }
        for c in sound
    ]
    reasons = [{"name": d.name, "reason": d.reason} for d in damaged]
    return {"folder": str(checkpoints_folder()), "checkpoints": rows, "damaged": reasons}


def show(result: dict[str, Any]) -> str:
    """Return a table of the runs, damaged ones last, or a sentence if there is none."""
    if not result["checkpoints"] and not result["damaged"]:
        why = "." if checkpoints_folder().exists() else ": there is no such folder."
        return f"There is no run in {result['folder']}{why}"
    lines = [
        f"{'name':<28} {'model':<15} {'images':<15} {'size':>6} {'beta':>6} {'epochs':>7} {'rec loss':>9} {'kNN':>7}"
        "  note"
    ]
    for row in result["checkpoints"]:
        metrics = row["metrics"]
        lines.append(
            f"{row['name']:<28} {row['model']:<15} {row['dataset']:<15} {row['latent_dim']:>6} "
            f"{show_number(row['beta'], 'g'):>6} {row['epochs']:>7.4g} "
            f"{show_number(metrics.get('test_reconstruction'), '.2f'):>9} "
            f"{show_number(metrics.get('knn_accuracy'), '.1%'):>7}  "
            f"{'' if row['finished'] else '(stopped early) '}"
            f"{'(shows a mistake: ' + row['mistake'] + ') ' if row['mistake'] else ''}{row['note']}".rstrip()
        )
    lines += [f"{printable(row['name']):<28} damaged: {printable(row['reason'])}" for row in result["damaged"]]
    return "\n".join(lines)
