"""New images: from random latents, along paths and dimensions, by arithmetic, or of a chosen class."""
