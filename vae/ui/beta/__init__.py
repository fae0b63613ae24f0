"""Panels of the β pages."""
