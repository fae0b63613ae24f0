"""Panels of the page Your images: files in, seen as the model sees them, imported, listed."""
