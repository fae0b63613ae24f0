"""A closer look at codes and images: projections, one image's code and cost, pairs, unusual images."""
