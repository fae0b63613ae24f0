"""Where one image lies among others: marks in the latent maps of `figures.latent_maps`."""
