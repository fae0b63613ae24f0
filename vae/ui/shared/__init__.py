"""Everything that several pages use: loaded models, the server's workers, readings and numbers."""
