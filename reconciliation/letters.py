"""The weekly briefing as a letter in plain text: only what that role must know, and how to confirm it (rules §7)."""

from datetime import date

import polars as pl

from reconciliation.money import spoken_pounds
from reconciliation.vocabulary import Role


def briefing_letter(role: Role, must_know: pl.DataFrame, as_of: date) -> str:
    """The letter to one role; `must_know` (shape BRIEFING) are its families, most pressing first. It names nobody."""
    families = must_know.select(
        pl.format(FAMILY, "family_id", "trigger", _day("since"), _amount(), _told())
    ).to_series()
    count = f"{must_know.height} famil{'y' if must_know.height == 1 else 'ies'}"
    return "\n".join(
        [
            f"To the {role.replace('_', ' ')}",
            "",
            f"On {as_of.day} {as_of:%B %Y} you must know of {count}. Please read and confirm each one.",
            "",
            *families,
            CONFIRMING.format(role=role.value),
        ]
    )


FAMILY = """Family {}
  Why:    {}
  Since:  {}{}
  {}
"""

CONFIRMING = """To confirm, tell the direct-payments team which families you have read. They record it with
  reconcile acknowledge FAMILY --role {role}
A family that is not confirmed in time is raised with the chief executive's office.
"""


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%-d %B %Y")


def _amount() -> pl.Expr:
    """The line with the amount, where there is one."""
    return (pl.lit("\n  Amount: ") + spoken_pounds(pl.col("amount_pence"))).fill_null("")


def _told() -> pl.Expr:
    """When the role was last told, and how late its confirmation is."""
    told = (pl.lit("Last told on ") + _day("notified_on") + ", not confirmed").fill_null("Not told before")
    late = (
        pl.lit("; ") + pl.col("working_days_past").cast(pl.String) + " working days past the time allowed"
    ).fill_null("")
    return told + late
