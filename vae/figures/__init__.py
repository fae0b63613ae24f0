"""Plotly figures as pure functions of arrays and tables, one file a subject."""
