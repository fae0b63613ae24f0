"""Colours that every figure shares."""

# Told apart by colour-blind people on white and on black; Paul Tol's bright scheme, extended.
PALETTE = (
    *("#4477AA", "#EE6677", "#228833", "#B8A000", "#33A6C8"),
    *("#AA3377", "#8C8C8C", "#7A6BD1", "#EE7733", "#009988"),
)
GRID = "rgba(128, 128, 128, 0.2)"
