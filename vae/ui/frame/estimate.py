"""The estimate beside the Retrain button: the budget in the other unit, and what a run of this session still takes."""

import streamlit as st

from vae.data.dataset import DatasetError
from vae.data.imported.shelf import title
from vae.data.names import BUILT_IN
from vae.jobs.job import Job
from vae.training.config import TrainConfig
from vae.ui.frame import data_set
from vae.ui.shared import server
from vae.ui.shared.plain import plain

_DEVICES = {"cuda": "GPU", "mps": "GPU (MPS)", "cpu": "CPU"}
LOOK_SECONDS = 4.0  # from one look at the latest figure to the next


def show(configs: list[TrainConfig], own: Job | None, seeds: int = 1) -> None:
    """Draw the estimate for these runs, and draw it again when a newer figure is there.

    Args:
        seeds: how many times they train, one time after the other.
        own: the session's job that runs or waits; None for none.
    """
    if not data_set.is_here(name := configs[0].dataset):
        how = "downloaded" if name in BUILT_IN else "imported"
        st.caption(f"The time that this takes is not known before {plain(title(name))} is {how}.")
        return
    # Asking for the speed starts the worker, whose imports would delay the page: the first look takes what is known.
    known = server.trainer().known_speed(configs) is not None
    own = own if own is not None and not own.ended else None
    st.fragment(_draw, run_every=LOOK_SECONDS)(configs, own, [known], seeds)


def _draw(configs: list[TrainConfig], own: Job | None, may_ask: list[bool], seeds: int) -> None:
    if own is not None:
        left = own.seconds_left()
        if left is not None and own.running:
            st.caption(f"Your run trains for about {left:.0f} s more. Then it is measured.")
        return
    speed = server.trainer().images_per_second(configs) if may_ask[0] else None
    may_ask[0] = True
    try:
        st.caption(describe(configs, speed, seeds))
    except DatasetError as error:
        st.caption(str(error))


def describe(configs: list[TrainConfig], speed: float | None, seeds: int = 1) -> str:
    """Say how many epochs the budget in seconds holds, or how many seconds the other budgets take.

    Args:
        speed: images per second of each of the runs; None if it is not known yet.
        seeds: how many times the runs train, one time after the other.
    """
    trainer, config = server.trainer(), configs[0]
    device = trainer.device if config.device == "auto" else config.device
    where = f"on the {_DEVICES.get(device, device.upper())}" if device else "here"
    if speed is None:
        return f"The app is measuring how {'many epochs this is' if config.seconds is not None else 'long this takes'}."
    how = "both at once" if trainer.together else "one after the other"
    runs = f", for each of the {len(configs)} models, {how}" if len(configs) > 1 else ""
    runs += f"; each of the {seeds} seeds takes as long" if seeds > 1 else ""
    images = server.dataset(config.dataset).train_size
    if config.seconds is not None:
        epochs = config.seconds * speed / images
        much = f"{epochs:.1f} epochs" if epochs >= 1 else f"{epochs:.0%} of an epoch"
        return f"This is about {much} {where}{runs}."
    seen = config.steps * config.batch_size if config.steps is not None else (config.epochs or 0) * images
    return f"This takes about {max(1, round(seen / speed))} s {where}{runs}."
