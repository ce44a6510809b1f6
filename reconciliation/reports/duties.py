"""What the council must do beside paying, said to the family in plain words (Care Act 2014 s9, s10, s25; reg 7)."""

from collections.abc import Mapping

import polars as pl

from reconciliation.records import PLAN_DUTIES
from reconciliation.reports.pages import day

PARTS_OF_A_PLAN = {
    "needs_identified": "what you need help with",
    "eligibility_stated": "which needs we must meet",
    "needs_met_how": "how your needs will be met",
    "wellbeing_matters": "what matters to you",
    "personal_budget_stated": "how much money your care needs",
    "advice_given": "advice to help you",
    "direct_payment_needs": "what your direct payment is for",
    "copy_given": "a copy for you to keep",
}
UNCHECKED = "We could not check this. No records about it came to us."

Told = tuple[str, str]


def told(records: Mapping[str, pl.DataFrame], family: dict, not_checked: tuple[str, ...]) -> list[Told]:
    """A heading and a sentence or two for each duty; what could not be checked says so and is never passed as fine."""
    duties = (
        ("plans", "Your care and support plan", _plan(records["plans"])),
        ("assessments", "Your assessment", _assessment(records["assessments"])),
        ("assessments", "Your carer", _carer(records["assessments"], family["carer_name"])),
        ("reviews", "The review of your direct payment", _review(records["reviews"])),
        ("vacancies", "Finding someone to help you", _vacancies(records["vacancies"])),
    )
    return [
        (heading, UNCHECKED if record in not_checked else sentence)
        for record, heading, sentence in duties
        if sentence or record in not_checked
    ]


def _plan(plans: pl.DataFrame) -> str:
    agreed = plans.filter(person="recipient", status="agreed").sort("agreed_on", "plan_id")
    if agreed.is_empty():
        return "We have no plan on record that you agreed to. You should have one."
    plan = agreed.row(-1, named=True)
    missing = [PARTS_OF_A_PLAN[duty] for duty in PLAN_DUTIES if not plan[duty]]
    seen = f" It was last looked at on {day(plan['last_reviewed_on'])}." if plan["last_reviewed_on"] else ""
    gaps = f" These parts are still missing: {'; '.join(missing)}." if missing else ""
    return f"Your plan was agreed on {day(plan['agreed_on'])}.{seen}{gaps}"


def _assessment(assessments: pl.DataFrame) -> str:
    waiting = assessments.filter(pl.col("completed_on").is_null(), person="recipient").sort("requested_on")
    if waiting.is_empty():
        return ""
    return f"You have been waiting for an assessment since {day(waiting['requested_on'][0])}. It is not done yet."


def _carer(assessments: pl.DataFrame, carer: str | None) -> str:
    if carer is None:
        return ""
    of_carer = assessments.filter(person="carer")
    done = of_carer["completed_on"].drop_nulls()
    if not done.is_empty():
        return f"The needs of {carer} were assessed on {day(done.max())}."
    if of_carer.is_empty():
        return f"Nobody has looked at what help {carer} needs. They have a right to this."
    asked = day(of_carer["requested_on"].max())
    return f"We were asked on {asked} to look at what help {carer} needs. It is not done yet."


def _review(reviews: pl.DataFrame) -> str:
    done = reviews["completed_on"].drop_nulls()
    return "We have not reviewed it yet." if done.is_empty() else f"We last reviewed it on {day(done.max())}."


def _vacancies(vacancies: pl.DataFrame) -> str:
    still_open = vacancies.filter(pl.col("filled_on").is_null()).sort("opened_on")
    return " ".join(
        f"A helper for {_hours(thousandths)} hours a week has been looked for since {day(opened_on)}."
        for thousandths, opened_on in still_open.select("hours_per_week_thousandths", "opened_on").iter_rows()
    )


def _hours(thousandths: int) -> str:
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)
