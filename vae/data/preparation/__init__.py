"""From an image as somebody stored it to the uint8 image that a model is trained on, step by step."""
