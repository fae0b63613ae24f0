"""The file that `streamlit run` starts: the server, which gets ready while the browser opens."""

import streamlit as st
from starlette.middleware import Middleware

from vae.ui.frame.first_html import WithStyle
from vae.ui.frame.warm_up import lifespan

app = st.App("latent_spaces.py", lifespan=lifespan, middleware=[Middleware(WithStyle)])
