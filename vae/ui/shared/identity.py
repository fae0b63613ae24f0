"""The id by which one session is told from the others that share the trainer and the projector."""

import secrets

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def session() -> str:
    """Return this session's id: a secret, a space, and the id of its connection."""
    context = get_script_run_ctx()
    connection = context.session_id if context else ""
    return st.session_state.setdefault("session", f"{secrets.token_hex(8)} {connection}")
