"""Before and after a retraining, side by side: the same z, the same test images, and the difference in each number."""

import streamlit as st

from vae.beta.ladder import comparable
from vae.data.to_picture import tile
from vae.figures.maps import Panel, latent_maps
from vae.generate.draws import prior_latents
from vae.measure.paired import Difference, paired_difference
from vae.storage.checkpoints import Checkpoint
from vae.training.config import differences
from vae.ui.shared import charts, models, numbers, server
from vae.ui.shared.models import LOAD_ERRORS, PRINCIPAL_AXES, Trained

KEYS = ["test_reconstruction", "test_kl", "elbo", "mse", "knn_accuracy", "silhouette", "active_units"]
LOSSES = ("test_reconstruction", "elbo")  # on one scale only if data, likelihood and pixels are the same
_IGNORED = ("epochs", "steps", "seconds", "device")
POINTS = 3_000


def show(after: Checkpoint | None) -> None:
    """Draw the comparison if this session has retrained the VAE; draw nothing otherwise."""
    before = _before()
    if before is None or after is None or before.name == after.name:
        return
    with st.container(border=True, key="before_after"):
        left, right = st.columns([6, 1], vertical_alignment="center")
        left.subheader(f"Before and after: {before.name} → {after.name}")
        right.button("Close", key="close_before_after", width="stretch", on_click=_close)
        _compare(before, after, "before_after_maps", ("Before", "After"))


def compare(first: Checkpoint, second: Checkpoint) -> None:
    """Draw the settings, numbers, maps and samples of any two checkpoints side by side."""
    with st.container(border=True, key="compared"):
        st.subheader(f"{first.name} and {second.name}")
        st.caption(f"Numbers are those of {second.name}, with their difference from {first.name}'s.")
        _compare(first, second, "compared_maps", ("First", "Second"))


def _compare(before: Checkpoint, after: Checkpoint, key: str, words: tuple[str, str]) -> None:
    _say_what_changed(before, after, words)
    if before.data_fingerprint != after.data_fingerprint:
        numbers.show_row(after, KEYS, {})
        st.warning("The two were trained on different data, so that no number of one says anything about the other.")
        return
    try:
        pair = models.trained(before), models.trained(after)
    except LOAD_ERRORS as error:
        st.error(str(error))
        return
    numbers.show_row(after, KEYS, _changes(*pair))
    st.caption(
        "In brackets: the 95 % bootstrap interval of the difference over the same test images, with the same noise. A "
        "change is called better or worse only if its interval excludes 0. This holds for these two runs: another seed "
        "of training moves a run too."
    )
    _show_pictures(*pair, key, words)


def _changes(before: Trained, after: Trained) -> dict[str, float | Difference]:
    """Return the changes of the numbers that both models have on one scale, paired by image where they are means."""
    losses = comparable(before.checkpoint, after.checkpoint)
    rows = models.per_image(before), models.per_image(after)
    changes: dict[str, float | Difference] = {
        key: paired_difference(rows[0][key], rows[1][key])
        for key in KEYS
        if key in rows[0] and key in rows[1] and (losses or key not in LOSSES)
    }
    units = before.checkpoint.metric("active_units"), after.checkpoint.metric("active_units")
    if units[0] is not None and units[1] is not None:
        changes["active_units"] = units[1] - units[0]
    return changes


def _close() -> None:
    st.session_state["before"] = ""


def _before() -> Checkpoint | None:
    name = st.session_state.get("before", "")
    sound, _ = server.checkpoints()
    return next((c for c in sound if c.name == name), None)


def _say_what_changed(before: Checkpoint, after: Checkpoint, words: tuple[str, str]) -> None:
    changed = differences(before.config, after.config, ignoring=_IGNORED)
    changed.append(f"steps: {before.steps_done:,} / {after.steps_done:,}")
    st.markdown(f"Different ({' / '.join(words).lower()}): " + "; ".join(changed) + ".")
    if before.config.likelihood != after.config.likelihood:
        st.warning(
            "The two have different likelihoods, so their reconstruction and ELBO are on different scales and say "
            "nothing about each other; compare the squared error."
        )
    elif after.steps_done < before.steps_done / 2:
        st.caption(
            f":material/balance: {after.name} had far fewer steps than {before.name}; part of any difference is that "
            "and not β. A larger budget, or retraining at the old β with the same budget, tells them apart."
        )


def _show_pictures(before: Trained, after: Trained, key: str, words: tuple[str, str]) -> None:
    if min(before.latent_dim, after.latent_dim) > 1:
        figure = latent_maps([_panel(trained) for trained in (before, after)], after.dataset.class_names)
        figure.update_layout(height=380)
        charts.show(figure, key, f"Latent spaces of {before.name} and {after.name}", tools=True)
    for column, trained, word in zip(st.columns(2), (before, after), words, strict=True):
        with column:
            samples = trained.decode(prior_latents(32, trained.latent_dim))
            st.image(
                tile(samples, columns=8),
                caption=f"{word}: {trained.name}, decodes of z ~ N(0, I)"
                + (", the same z in both" if before.latent_dim == after.latent_dim else ""),
                width="stretch",
            )


def _panel(trained: Trained) -> Panel:
    """Return a panel with a model's codes: as they are if they have two dimensions, their PCA if they have more."""
    labels = trained.dataset.test_labels[:POINTS].numpy()
    if trained.latent_dim == 2:
        return Panel(f"{trained.name}, as they are", trained.codes[:POINTS], labels, ("z1", "z2"))
    points = models.pca(trained, POINTS).points
    return Panel(f"{trained.name}, PCA", points, labels, PRINCIPAL_AXES)
