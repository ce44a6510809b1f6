"""How long Hypothesis searches: seconds on an ordinary day, as long as one likes when asked.

`RECONCILIATION_EXAMPLES=5000` draws that many councils for each property, other ones each time; without it the same
few are drawn, so that a run says the same as the run before.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

ASKED = os.environ.get("RECONCILIATION_EXAMPLES")


def searching(examples: int) -> settings:
    """Settings for a property that draws `examples` councils on an ordinary day."""
    return settings(
        max_examples=int(ASKED or examples),
        derandomize=ASKED is None,
        deadline=None,  # the machine is shared
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],  # a council is many draws
    )


def seeds(everyday: int, longer: int | None = None) -> list:
    """Seeds of larger councils: a tenth of what was asked for; or `everyday`, and up to `longer` in the longer run."""
    if ASKED:
        return [*range(int(ASKED) // 10)]
    more = range(everyday, longer or everyday)
    return [*range(everyday), *(pytest.param(seed, marks=pytest.mark.slow) for seed in more)]
