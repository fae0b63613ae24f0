"""Autoencoders and variational autoencoders, trained, measured and compared."""
