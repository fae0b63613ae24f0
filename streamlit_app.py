"""The file that `streamlit run` starts: the server, which gets ready while the browser opens."""

import streamlit as st

from vae.ui.frame.warm_up import lifespan

app = st.App("latent_spaces.py", lifespan=lifespan)
