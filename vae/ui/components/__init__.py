"""Streamlit components, a folder each, and the buffer of bytes that carries models to the browser."""
