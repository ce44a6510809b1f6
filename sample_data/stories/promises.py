"""Stories of complaints, promises and who at the top was told."""

from datetime import date

from sample_data.answer_key import AnswerKey
from sample_data.council import Family
from sample_data.days import EXPORTED_ON, plus
from sample_data.families import Profile
from sample_data.payroll import pay_all
from sample_data.stories.telling import story


def promise(family: Family, kind: str, agreed_on: date, due_on: date | None, pence: int | None = None, **more) -> dict:
    """A promise that the council has made, known from the day on which it was agreed."""
    known = {"promise_id": f"M{family.number}-1", "case_id": "", "amount": pence, "agreed_on": agreed_on}
    rest = {"due_on": due_on, "owner": "complaints team", "completed_on": None, "evidence": ""}
    return family.add("promises", kind=kind, **(known | rest | {"recorded_on": agreed_on} | more))


def case(family: Family, stage: str, received_on: date, decided_on: date | None = None, **outcome) -> None:
    """A complaint or investigation: one version when it came in, another once it is decided."""
    row = {"case_id": f"C{family.number}-{stage}", "stage": stage, "received_on": received_on}
    row |= {"acknowledged_on": plus(received_on, 2), "recorded_on": received_on}
    family.add("cases", **row)
    if decided_on:
        family.add("cases", **(row | {"decided_on": decided_on, "recorded_on": decided_on} | outcome))


@story(Profile(quarters=26))
def remedy_in_part(family: Family, key: AnswerKey) -> None:
    """£300 for distress was agreed for May; £100 of it was paid."""
    pay_all(family)
    case(family, "stage2", date(2026, 3, 16), date(2026, 4, 10), upheld=True)
    due_on = date(2026, 5, 22)
    made = promise(family, "distress", date(2026, 4, 10), due_on, 30_000, case_id=f"C{family.number}-stage2")
    family.pay(date(2026, 5, 20), 10_000, "remedy", channel="corporate", promise_id=made["promise_id"])
    key.raises("PROMISE_OVERDUE", family, due_on, (EXPORTED_ON - due_on).days, 20_000, subject=made["promise_id"])


@story(Profile(quarters=28))
def apology_forgotten(family: Family, key: AnswerKey) -> None:
    """An apology is ten weeks late and the director does not know."""
    pay_all(family)
    due_on = date(2026, 4, 1)
    made = promise(family, "apology", date(2026, 3, 4), due_on)
    key.raises("PROMISE_OVERDUE", family, due_on, (EXPORTED_ON - due_on).days, subject=made["promise_id"])
    key.nobody_told(family, "director", plus(due_on, 30))


@story(Profile(quarters=30))
def promise_without_date(family: Family, key: AnswerKey) -> None:
    """A meeting was promised, with no day by which it would be held."""
    pay_all(family)
    made = promise(family, "meeting", date(2026, 5, 6), None)
    days = (EXPORTED_ON - made["agreed_on"]).days
    key.raises("PROMISE_WITHOUT_DATE", family, made["agreed_on"], days, subject=made["promise_id"])


@story(Profile(quarters=32))
def promises_kept(family: Family, key: AnswerKey) -> None:
    """Everything that was agreed after an upheld complaint was done in time."""
    pay_all(family)
    case(family, "stage1", date(2025, 10, 1), date(2025, 10, 13), upheld=True)
    made = promise(family, "time_and_trouble", date(2025, 10, 13), date(2025, 11, 14), 15_000)
    family.pay(date(2025, 11, 5), 15_000, "remedy", channel="corporate", promise_id=made["promise_id"])
    apology = promise(family, "apology", date(2025, 10, 13), date(2025, 11, 14), promise_id=f"M{family.number}-2")
    sent_on = date(2025, 10, 20)
    family.add(
        "promises", **(apology | {"completed_on": sent_on, "evidence": "letter on file", "recorded_on": sent_on})
    )


@story(Profile(quarters=34))
def complaint_unanswered(family: Family, key: AnswerKey) -> None:
    """A first-stage complaint of 1 May had its answer due within ten working days, by 18 May."""
    pay_all(family)
    case(family, "stage1", date(2026, 5, 1))
    deadline = date(2026, 5, 18)
    days = (EXPORTED_ON - deadline).days
    key.raises("CASE_OVERDUE", family, deadline, days, subject=f"C{family.number}-stage1")


@story(Profile(quarters=38))
def ombudsman_undecided(family: Family, key: AnswerKey) -> None:
    """The Ombudsman is looking into it: the director has confirmed it, the monitoring officer has not."""
    pay_all(family)
    received_on = date(2026, 3, 2)
    case(family, "ombudsman", received_on)
    for number, role in enumerate(("director", "monitoring_officer"), 1):
        told = {"acknowledgement_id": f"K{family.number}-{number}", "role": role, "notified_on": date(2026, 3, 4)}
        family.add("acknowledgements", **told, recorded_on=date(2026, 3, 4))
        if role == "director":
            family.add("acknowledgements", **told, acknowledged_on=date(2026, 3, 5), recorded_on=date(2026, 3, 5))
    key.nobody_told(family, "portfolio_holder", received_on)
    key.nobody_told(family, "monitoring_officer", received_on)
