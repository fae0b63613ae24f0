"""Panels of the pages that make new images."""
