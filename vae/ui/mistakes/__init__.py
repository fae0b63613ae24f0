"""Panels of the page Break it: mistakes beside the right model, and their training at a press."""
