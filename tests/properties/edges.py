"""A question whose policy is set so that some of its own families stand exactly on each threshold."""

from dataclasses import replace
from random import Random

from tests.generated.strategies import Question
from tests.properties.comparing import answered

THRESHOLDS = {
    ("tolerances", "arrears"): "arrears_pence",
    ("tolerances", "overpayment"): "overpaid_pence",
    ("escalation", "arrears_amount"): "arrears_pence",
    ("escalation", "arrears_days"): "days_overdue",
}
"""The policy setting, and the column of the balances that it is compared with."""


def on_the_edge(question: Question, drawer: Random) -> Question:
    """The same question, each threshold moved to what one family has, as far as a family has any."""
    policy, balances = question.policy, answered(question).balances
    for (section, setting), column in THRESHOLDS.items():
        sizes = sorted(row[column] for row in balances if row[column])
        if sizes:
            edge = getattr(policy, section).model_copy(update={setting: drawer.choice(sizes)})
            policy = policy.model_copy(update={section: edge})
    return replace(question, policy=policy)
