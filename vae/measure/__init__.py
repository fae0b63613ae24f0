"""How good a model is, in numbers with intervals: its bound, likelihood, samples and latent space."""
