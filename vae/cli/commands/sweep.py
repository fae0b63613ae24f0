"""The command `sweep`: train a VAE for every β, latent size and seed, or one for all β for every size and seed."""

import argparse
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from vae.cli.bar import ProgressBar
from vae.cli.parsers import ArgumentError
from vae.cli.results import show_number
from vae.cli.stops import telling
from vae.cli.streams import printable
from vae.jobs.engines import Event
from vae.jobs.plan import Member, plan
from vae.jobs.sweep import sweep
from vae.training.config import MULTI_RATE
from vae.training.recipe import recommended_epochs

BETAS = (0.1, 0.5, 1.0, 2.0, 4.0)  # where none are given
ALL_BETAS = (1.0,)  # of a multi-rate-vae, which learns every β in one run and is measured at this one


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Train the members of a sweep; return a row for each, the number of failed ones and the seconds taken."""
    if args.ray_address is not None and args.engine != "ray":
        raise ArgumentError("--ray-address goes with --engine ray.")
    epochs = recommended_epochs(args.model) if args.epochs is None and args.steps is None else args.epochs
    betas = args.betas or (ALL_BETAS if args.model == MULTI_RATE else BETAS)
    given = ("model", "body", "likelihood", "dataset", "device", "precision", "steps")
    settings = {key: getattr(args, key) for key in given}
    if args.hidden:
        settings["hidden"] = args.hidden
    members = plan(betas, args.latent_dims, args.seeds, args.name, epochs=epochs, **settings)
    began = time.monotonic()
    ended = _train(members, args)
    rows = [
        {
            "name": member.name,
            "beta": member.config.beta,
            "latent_dim": member.config.latent_dim,
            "seed": member.config.seed,
            "state": ended[member.name].state,
            "error": ended[member.name].error,
            "metrics": ended[member.name].metrics,
        }
        for member in members
    ]
    failed = sum(row["state"] == "failed" for row in rows)
    return {"members": rows, "failed": failed, "seconds": round(time.monotonic() - began, 2)}


def _train(members: Sequence[Member], args: argparse.Namespace) -> dict[str, Event]:
    """Train the members and return the last event of each by its name."""
    ended: dict[str, Event] = {}
    progress: dict[str, float] = {}

    def left() -> str:
        done = sum(event.state != "failed" for event in ended.values())
        return f"{done} of {len(members)} runs are finished and kept, and the same command goes on from there."

    events = sweep(members, args.engine, args.ray_address, replace_shipped=args.replace_shipped)
    # Closed here, the workers have ended and the names are free before anything is told.
    with telling(left), ProgressBar(args.name) as bar, closing(events):
        for event in events:
            name = event.member.name
            if event.ended:
                ended[name] = event
                bar.line(f"{len(ended)} of {len(members)}  {name} {event.error or event.state}")
            progress[name] = 1.0 if event.ended else event.progress
            skipped = sum(e.state == "skipped" for e in ended.values())
            if len(members) > skipped:
                bar.step((sum(progress.values()) - skipped) / (len(members) - skipped))
    return ended


def show(result: dict[str, Any]) -> str:
    """Return a table of a sweep's members, by latent size, β and seed."""
    lines = [
        f"{'beta':>7} {'latent':>6} {'seed':>4} {'test rec':>9} {'KL':>8} {'-ELBO':>9} {'active':>6} {'kNN':>6}  name"
    ]
    for row in sorted(result["members"], key=lambda row: (row["latent_dim"], row["beta"], row["seed"])):
        start = f"{row['beta']:>7g} {row['latent_dim']:>6} {row['seed']:>4} "
        if row["metrics"] is None:
            lines.append(f"{start}{row['state']}: {printable(row['error'])}")
            continue
        m = row["metrics"]
        loss = None if m.get("elbo") is None else -m["elbo"]
        lines.append(
            f"{start}{show_number(m.get('test_reconstruction'), '.2f'):>9} {show_number(m.get('test_kl'), '.2f'):>8} "
            f"{show_number(loss, '.2f'):>9} {show_number(m.get('active_units'), 'g'):>6} "
            f"{show_number(m.get('knn_accuracy'), '.1%'):>6}  {row['name']}"
        )
    return "\n".join(lines)
