"""Plans, assessments, reviews, vacancies, cases, promises, acknowledgements: what must be done and confirmed."""

from datetime import date, timedelta
from random import Random

from reconciliation.vocabulary import Role
from tests.generated.agreements import AMOUNTS, family_id
from tests.generated.chances import Ids, chance, maybe, shifted
from tests.oracle.duties import PLAN_DUTIES

STAGES = ("statutory", "stage1", "stage2", "ombudsman", "ombudsman", "ombudsman")
CHANNELS = (None, "agency", "agency;website", "agency;", "students;website;jobcentre")
PROMISE_KINDS = ("arrears", "arrears", "distress", "plan", "apology", "tax_compensation")


def versions_of(drawer: Random, row: dict, changes: dict) -> list[dict]:
    """The row, and now and then what it became in a later version."""
    if not chance(drawer, 15):
        return [row]
    return [row, row | changes | {"recorded_on": row["recorded_on"] + timedelta(days=drawer.randint(1, 60))}]


def plans(drawer: Random, ids: Ids, number: int, amounts: list[int], today: date) -> list[dict]:
    versions = []
    for _ in range(drawer.choice((1, 1, 0, 2))):
        agreed_on = shifted(drawer, today, -500, 0)
        stated = drawer.choice((sum(amounts), None, sum(amounts) + 100))
        row = {
            "plan_id": ids.fresh("P"),
            "family_id": family_id(number),
            "person": "carer" if chance(drawer, 10) else "recipient",
            "status": drawer.choice(("agreed", "agreed", "agreed", "draft", "ended")),
            "agreed_on": agreed_on,
            "last_reviewed_on": maybe(drawer, 40, shifted(drawer, agreed_on, 0, 300)),
            "weekly_amount_pence": stated,
            "payment_frequency": "four-weekly",
            **{duty: drawer.choice((True,) * 12 + (False, None)) for duty in PLAN_DUTIES},
            "recorded_on": agreed_on,
        }
        versions += versions_of(drawer, row, {"status": "ended"})
    return versions


def assessments(drawer: Random, ids: Ids, number: int, today: date) -> list[dict]:
    versions = []
    for _ in range(drawer.choice((0, 1, 2))):
        requested_on = shifted(drawer, today, -300, 0)
        row = {
            "assessment_id": ids.fresh("A"),
            "family_id": family_id(number),
            "person": drawer.choice(("recipient", "carer")),
            "requested_on": requested_on,
            "completed_on": maybe(drawer, 40, shifted(drawer, requested_on, 0, 120)),
            "recorded_on": requested_on,
        }
        versions += versions_of(drawer, row, {"completed_on": shifted(drawer, requested_on, 0, 60)})
    return versions


def reviews(drawer: Random, ids: Ids, number: int, today: date) -> list[dict]:
    days = [shifted(drawer, today, -500, 10) for _ in range(drawer.choice((0, 1, 2)))]
    return [
        {"review_id": ids.fresh("R"), "family_id": family_id(number), "completed_on": day, "recorded_on": day}
        for day in days
    ]


def vacancies(drawer: Random, ids: Ids, number: int, today: date) -> list[dict]:
    if not chance(drawer, 40):
        return []
    opened_on = shifted(drawer, today, -200, 0)
    row = {
        "vacancy_id": ids.fresh("Y"),
        "family_id": family_id(number),
        "hours_per_week_thousandths": drawer.choice((12500, 5000, 37250, 1)),
        "opened_on": opened_on,
        "filled_on": maybe(drawer, 20, shifted(drawer, opened_on, 0, 200)),
        "channels": drawer.choice(CHANNELS),
        "last_action_on": maybe(drawer, 60, shifted(drawer, opened_on, 0, 190)),
        "recorded_on": opened_on,
    }
    return versions_of(drawer, row, {"channels": "agency;website"})


def cases(drawer: Random, ids: Ids, number: int, today: date) -> list[dict]:
    versions = []
    for _ in range(drawer.choice((0, 0, 1, 2))):
        received_on = shifted(drawer, today, drawer.choice((-600, -600, -15)), -1)
        decided_on = maybe(drawer, 50, max(received_on, shifted(drawer, today, -400, 20)))
        row = {
            "case_id": ids.fresh("C"),
            "family_id": family_id(number),
            "stage": drawer.choice(STAGES),
            "received_on": received_on,
            "acknowledged_on": None,
            "decided_on": decided_on,
            "upheld": drawer.choice((True, True, False, None)),
            "public_report": drawer.choice((False, True, None)),
            "referred_to_scrutiny_on": maybe(drawer, 30, shifted(drawer, today, -100, 20)),
            "recorded_on": received_on,
        }
        versions += versions_of(drawer, row, {"upheld": True})
    return versions


def promises(drawer: Random, ids: Ids, number: int, today: date) -> list[dict]:
    versions = []
    for _ in range(drawer.choice((0, 0, 1, 2))):
        agreed_on = shifted(drawer, today, -300, 0)
        row = {
            "promise_id": ids.fresh("M"),
            "family_id": family_id(number),
            "case_id": None,
            "kind": drawer.choice(PROMISE_KINDS),
            "amount_pence": maybe(drawer, 60, drawer.choice((*AMOUNTS, 0))),
            "agreed_on": agreed_on,
            "due_on": maybe(drawer, 75, shifted(drawer, drawer.choice((agreed_on, today)), -150, 60)),
            "owner": "complaints",
            "completed_on": maybe(drawer, 30, shifted(drawer, agreed_on, 0, 300)),
            "evidence": None,
            "recorded_on": agreed_on,
        }
        versions += versions_of(drawer, row, {"due_on": agreed_on + timedelta(days=5)})
    return versions


def acknowledgements(drawer: Random, ids: Ids, number: int, today: date) -> list[dict]:
    rows = []
    for _ in range(drawer.choice((0, 0, 1, 2, 4))):
        notified_on = shifted(drawer, today, -200, 0)
        rows.append(
            {
                "acknowledgement_id": ids.fresh("K"),
                "family_id": family_id(number),
                "role": str(drawer.choice(tuple(Role))),
                "notified_on": notified_on,
                "acknowledged_on": maybe(drawer, 70, shifted(drawer, notified_on, 0, 60)),
                "recorded_on": notified_on,
            }
        )
    return rows
