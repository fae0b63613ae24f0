"""The frame of every page: page settings, sidebar, address, Retrain, and before/after."""
