"""The choices that a model's settings have, and what is wrong with settings; nothing here imports torch."""

from collections.abc import Sequence

BODIES = ("mlp", "conv")
ACTIVATIONS = ("relu", "silu", "gelu", "tanh", "sigmoid")
LIKELIHOODS = ("bernoulli", "gaussian", "optimal-gaussian")
LOWEST_BETA, HIGHEST_BETA = 0.03, 20.0  # between which a multi-rate VAE is trained
SHOWN_BETAS = (0.05, 16.0)  # between which it is shown: near the ends of the range it has seen few β on one side
SIDES = (8, 128)  # pixels that an image has, at least and at most, each way
MOST_LEVELS = 5  # of a conv body: 128 pixels are then 4


def image_shape_problems(image_shape: Sequence[int]) -> list[str]:
    """List in words what is wrong with an image shape (C, H, W); the list is empty if nothing is."""
    if len(image_shape) != 3:
        return [f"image shape must be (channels, height, width), not {tuple(image_shape)}"]
    problems = []
    if image_shape[0] not in (1, 3):
        problems.append(f"images must have 1 or 3 channels, not {image_shape[0]}")
    low, high = SIDES
    if not all(low <= side <= high for side in image_shape[1:]):
        problems.append(f"images must be {low} to {high} pixels high and wide, not {image_shape[1]} × {image_shape[2]}")
    return problems


def body_problems(latent_dim: int, body: str, hidden: Sequence[int], activation: str) -> list[str]:
    """List in words what is wrong with a model's settings; the list is empty if nothing is."""
    problems = []
    if not 1 <= latent_dim <= 128:
        problems.append(f"latent size must be 1 to 128, not {latent_dim}")
    if body not in BODIES:
        problems.append(f"body must be one of {', '.join(BODIES)}, not {body!r}")
    if not 1 <= len(hidden) <= 6 or not all(1 <= width <= 4096 for width in hidden):
        problems.append(f"hidden sizes must be 1 to 6 numbers from 1 to 4096, not {list(hidden)}")
    if body == "conv" and len(hidden) > MOST_LEVELS:
        problems.append(f"a conv body halves the image once a layer and takes at most {MOST_LEVELS}, not {len(hidden)}")
    if activation not in ACTIVATIONS:
        problems.append(f"activation must be one of {', '.join(ACTIVATIONS)}, not {activation!r}")
    return problems
