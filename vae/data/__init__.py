"""Images: data sets, their pixels, pictures read in and pictures written out."""
