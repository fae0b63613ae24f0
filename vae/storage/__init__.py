"""A run on disk: its name, files, weights and measurements; zip archives, the bin, and the cache."""
