"""The two linked latent maps, which decode the place under the pointer in the browser."""
