"""The base of the project's own errors."""


class VaeError(Exception):
    """An error whose message is one sentence for the user, that says what was wrong and what to do."""
