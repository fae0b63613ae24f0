"""Training: the loss curves of any models, and films of their samples."""

import streamlit as st

from vae.storage.shipped import own_first
from vae.ui.compare import course, live
from vae.ui.frame import data_set, follow, page, pages, sidebar
from vae.ui.shared.terms import explained


def show() -> None:
    """Draw the run in progress, then the loss curves, films and commands of the chosen models."""
    live.show()
    by_name = {c.name: c for c in own_first(data_set.runs())}
    if not by_name:
        st.info("There is no model of these images yet. Press **Retrain** in the sidebar to train one.")
        return
    chosen = sidebar.chosen()
    pair = [c.name for c in (chosen.ae, chosen.vae) if c is not None] or list(by_name)[:1]
    follow.follow("curves", pair, by_name)
    names = st.multiselect("Models", list(by_name), default=pair, key="curves", persist_state="session")
    if not names:
        st.info("Choose at least one model.")
        return
    shown = [by_name[name] for name in names]
    course.curves(shown)
    course.explain_multi_rate({run.name: run.model for run in shown})
    if len({c.config.likelihood for c in shown}) > 1:
        st.warning("These models have different likelihoods, so their reconstruction losses are on different scales.")
    st.subheader("Samples after each epoch")
    for checkpoint in shown:
        course.film(checkpoint)
    with st.expander("More to look for"):
        _more_to_look_for()
    with st.expander("Commands that train these models again"):
        for checkpoint in shown:
            st.code(checkpoint.command, language="bash", wrap_lines=True)


def _more_to_look_for() -> None:
    lines = [
        "**Training and test loss.** A dotted line that goes on falling while the solid one rises tells of "
        "overfitting: the model learns its training images by heart.",
        "**The rise of the KL.** Early in training the code of a VAE says little. Its KL rises as the decoder learns "
        "to use the code, and the reconstruction loss falls with it. An AE has no KL.",
        "**How the losses are measured.** Test losses are over all test images with one draw of z each. Training "
        "losses are over the batches of the epoch while the weights moved, so they lag behind by half an epoch.",
    ]
    st.markdown(explained("\n".join(f"- {line}" for line in lines)))


page.begin(
    pages.TRAINING,
    "The lower the line of the reconstruction loss, the better the copies; the KL says how many nats a code keeps.",
    "Solid lines are losses on test images, dotted lines on training images. The films below show the samples improve.",
)
show()
