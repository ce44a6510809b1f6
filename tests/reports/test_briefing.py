"""The briefing: what each role must know, since when, what was promised, who has confirmed."""

from dataclasses import replace

from reconciliation.reports.briefing_page import briefing_page
from tests.reports.small_council import BRIEFING, FAMILIES, LOOKBACK, edition
from tests.reports.test_statement import words_of


def said() -> str:
    return words_of(briefing_page(edition()))


def test_a_role_is_told_why_since_when_how_much_and_how_late_it_is():
    assert "Promise overdue since 20 May 2026 9 working days past the time to confirm £840.00" in said()


def test_what_was_promised_and_not_kept_stands_beside_it():
    assert "Arrears, £840.00 outstanding agreed 20 April 2026, was due 20 May 2026" in said()
    assert "Apology agreed 20 May 2026, no date was set" in said()


def test_everyone_who_must_know_is_shown_with_what_they_confirmed():
    assert "Director: told 25 May 2026, not confirmed Cabinet member: confirmed 3 June 2026" in said()


def test_a_role_that_must_know_of_nobody_is_told_so():
    assert "Section 151 officer There is no family that this role must know of." in said()


def test_families_like_the_reference_case_stand_first():
    given = edition()
    earlier = BRIEFING.head(1).with_columns(family_id=BRIEFING["family_id"].replace("F1", "F5").head(1))
    both = replace(given, results=replace(given.results, briefing=BRIEFING.vstack(earlier), lookback=LOOKBACK))
    page = words_of(briefing_page(both))
    assert page.index("F1 North like the reference case") < page.index("F5 North")


def test_what_was_not_checked_is_said():
    assert "Not checked: vacancies, reviews." in said()


def test_no_name_of_a_person_is_in_the_briefing():
    page = briefing_page(edition()).decode()
    assert not [name for name in FAMILIES["recipient_name"] if name in page]
