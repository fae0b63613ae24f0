"""How many random examples a test of any input tries: few in the default run, many with `pytest -m fuzz`."""

import os

from hypothesis import HealthCheck, settings

THOROUGH = "VAE_FUZZ"  # set in the environment of a run with `-m fuzz`


def fuzzed(few: int, many: int) -> settings:
    """Return the settings of a test by Hypothesis that tries `few` examples, always the same, or `many` random ones.

    Hypothesis counts with its own `event` what became of the examples, which `--hypothesis-show-statistics` prints.
    """
    thorough = THOROUGH in os.environ
    return settings(
        max_examples=many if thorough else few,
        derandomize=not thorough,
        deadline=None,  # no test depends on how fast the machine is
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
