"""Policies as councils might set them: the default with other clocks, windows, schedules and rates."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from reconciliation.policy import Policy, default_policy
from reconciliation.policy.settings import Band, Basis, Schedule
from tests.generated.agreements import SCHEDULES
from tests.generated.chances import chance

ANCHOR = date(2015, 4, 6)


def drawn_policy(drawer: Random) -> Policy:
    """The default policy, most often with some settings replaced."""
    policy = default_policy()
    if not chance(drawer, 75):
        return policy
    changes = {
        "rounding": {"order": drawer.choice(("each_side", "net_first"))},
        "matching": {
            "window_days": drawer.choice((10, 0, 1, 3, 30)),
            "prepayment_days": drawer.choice((10, 0, 1, 21, 30)),
        },
        "tolerances": {
            "arrears": drawer.choice((1, 2, 100)),
            "overpayment": drawer.choice((100, 1, 5000)),
        },
        "clocks": {
            "missed_days": drawer.choice((5, 0, 20)),
            "late_days": drawer.choice((3, 0, 14)),
            "lookback_days": drawer.choice((90, 30)),
            "duplicate_days": drawer.choice((7, 0, 30)),
            "assessment_days": drawer.choice((42, 90)),
            "vacancy_days": drawer.choice((56, 10)),
            "return_days": drawer.choice((5, 0, 9)),
        },
        "escalation": {
            "promise_days": drawer.choice((30, 0, 90)),
            "arrears_amount": drawer.choice((100_000, 10_000, 40_000)),
            "arrears_days": drawer.choice((84, 7, 28)),
            "acknowledge_days": drawer.choice((5, 0, 15)),
        },
        "lookback": {"late_days": drawer.choice((28, 3)), "similar": drawer.choice((3, 1, 5))},
        "remedies": {"time_and_trouble": drawn_bands(drawer), "distress": drawn_bands(drawer)},
        "interest": {"grace_days": drawer.choice((0, 1, 3, 30)), "bases": drawn_bases(drawer)},
    }
    sections = {name: getattr(policy, name).model_copy(update=change) for name, change in changes.items()}
    return policy.model_copy(update=sections | {"schedules": drawn_schedules(drawer)})


def drawn_schedules(drawer: Random) -> dict[str, Schedule]:
    """The same names, now and then with another length, anchor, side and roll."""
    schedules = dict(default_policy().schedules)
    for name in SCHEDULES:
        if chance(drawer, 40):
            schedules[name] = Schedule(
                every=drawer.choice(("28d", "14d", "7d", "month")),
                anchor=ANCHOR + timedelta(days=drawer.choice((0, 1, 5, 4000))),
                pay=drawer.choice(("advance", "arrears")),
                roll=drawer.choice(("previous", "next", "none")),
            )
    return schedules


def drawn_bands(drawer: Random) -> tuple[Band, ...]:
    """One band or two, from the very day or later."""
    first, second = drawer.choice(((1, 60), (0, 7), (28, 84)))
    bands = (Band(from_days=first, low=0, high=100), Band(from_days=second, low=100, high=250))
    return bands[: drawer.choice((2, 1))]


def drawn_bases(drawer: Random) -> dict[str, Basis]:
    return {
        "none": Basis(kind="none"),
        "county_court": Basis(kind="fixed", rate=drawer.choice((Decimal(8), Decimal("7.3333"), Decimal(0)))),
        "bank_rate": Basis(kind="bank_rate", margin=drawer.choice((Decimal(0), Decimal("1.50"), Decimal("0.0025")))),
    }
