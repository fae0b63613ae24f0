"""Before and after a retraining: maps, samples of the same z, and the numbers that tell the balance, paired."""

from collections.abc import Mapping
from dataclasses import asdict, replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vae.beta.ladder import comparable
from vae.generate.samples import prior_samples
from vae.jobs.questions import COMPARED, read_differences, read_measures
from vae.jobs.trainer import QuestionError
from vae.jobs.watch import SAMPLES
from vae.measure import evaluate
from vae.measure.intervals import Measure
from vae.measure.paired import Difference, paired_difference
from vae.measure.quick_samples import QUICK_NUMBERS, quick_change
from vae.storage.checkpoints import Checkpoint
from vae.storage.frozen import alike
from vae.training.loop import LOOKED
from vae.ui.frame import before_now, folding
from vae.ui.frame.before_now import State, course_of
from vae.ui.frame.changes import trained_on, what_differs
from vae.ui.shared import models, numbers, server
from vae.ui.shared.models import LOAD_ERRORS, Trained, kept, weights_key
from vae.ui.shared.numbers import NUMBERS
from vae.ui.shared.terms import explained
from vae.ui.shared.words import NEEDS_LABELS

OF_CLASSES = ("knn_accuracy", "silhouette")  # numbers that compare codes with labels
MORE = ("elbo", "mse", "knn_accuracy", "silhouette", "active_units")
LOSSES = ("test_reconstruction", "elbo")  # on one scale only if data, likelihood and pixels are the same
POLL_SECONDS = 1.0
_IN_TEXT = {"test_reconstruction": "reconstruction loss", "test_kl": "KL"}
_METHOD = (
    "The intervals are found by the bootstrap, on the same test images with the same noise for both models, or on "
    "samples of the same z. They hold for these two runs: training again with another seed moves the numbers too."
)
_WORDS = {"before_now": ("Before", "After"), "first_second": ("First", "Second")}  # by the picture's key


def show(after: Checkpoint | None) -> None:
    """Draw the comparison if this session has retrained the VAE; draw nothing otherwise."""
    before = find(st.session_state.get("before", ""))
    if before is None or after is None or before.name == after.name or before.config.dataset != after.config.dataset:
        return
    before, after = alike(before, after)
    shown, title = folding.is_open(), f"Before and after: {before.title} → {after.title}"
    with st.container(border=True, key="before_after"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container():
                if shown:
                    st.subheader(title)
                else:
                    st.markdown(f"**{title}**")
            folding.button()
            st.button("Close", key="close_before_after", help="End the comparison. Both models stay.", on_click=_close)
        if shown:
            _compare(before, after, "before_now")


def compare(first: Checkpoint, second: Checkpoint) -> None:
    """Draw the settings, numbers, maps and samples of any two checkpoints side by side."""
    first, second = alike(first, second)
    with st.container(border=True, key="compared"):
        st.subheader(f"{first.title} and {second.title}")
        st.caption(f"The numbers are those of {second.title}. Below each is its difference from that of {first.title}.")
        _compare(first, second, "first_second")


def find(name: str) -> Checkpoint | None:
    """Return the sound checkpoint of that name; None if there is none."""
    sound, _ = server.checkpoints()
    return next((checkpoint for checkpoint in sound if checkpoint.name == name), None)


def state(trained: Trained, caption: str) -> State:
    """Return a model's codes of the first test images and its samples, of the z that a run's looks show."""
    return State(trained.name, caption, trained.codes[:LOOKED], _samples(trained))


@kept(max_entries=48)
def _samples(trained: Trained) -> np.ndarray:
    return prior_samples(trained.model, SAMPLES)


def _close() -> None:
    st.session_state["before"] = ""


def _compare(before: Checkpoint, after: Checkpoint, key: str) -> None:
    st.markdown(what_differs(before, after))
    if before.data_fingerprint != after.data_fingerprint:
        st.warning("The two models were trained on different images, so that their numbers cannot be compared.")
        return
    try:
        pair = models.trained(before), models.trained(after)
    except LOAD_ERRORS as error:
        st.error(str(error))
        return
    if before.config.likelihood != after.config.likelihood:
        st.warning(
            "The two models have different likelihoods, so that their reconstruction losses and their −ELBO are on "
            "different scales. Compare their squared errors instead."
        )
    unknown = not _known(*pair)
    st.fragment(_numbers, run_every=POLL_SECONDS if unknown else None)(*pair, unknown, key)
    _picture(*pair, key)
    # They are measured when somebody looks at them: they take longer than all that is drawn above.
    more = st.expander("More numbers", key=f"{key}_more", on_change="rerun")
    if more.open:
        with more:
            keys = tuple(key for key in MORE if pair[1].dataset.labelled or key not in OF_CLASSES)
            changes = _changes(*pair, keys)
            with _cards(key, len(keys)):
                for one in keys:
                    numbers.show(NUMBERS[one], models.number(pair[1], one), change=changes.get(one))
            if len(keys) < len(MORE):
                st.caption(f"The kNN accuracy and the silhouette are left out: each {NEEDS_LABELS}.")
            st.caption(explained(_METHOD))


def _cards(key: str, count: int) -> DeltaGenerator:
    """Return a place for so many numbers, which the style sheet lays out in full rows of equal height."""
    return st.container(key=f"{key}_cards_of_{count}")


def _numbers(before: Trained, after: Trained, unknown: bool, key: str) -> None:
    """Draw the numbers that tell the balance; those of samples are measured by the worker, and drawn once known."""
    if unknown and _known(before, after):
        st.rerun()  # the whole page, which ends the polling
    samples: dict[str, tuple[Measure, Difference | None]] = {}
    error = ""
    try:
        samples = _sample_numbers(before, after)
    except QuestionError as reason:
        error = f"The samples could not be measured: {reason}"
    with _cards(key, len(QUICK_NUMBERS) + len(COMPARED)):
        for one in QUICK_NUMBERS:
            value, change = samples.get(one, (None, None))
            numbers.show(NUMBERS[one], value.value if value else None, change=change)
        changes = _changes(before, after, COMPARED)
        for one in COMPARED:
            numbers.show(NUMBERS[one], models.number(after, one), change=changes.get(one))
    _explain(samples, unknown and not samples)
    if error:
        st.warning(error)
    _control(before, after)


def _explain(samples: dict[str, tuple[Measure, Difference | None]], unknown: bool) -> None:
    said = (
        "In brackets is the 95 % interval of the difference. A change is called better or worse only where this "
        "interval excludes 0."
    )
    if unknown:
        said = "The app is measuring 5,000 samples of each model, which takes about ten seconds. " + said
    st.caption(explained(" ".join([said, *(_describe(key, measure) for key, (measure, _) in samples.items())])))


def _describe(key: str, measure: Measure) -> str:
    """Return a number of samples with its own interval, and what stands for its best and its worst."""
    number = NUMBERS[key]
    value, low, high = (format(each or 0.0, number.form) for each in (measure.value, measure.low, measure.high))
    good, bad = (format(each or 0.0, number.form) for each in (measure.good, measure.bad))
    return (
        f"{number.label}: {value} [{low}, {high}]; training images in the place of the samples would have {good}, and "
        f"pixels without structure {bad}."
    )


def _sample_numbers(before: Trained, after: Trained) -> dict[str, tuple[Measure, Difference | None]]:
    """Return the numbers of the second model's samples that are known, each with its paired change."""
    measured = [_ask(trained) for trained in (before, after)]
    if measured[1] is None:
        return {}
    same_z = measured[0] is not None and before.latent_dim == after.latent_dim
    changes = quick_change(measured[0], measured[1]) if same_z and measured[0] else {}
    return {key: (measure, changes.get(key)) for key, measure in measured[1].items()}


def _ask(trained: Trained) -> dict[str, Measure] | None:
    path, written, beta = weights_key(trained.checkpoint)
    name = trained.checkpoint.name
    answer = server.trainer().ask({"kind": "samples", "name": name, "written": written, "path": path, "beta": beta})
    return None if answer is None else read_measures(answer)


def _known(before: Trained, after: Trained) -> bool:
    """Tell whether the worker has answered, so that nothing needs to be polled for."""
    try:
        return None not in (_ask(before), _ask(after)) and _asked_control(before, after) is not None
    except QuestionError:
        return True  # nothing will change


def _asked_control(before: Trained, after: Trained) -> dict[str, Difference] | None:
    """Return what the same steps without a change of β would have changed; {} where nothing is to be asked."""
    config = after.checkpoint.config
    every = after.checkpoint.frozen_at is not None  # which trains at every β, before and after
    if every or not trained_on(before.checkpoint, after.checkpoint) or config.beta == config.start_beta:
        return {}
    control = replace(config, beta=config.start_beta, seconds=None, epochs=None, steps=after.checkpoint.steps_done)
    try:
        answer = server.trainer().ask({"kind": "control", "config": asdict(control)})
    except QuestionError:
        return {}
    return None if answer is None else read_differences(answer)


def _control(before: Trained, after: Trained) -> None:
    found, config = _asked_control(before, after), after.checkpoint.config
    if found is None:
        st.caption(f"The app is measuring what as many steps at β {config.start_beta:g} would have changed.")
    elif found:
        told = [f"the {_IN_TEXT[key]} by {d.value:+.2f} [{d.low:+.2f}, {d.high:+.2f}] nats" for key, d in found.items()]
        st.caption(
            f":material/balance: {after.checkpoint.steps_done:,} more steps at β {config.start_beta:g} instead would "
            f"have changed {' and '.join(told)}. The rest of the change comes from β."
        )


def _picture(before: Trained, after: Trained, key: str) -> None:
    name = after.checkpoint.name
    job = next((job for job in reversed(server.trainer().jobs) if name in job.names), None)
    course = course_of(job, name, from_start=trained_on(before.checkpoint, after.checkpoint))
    first, second = (
        state(trained, f"{word}: {trained.checkpoint.name}, {_beta(trained.checkpoint)}")
        for word, trained in zip(_WORDS[key], (before, after), strict=True)
    )
    same_axes = trained_on(before.checkpoint, after.checkpoint)
    before_now.show(first, second, course, after.dataset, same_axes=same_axes, key=key)


def _beta(checkpoint: Checkpoint) -> str:
    return "no β" if checkpoint.model == "ae" else f"β {checkpoint.config.beta:g}"


@kept(max_entries=48)
def _changes(before: Trained, after: Trained, keys: tuple[str, ...]) -> Mapping[str, float | Difference]:
    """Return the changes of the numbers that both models have on one scale, paired by image where they are means."""
    losses = comparable(before.checkpoint, after.checkpoint)
    rows = [_rows(trained, keys) for trained in (before, after)]
    changes: dict[str, float | Difference] = {
        key: paired_difference(rows[0][key], rows[1][key])
        for key in keys
        if key in rows[0] and key in rows[1] and (losses or key not in LOSSES)
    }
    units = [models.number(trained, "active_units") for trained in (before, after)]
    if "active_units" in keys and units[0] is not None and units[1] is not None:
        changes["active_units"] = units[1] - units[0]
    return changes


def _rows(trained: Trained, keys: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return the numbers of every test image, those that take long only where one of `keys` is among them."""
    losses = models.losses_per_image(trained)
    return losses if set(keys) <= set(evaluate.LOSSES) else losses | models.codes_per_image(trained)
