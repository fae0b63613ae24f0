"""The Streamlit side of the library: sidebar, session state, and what the pages share."""
