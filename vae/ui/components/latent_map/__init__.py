"""Both latent maps, linked, decoding under the pointer in the browser."""
