"""From settings to a trained model: configuration, recipe, the training loop and its faster variants."""
