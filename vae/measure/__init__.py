"""Numbers with intervals that say how good a model is: its likelihood, its samples and its latent space."""
