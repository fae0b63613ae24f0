"""Autoencoders and variational autoencoders, to train, measure, look into and compare.

The rooms, in reading order; each imports only from those above it in this list, as `tests/test_rooms.py` checks:

data        data sets, their pixels, pictures read in and pictures written out
models      encoders, decoders, the autoencoders made of them, their objectives, the judge
training    from settings to a trained model
generate    new images: from random latents, along paths and dimensions, by arithmetic, of a chosen class
storage     a run on disk
measure     how good a model is, in numbers with intervals
explore     a closer look at codes and images
jobs        work in other processes: training, measuring, sweeps
beta        the weight of the KL: ladders of runs, and other code bases' losses translated
figures     Plotly figures, a file a subject
export      models and codes for other programs
cli         the command line, `python -m vae`
ui          the app's side of the library, the only room that imports Streamlit
"""

__version__ = "0.1.0"  # of the package, which pyproject.toml reads here
