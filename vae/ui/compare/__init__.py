"""Panels of the pages that compare two models: latent maps, selections, samples, training."""
