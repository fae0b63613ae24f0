"""The button that measures checkpoints, and the progress of the measurement."""

from collections.abc import Sequence

import streamlit as st

from vae.measure.recorded import recorded_quality, recorded_replicates
from vae.storage.checkpoints import Checkpoint
from vae.ui.shared import server

POLL_SECONDS = 1.0


def offer(runs: Sequence[Checkpoint], key: str, *, paired: bool = False) -> None:
    """Draw a Measure button if some runs were never measured, or progress and Cancel while they are being measured.

    Args:
        paired: also offer to measure runs again whose numbers lack the replicates that paired differences need.
    """
    never = [run.name for run in runs if recorded_quality(run.metrics) is None]
    again = [run.name for run in runs if paired and run.name not in never and recorded_replicates(run) is None]
    names = never + again
    if names:
        followed = any(not task.ended for task in server.measurer().find(names))
        why = f"Not measured yet: {', '.join(never)}. " if never else ""
        why += f"Without paired differences yet: {', '.join(again)}. " if again else ""
        st.fragment(_draw, run_every=POLL_SECONDS if followed else None)(names, key, why, followed)


def _draw(names: list[str], key: str, why: str, followed: bool) -> None:
    tasks = server.measurer().find(names)
    if any(not task.ended for task in tasks) != followed:
        st.rerun()  # the whole page: it starts polling, or shows the new numbers
    for task in tasks:
        if task.error:
            st.error(f"{task.name} could not be measured: {task.error}")
    going = [task for task in tasks if not task.ended]
    if going:
        running = next((task for task in going if task.state == "running"), going[0])
        left = f", {len(going) - 1} more after it" if len(going) > 1 else ""
        st.progress(running.progress, text=f"Measuring {running.name}: {running.what or 'starting'}{left}")
        st.button("Cancel", key=f"{key}_cancel", icon=":material/close:", on_click=_cancel, args=(names,))
        return
    words = "these models" if len(names) > 1 else names[0]
    st.button(f"Measure {words}", key=f"{key}_measure", icon=":material/straighten:", on_click=_measure, args=(names,))
    st.caption(
        f"{why}10,000 samples of each sampler and all test images take about a minute a model, in a process of its own."
    )


def _measure(names: list[str]) -> None:
    server.measurer().request(names)


def _cancel(names: list[str]) -> None:
    server.measurer().cancel(names)
