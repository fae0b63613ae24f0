"""Panels of the pages that look into images."""
