"""Panels of the pages Your images and Runs: files in, imported, trained on; runs listed, named, kept and given away."""
