"""Sets of images that the user has imported: a folder each, with one memory-mapped array of all images."""
