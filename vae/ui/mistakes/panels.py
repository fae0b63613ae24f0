"""The panels of a mistake: pictures of both models side by side, the symptom, the lines of code, codes, numbers."""

from math import prod

import pandas as pd
import streamlit as st

from vae.jobs.job import Job
from vae.ui.frame.retrain import fill_beta
from vae.ui.mistakes import again, codes, numbers, pictures, sides
from vae.ui.mistakes.lessons import LARGE_BETA, Lesson
from vae.ui.mistakes.sides import Sides
from vae.ui.shared import models
from vae.ui.shared.models import LOAD_ERRORS, Trained
from vae.ui.shared.plain import plain
from vae.ui.shared.terms import explained

VALUES = prod((1, 28, 28))  # of an image of MNIST


def show(lesson: Lesson) -> None:
    """Draw a mistake beside the right model, or say which model is missing and how to get it."""
    st.markdown(explained(lesson.what.format(values=VALUES, beta=LARGE_BETA)))
    found, job = sides.find(lesson), again.going(lesson)
    try:
        wrong, right = (None if run is None else models.trained(run) for run in (found.wrong, found.right))
    except LOAD_ERRORS as error:
        st.error(plain(str(error)))
        wrong = right = None
    if wrong is None or right is None or job is not None:
        _without_both(lesson, found, right, job)
        _code(lesson, going=job is not None)
        return
    measured = numbers.measure(lesson, wrong, right)
    _pictures(lesson, wrong, right)
    st.markdown(explained(numbers.symptom(lesson, measured)))
    _code(lesson)
    _evidence(lesson, wrong, right)
    st.dataframe(pd.DataFrame(numbers.table(measured, lesson.sides)), hide_index=True, key="mistake_numbers")
    st.caption(explained(_about_numbers(lesson, right)))
    with st.expander("How these models were trained"):
        st.markdown(explained(codes.describe(lesson, right)))
        for trained in dict.fromkeys((wrong, right)):
            st.code(trained.checkpoint.command, language="bash", wrap_lines=True)


def _without_both(lesson: Lesson, found: Sides, right: Trained | None, job: Job | None) -> None:
    """Draw a run that is going in the place of the wrong model, or say what is missing."""
    if job is None:
        names = " and ".join(found.missing)
        how = (
            f"{'Press the button below' if sides.to_train(lesson) else 'Run `checkpoints/train_all.sh`'} to train one."
        )
        if names:
            st.info(f"Not among the models here: {names}. {how}")
        return
    left, beside = st.columns(2)
    with left:
        st.markdown(f"**{lesson.sides[0]}**")
        again.follow(lesson, job)
    with beside:
        st.markdown(f"**{lesson.sides[1]}**")
        if right is not None:
            pictures.samples(right, "right")


def _pictures(lesson: Lesson, wrong: Trained, right: Trained) -> None:
    for column, trained, side, title in zip(
        st.columns(2), (wrong, right), ("wrong", "right"), lesson.sides, strict=True
    ):
        with column:
            st.markdown(f"**{title}** ({trained.name})")
            if lesson.key == "at-mean":
                pictures.reconstructions(trained, side, ("code" if side == "wrong" else "draw",), rows=3)
            else:
                pictures.samples(trained, side)
                # Only a draw shows what a decoder has missed that was trained without noise.
                pictures.reconstructions(trained, side, ("code", "draw") if lesson.key == "no-noise" else ("code",))


def _code(lesson: Lesson, *, going: bool = False) -> None:
    left, beside = st.columns([2, 1])
    with left:
        st.code(lesson.code.format(beta=LARGE_BETA), language="diff", wrap_lines=True)
    with beside:
        if lesson.key == "beta":
            st.button(
                f"Put β = {LARGE_BETA} into the Retrain form",
                key="mistake_beta",
                icon=":material/replay:",
                on_click=fill_beta,
                args=(float(LARGE_BETA), "bernoulli"),
            )
        elif not going:
            again.offer(lesson)
        st.markdown("**In your own program.** " + explained(lesson.find.format(values=VALUES)))


def _evidence(lesson: Lesson, wrong: Trained, right: Trained) -> None:
    if lesson.key == "at-mean":
        codes.show_differences(right)
    else:
        codes.show(lesson.sides, wrong, right)


def _about_numbers(lesson: Lesson, right: Trained) -> str:
    over = (
        "10,000 samples of the same z"
        if lesson.key == "ae"
        else f"the same {len(right.dataset.test_images):,} test images, with the same draw of z"
    )
    return f"The numbers are measured over {over}, and the intervals are paired."
