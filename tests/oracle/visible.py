"""Which version of each record counts at a position (records: Conventions; rules, Position)."""

KEYS = {
    "families": "family_id",
    "entitlements": "entitlement_id",
    "suspensions": "suspension_id",
    "transactions": "transaction_id",
    "plans": "plan_id",
    "assessments": "assessment_id",
    "reviews": "review_id",
    "vacancies": "vacancy_id",
    "cases": "case_id",
    "promises": "promise_id",
    "acknowledgements": "acknowledgement_id",
}


def visible(records, position):
    """Every record's visible versions, as dicts by key in the order of the keys."""
    seen = {name: latest(records.get(name, []), key, position.known_on) for name, key in KEYS.items()}
    seen["transactions"] = {
        key: row
        for key, row in first(records.get("transactions", []), position.known_on).items()
        if row["posted_on"] <= position.as_of
    }
    return seen


def latest(rows, key, known_on):
    """Of each key the version recorded last, among those recorded by `known_on`."""
    chosen = {}
    for row in sorted(rows, key=lambda row: (row[key], row["recorded_on"])):
        if row["recorded_on"] <= known_on:
            chosen[row[key]] = row
    return chosen


def first(rows, known_on):
    """A transaction is never edited: of each id the row recorded first, when that was by `known_on`."""
    chosen = {}
    for row in sorted(rows, key=lambda row: (row["transaction_id"], row["recorded_on"])):
        chosen.setdefault(row["transaction_id"], row)
    return {key: row for key, row in chosen.items() if row["recorded_on"] <= known_on}


def by_then(day, as_of):
    """A completed, filled, decided, referred or acknowledged date: it has not happened while it lies after `as_of`."""
    return day is not None and day <= as_of
