"""The scenes of the tour: seven questions on the shipped models, in order."""
