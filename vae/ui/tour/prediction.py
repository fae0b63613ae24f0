"""Predict, then reveal: the reader picks one of three outcomes, and is then told which one happened, and why."""

from collections.abc import Sequence

import streamlit as st

PREFIX = "predicted_"


def ask(scene: str, question: str, outcomes: Sequence[str]) -> int | None:
    """Draw a question with a button for each outcome, until one is picked; return which one was picked, or None."""
    chosen = st.session_state.get(PREFIX + scene)
    if isinstance(chosen, int):
        return chosen
    with st.container(key=f"predict_{scene}", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Predict first.** {question}", width="content")
        for number, outcome in enumerate(outcomes):
            st.button(outcome, key=f"outcome_{scene}_{number}", on_click=_pick, args=(scene, number))
    return None


def reveal(outcomes: Sequence[str], chosen: int, happened: int | None, why: str) -> None:
    """Say whether what was picked happened, what did, and why.

    Args:
        happened: the number of the outcome that was measured; None if it is none of them.
    """
    if happened is None:
        words = "None of the three happened."
    elif chosen == happened:
        words = f"You were right: “{outcomes[happened]}”."
    else:
        words = f"You picked “{outcomes[chosen]}”. It was “{outcomes[happened]}”."
    (st.success if chosen == happened else st.info)(f"**{words}** {why}")


def _pick(scene: str, number: int) -> None:
    st.session_state[PREFIX + scene] = number
