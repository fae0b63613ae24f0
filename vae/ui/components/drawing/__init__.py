"""The canvas on which a digit is drawn."""
