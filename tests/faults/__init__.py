"""Processes that are killed at random moments, and disks that are full: run with -m faults."""
