"""Encoders, decoders and the autoencoders made of them; their objectives; the judge, which classifies images."""
