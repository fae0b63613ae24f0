"""Runs: every checkpoint in one table; compare two; retrain from, rename, delete or download one; load a zip."""

from typing import Any

import pandas as pd
import streamlit as st

from vae.data.imported.shelf import title
from vae.storage import archive, bin, names
from vae.storage.bin import Discarded
from vae.storage.checkpoints import Checkpoint, Damaged, load
from vae.storage.names import CheckpointError
from vae.storage.shipped import SHIPPED, own_first
from vae.storage.starts import find_start
from vae.training.config import ConfigError
from vae.ui.frame import before_after, data_set, page, pages, retrain, start
from vae.ui.frame.start import Plan
from vae.ui.shared import server
from vae.ui.shared.plain import plain

COLUMNS = {
    "test_reconstruction": ("reconstruction", "%.2f"),
    "test_kl": ("KL", "%.2f"),
    "elbo": ("ELBO", "%.2f"),
    "mse": ("squared error", "%.4f"),
    "knn_accuracy": ("kNN accuracy", "percent"),
    "silhouette": ("silhouette", "%.3f"),
    "active_units": ("active units", "%d"),
}
MORE_EPOCHS = 20
_MODELS = {"ae": "AE", "vae": "VAE", "classifier-vae": "ClassifierVAE"}


def show() -> None:
    """Draw the table of runs, the actions for the chosen ones, and the upload of runs made elsewhere."""
    _, damaged = server.checkpoints()
    sound = own_first(data_set.runs())
    _say_what_happened()
    if sound:
        chosen = _choose(sound)
        if len(chosen) == 1:
            _one(chosen[0])
        elif len(chosen) == 2:
            before_after.compare(chosen[0], chosen[1])
        elif len(chosen) > 2:
            st.info("Choose one run to work with it, or two to compare them.")
    else:
        of = plain(title(data_set.current()))
        st.info(f"There is no run of {of} yet: press **Retrain** in the sidebar, or load a zip below.")
    _damaged(damaged)
    _upload()


def _damaged(damaged: list[Damaged]) -> None:
    if not damaged:
        return
    st.subheader("Damaged runs")
    st.caption("No page shows these runs. Delete one, or mend its file by hand.")
    for number, run in enumerate(damaged):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(run.name)}**: {plain(run.reason)}")
            st.button(
                "Delete all the same" if _asked("delete", run.name) else "Delete",
                key=f"damaged_{number}",
                icon=":material/delete:",
                on_click=_delete,
                args=(run.name,),
            )


def _choose(sound: list[Checkpoint]) -> list[Checkpoint]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Filter by name", key="runs_name", placeholder="vae-2d", width=220)
        kinds = st.pills(
            "Model", list(_MODELS), format_func=_MODELS.__getitem__, selection_mode="multi", key="runs_models"
        )
    found = [c for c in sound if words.lower() in c.name.lower() and (not kinds or c.model in kinds)]
    numbers = {label: st.column_config.NumberColumn(format=form) for label, form in COLUMNS.values()}
    event = st.dataframe(
        pd.DataFrame([_row(c) for c in found], columns=list(_row(sound[0]))),
        column_config=numbers | {"name": st.column_config.Column(pinned=True)},
        hide_index=True,
        placeholder="–",
        on_select="rerun",
        selection_mode="multi-row",
        key="runs_table",
    )
    st.caption(
        "Runs of the images that are chosen at the top of the sidebar, your own first, the newest at the top. Losses "
        "in nats per image over all test images, one draw of z each. Click a heading to sort, the boxes at the left to "
        "choose; two chosen runs are compared."
    )
    rows = event["selection"]["rows"]
    return [found[row] for row in rows if row < len(found)]


def _row(checkpoint: Checkpoint) -> dict[str, Any]:
    config = checkpoint.config
    return {
        "name": checkpoint.name,
        "model": _MODELS[checkpoint.model],
        "data": title(config.dataset),
        "latent size": config.latent_dim,
        "β": None if checkpoint.model == "ae" else config.beta,
        "likelihood": config.likelihood,
        "body": config.layers,
        **{label: checkpoint.metric(key) for key, (label, _) in COLUMNS.items()},
        "epochs": checkpoint.epochs_done,
        "steps": checkpoint.steps_done,
        "seconds": checkpoint.seconds_taken,
        "seed": config.seed,
        "finished": checkpoint.finished,
        "created": pd.to_datetime(checkpoint.created, errors="coerce"),
    }


def _one(checkpoint: Checkpoint) -> None:
    with st.container(border=True, key="run_actions"):
        st.subheader(checkpoint.name)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _work_with(checkpoint)
            _give_away(checkpoint)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("New name", checkpoint.name, key=f"run_name_{checkpoint.name}", width=320)
            st.button(
                "Rename all the same" if _asked("rename", checkpoint.name) else "Rename",
                key="run_rename",
                on_click=_rename,
                args=(checkpoint.name,),
            )
        st.markdown("The command that trains it again:")
        st.code(checkpoint.command, language="bash", wrap_lines=True)
        _say_if_start_is_gone(checkpoint)


def _work_with(checkpoint: Checkpoint) -> None:
    st.button("Compare it in the app", key="run_open", on_click=_open, args=(checkpoint,))
    st.button(
        "Retrain with these settings",
        key="run_settings",
        on_click=retrain.fill_form,
        args=(checkpoint,),
        help="Fills the form in the sidebar with every setting of this run.",
    )
    st.button(
        f"Train {MORE_EPOCHS} more epochs",
        key="run_more",
        disabled=retrain.trains(),
        on_click=_train_on,
        args=(checkpoint,),
        help="Trains on from this run's weights at its own β, as a run of its own.",
    )
    before = before_after.find(checkpoint.config.start)
    if before is not None and checkpoint.model == "vae":
        st.button("Before and after", key="run_before", on_click=_show_before, args=(before, checkpoint))


def _give_away(checkpoint: Checkpoint) -> None:
    st.download_button(
        "Download (zip)",
        lambda: archive.to_zip(checkpoint.name),
        f"{checkpoint.name}.zip",
        "application/zip",
        key="run_zip",
        on_click="ignore",
    )
    st.button(
        "Delete all the same" if _asked("delete", checkpoint.name) else "Delete",
        key="run_delete",
        icon=":material/delete:",
        on_click=_delete,
        args=(checkpoint.name,),
    )


def _train_on(checkpoint: Checkpoint) -> None:
    before = checkpoint.name if checkpoint.model == "vae" else ""
    try:
        retrain.submit(Plan([start.continued_from(checkpoint, epochs=MORE_EPOCHS)], before))
    except (ConfigError, CheckpointError) as error:
        _say("error", plain(str(error)))


def _show_before(before: Checkpoint, after: Checkpoint) -> None:
    st.session_state.update(before=before.name, vae=after.name)


def _say_if_start_is_gone(checkpoint: Checkpoint) -> None:
    config = checkpoint.config
    if not config.start:
        return
    try:
        find_start(config.start, config.start_weights)
    except CheckpointError as error:
        st.caption(f":material/info: {error} The command cannot repeat the run without them.")


def _open(checkpoint: Checkpoint) -> None:
    if checkpoint.model in ("ae", "vae"):
        st.session_state[checkpoint.model] = checkpoint.name
        _say("success", f"{checkpoint.name} is one of the compared models now.")
    else:
        _say("info", "The pages compare an AE and a VAE; a ClassifierVAE is neither.")


def _asked(deed: str, name: str) -> bool:
    """Tell whether the user has pressed once already to delete or rename a shipped checkpoint."""
    return st.session_state.get("runs_asked") == (deed, name)


def _is_sure(deed: str, name: str) -> bool:
    """Tell whether a run may be deleted or renamed; ask for a second press if it comes with the project."""
    sure = name not in SHIPPED or _asked(deed, name)
    st.session_state["runs_asked"] = None if sure else (deed, name)
    if not sure:
        _say(
            "warning",
            f"{name} comes with the project, and pages open on it: to {deed} it, press **{deed.capitalize()} all the "
            "same**.",
        )
    return sure


def _delete(name: str) -> None:
    if not _is_sure("delete", name):
        return
    try:
        st.session_state.setdefault("discarded", []).append(bin.discard(name))
    except CheckpointError as error:
        _say("error", plain(str(error)))


def _undo(discarded: Discarded) -> None:
    try:
        _say("success", f"{bin.recover(discarded)} is back.")
        st.session_state["discarded"].remove(discarded)
    except CheckpointError as error:
        _say("error", plain(str(error)))


def _rename(name: str) -> None:
    new_name = st.session_state[f"run_name_{name}"].strip()
    if new_name == name or not _is_sure("rename", name):
        return
    try:
        bin.rename(name, new_name)
        for kind in ("ae", "vae", "before"):
            if st.session_state.get(kind) == name:
                st.session_state[kind] = new_name
        _say("success", f"{name} is called {new_name} now.")
    except CheckpointError as error:
        _say("error", plain(str(error)))


def _say(kind: str, words: str) -> None:
    st.session_state["runs_said"] = (kind, words)


def _say_what_happened() -> None:
    kind, words = st.session_state.pop("runs_said", ("", ""))
    if words:
        {"success": st.success, "info": st.info, "warning": st.warning, "error": st.error}[kind](words)
    for number, discarded in enumerate(st.session_state.get("discarded", [])):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(discarded.name)}** is deleted.")
            st.button("Undo", key=f"undo_{number}", on_click=_undo, args=(discarded,))


def _upload() -> None:
    st.subheader("Load a run made elsewhere")
    st.file_uploader(
        "A zip that this page has made",
        type="zip",
        key=f"runs_zip_{st.session_state.get('uploads', 0)}",
        on_change=_take_upload,
    )
    st.caption("Weights are read as safetensors and never unpickled; an archive that holds anything else is refused.")


def _of_other_images(dataset: str) -> str:
    """Say where a run of other images than those of this page is found."""
    if dataset == data_set.current():
        return ""
    return f" It is one of {plain(title(dataset))}: choose these images at the top of the sidebar to see it."


def _take_upload() -> None:
    number = st.session_state.get("uploads", 0)
    uploaded = st.session_state.get(f"runs_zip_{number}")
    if uploaded is None:
        return
    # A new key empties the uploader, so that the same file is not taken again by the next rerun.
    st.session_state["uploads"] = number + 1
    try:
        name = archive.from_zip(uploaded.getvalue(), names.usable_name(uploaded.name.removesuffix(".zip")))
        _say("success", f"{name} is among the runs now.{_of_other_images(load(name).config.dataset)}")
    except CheckpointError as error:
        _say("error", plain(f"{uploaded.name}: {error}"))


page.begin(
    pages.RUNS, "Every checkpoint with its settings and what was measured; choose one to work with it, two to compare."
)
show()
