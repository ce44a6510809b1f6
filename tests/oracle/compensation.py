"""The other heads of what lateness is worth: bands and estimates, all for a person to decide (rules §4)."""

from fractions import Fraction

from tests.oracle.days import rounded
from tests.oracle.duties import deadline_of, stalled_vacancies
from tests.oracle.visible import by_then


def heads_of(case):
    """(head, low, high) in pence of each thing to consider for one family, interest apart."""
    return [*distress(case), *time_and_trouble(case), *unmet_support(case), *tax_compensation(case)]


def head(case, name, low, high):
    return {"family_id": case.id, "head": name, "low_pence": low, "high_pence": high}


def band_for(days, bands):
    """The band with the greatest `from_days` that the days have reached."""
    return max((band for band in bands if band.from_days <= days), key=lambda band: band.from_days, default=None)


def distress(case):
    days_overdue = case.balance["days_overdue"]
    band = None if days_overdue is None else band_for(days_overdue, case.policy.remedies.distress)
    if band is not None:
        yield head(case, "distress", band.low, band.high)


def time_and_trouble(case):
    """For each case that was upheld or ran late, by the days it ran past its deadline."""
    for row in case.own("cases"):
        is_decided = by_then(row["decided_on"], case.as_of)
        ran_until = row["decided_on"] if is_decided else case.as_of
        days_past = (ran_until - deadline_of(row, case.policy)).days
        is_upheld = is_decided and row["upheld"] is True
        band = band_for(max(days_past, 0), case.policy.remedies.time_and_trouble)
        if band is not None and (is_upheld or days_past > 0):
            yield head(case, "time_and_trouble", band.low, band.high)


def unmet_support(case):
    """For each stalled vacancy, the hours that nobody worked at the hourly rate, as the high value."""
    for row, days_open in stalled_vacancies(case):
        hours = Fraction(row["hours_per_week_thousandths"], 1000) / 7 * days_open
        yield head(case, "unmet_support", 0, rounded(hours * case.policy.remedies.pa_hourly_rate))


def tax_compensation(case):
    """Flagged, without a figure, when arrears fall in more than one tax year."""
    unpaid = [due for due in case.dues if not due["is_upcoming"] and due["outstanding_pence"] > 0]
    if len({tax_year(due["due_on"]) for due in unpaid}) > 1:
        yield head(case, "tax_compensation", None, None)


def tax_year(day):
    """The year in whose April the tax year of `day` began: it begins on the 6th."""
    return day.year if (day.month, day.day) >= (4, 6) else day.year - 1
