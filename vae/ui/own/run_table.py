"""The table of all runs, in which each ladder is one row that can be opened, and the runs that are chosen in it."""

from collections.abc import Sequence
from math import nan
from typing import Any

import pandas as pd
import streamlit as st

from vae.beta.folding import fold
from vae.storage.checkpoints import Checkpoint
from vae.training.config import MULTI_RATE
from vae.ui.shared.plain import plain

MODELS = {"ae": "AE", "vae": "VAE", "classifier-vae": "ClassifierVAE", MULTI_RATE: "VAE, every β"}
KEY = "runs_table"
FILTER, KINDS = "runs_name", "runs_models"
# Columns that are always shown fit a window of 1440 pixels; the rest are shown on request.
MORE = (
    *("likelihood", "layers", "squared error", "kNN accuracy", "silhouette"),
    *("active units", "steps", "seconds", "seed", "finished"),
)
_NUMBER, _TEXT = st.column_config.NumberColumn, st.column_config.TextColumn
COLUMNS: dict[str, Any] = {
    "name": _TEXT(pinned=True, width=175),
    "note": _TEXT(width=120),
    "created": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=135),
    "model": _TEXT(width=100, help="“VAE, every β” is a multi-rate VAE, which has learned every β at once."),
    "latent size": _NUMBER(width=85, help="How many numbers a code has."),
    "β": _NUMBER(
        format="%g",
        width=50,
        help="The weight of the KL term in the loss. The losses of a VAE of every β are those at β 1.",
    ),
    "epochs": _NUMBER(format="%.3g", width=65, help="Passes over all training images."),
    "reconstruction": _NUMBER(format="%.2f", width=110, help="The reconstruction loss of test images, nats per image."),
    "KL": _NUMBER(format="%.2f", width=65, help="The KL of test images, nats per image."),
    "−ELBO": _NUMBER(format="%.2f", width=70, help="The negative ELBO of test images, nats per image."),
    "squared error": _NUMBER(format="%.4f", help="Per pixel, whose values go from 0 to 1."),
    "kNN accuracy": _NUMBER(format="percent", help="How often the nearest codes tell the class of a test image."),
    "silhouette": _NUMBER(format="%.3f", help="How far apart the codes of different classes are, from −1 to 1."),
    "active units": _NUMBER(format="%d", help="Latent dimensions whose posterior mean differs from image to image."),
    "finished": st.column_config.CheckboxColumn(help="Off for a run that was stopped before its end."),
}


def choose(runs: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Draw a filter, the table of all runs and their ladders, and return the runs that are chosen."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Filter by name", key=FILTER, placeholder="vae-2d", width=220)
        kinds = st.pills("Model", list(MODELS), format_func=MODELS.__getitem__, selection_mode="multi", key=KINDS)
        every = st.toggle("Show all columns", key="runs_columns")
    found = [run for run in runs if _fits(run, words, kinds)]
    if not found:
        st.info("No run fits the filter. Clear the field **Filter by name** and the choice of models to see all runs.")
        return []
    hidden = () if every else MORE
    # What a filter finds is shown as it is: nobody looks for it in a row that is folded.
    single, ladders = (found, []) if words else fold(found)
    chosen = _table(single, KEY, hidden) if single else []
    for ladder in ladders:
        rows = st.expander(plain(ladder.label), key=f"runs_ladder_{ladder.name}", on_change="rerun")
        if rows.open:
            with rows:
                chosen += _table(ladder.runs, f"{KEY}_{ladder.name}", hidden)
    return chosen


def show_again(run: Checkpoint) -> bool:
    """Clear the filter, in a callback, if it hides a run; tell whether it did."""
    if _fits(run, st.session_state.get(FILTER) or "", st.session_state.get(KINDS) or ()):
        return False
    st.session_state.update({FILTER: "", KINDS: []})
    return True


def follow_name(name: str, new_name: str) -> None:
    """Let a chosen run stay chosen under its new name, in a callback."""
    for names in st.session_state.get("runs_shown", {}).values():
        names[:] = [new_name if each == name else each for each in names]


def _fits(run: Checkpoint, words: str, kinds: Sequence[str]) -> bool:
    return words.lower() in run.name.lower() and (not kinds or run.model in kinds)


def _table(runs: Sequence[Checkpoint], key: str, hidden: Sequence[str]) -> list[Checkpoint]:
    """Draw a table of runs and return the chosen ones."""
    table = pd.DataFrame([_row(run) for run in runs])
    empty = () if any(run.note for run in runs) else ("note",)
    _keep_choice(key, [run.name for run in runs])
    event = st.dataframe(
        table.drop(columns=[*hidden, *empty]),
        column_config=COLUMNS,
        hide_index=True,
        placeholder="–",
        on_select="rerun",
        selection_mode="multi-row",
        key=key,
        alt="Runs with their settings and measurements",
    )
    return [runs[row] for row in event["selection"]["rows"] if row < len(runs)]


def _keep_choice(key: str, names: list[str]) -> None:
    """Let the chosen runs stay chosen where the table has other rows than before, since its state has but numbers."""
    shown = st.session_state.setdefault("runs_shown", {})
    before, shown[key] = shown.get(key, names), names
    if before != names and key in st.session_state:
        rows = st.session_state[key]["selection"]["rows"]
        chosen = [before[row] for row in rows if row < len(before)]
        left = [names.index(name) for name in chosen if name in names]
        st.session_state[key] = {"selection": {"rows": left, "columns": [], "cells": []}}


def _row(run: Checkpoint) -> dict[str, Any]:
    config, elbo = run.config, _number(run, "elbo")
    return {
        "name": run.name,
        "note": run.note,
        "created": pd.Timestamp(run.created).tz_convert(st.context.timezone or "UTC"),
        "model": MODELS[run.model],
        "latent size": config.latent_dim,
        "β": nan if run.model in ("ae", MULTI_RATE) else config.beta,
        "epochs": run.epochs_done,
        "reconstruction": _number(run, "test_reconstruction"),
        "KL": _number(run, "test_kl"),
        "−ELBO": -elbo,
        "likelihood": config.likelihood,
        "layers": config.layers,
        "squared error": _number(run, "mse"),
        "kNN accuracy": _number(run, "knn_accuracy"),
        "silhouette": _number(run, "silhouette"),
        "active units": _number(run, "active_units"),
        "steps": run.steps_done,
        "seconds": run.seconds_taken,
        "seed": config.seed,
        "finished": run.finished,
    }


def _number(run: Checkpoint, key: str) -> float:
    value = run.metric(key)
    return nan if value is None else value
