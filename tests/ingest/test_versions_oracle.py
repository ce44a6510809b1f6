"""Versions against an oracle: the words of records.md, one row at a time, without frames."""

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reconciliation.records import FAMILIES, TRANSACTIONS
from reconciliation.versions import merge
from tests.ingest.made import rows

AS_OF = date(2026, 6, 10)
DAYS = st.sampled_from([AS_OF + timedelta(days=n) for n in (-2, -1, 0, 1)])
ROWS = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["x", "y", None]), st.none() | DAYS), max_size=6)
KNOWN = st.dictionaries(st.tuples(st.sampled_from("AB"), DAYS), st.sampled_from(["x", "y", None]), max_size=4)


def family(key: str, said: str | None, recorded: date | None) -> dict:
    filled = {"recipient_name": "A", "service": "adult", "opened_on": AS_OF}
    return filled | {"family_id": key, "team": said, "recorded_on": recorded}


def paid(key: str, said: str | None, recorded: date | None) -> dict:
    filled = {"posted_on": AS_OF, "kind": "payment", "amount_pence": 1}
    return filled | {"transaction_id": key, "narrative": said, "recorded_on": recorded}


def families_by_hand(given: list[tuple], known: dict) -> list[str | None]:
    """What becomes of each row: a version is (key, recorded_on)."""
    undated = defaultdict(set)
    for key, said, recorded in given:
        if recorded is None:
            undated[key].add(said)
    verdicts: list[str | None] = [None] * len(given)
    claims = defaultdict(list)
    for place, (key, said, recorded) in enumerate(given):
        if recorded is None and len(undated[key]) == 1:
            before = [day for other, day in known if other == key and day <= AS_OF]
            current = {known[key, max(before)]} if before else set()
            current |= {told for (other, day), told in known.items() if other == key and day > AS_OF}
            if said in current:
                verdicts[place] = "unchanged"
                continue
        version = (key, recorded or AS_OF)
        if version in known:
            verdicts[place] = "unchanged" if known[version] == said else "conflicting"
        else:
            claims[version].append((place, said))
    for claimed in claims.values():
        agree = len({said for _, said in claimed}) == 1
        for nth, (place, _) in enumerate(claimed):
            verdicts[place] = "conflicting" if not agree else "unchanged" if nth else "accepted"
    return verdicts


def transactions_by_hand(given: list[tuple], known: dict) -> list[str]:
    """What becomes of each row: a transaction is its id, and the first recorded stays."""
    first_known = {key: said for (key, _), said in known.items()}
    verdicts = []
    for place, (key, said, _) in enumerate(given):
        if key in first_known:
            verdicts.append("unchanged" if first_known[key] == said else "conflicting")
            continue
        same_id = [(day or AS_OF, n, told) for n, (other, told, day) in enumerate(given) if other == key]
        first_day = min(same_id, key=lambda row: row[:2])[0]
        firsts = [(n, told) for day, n, told in same_id if day == first_day]
        if len({told for _, told in firsts}) > 1 or said != firsts[0][1]:
            verdicts.append("conflicting")
        else:
            verdicts.append("accepted" if place == firsts[0][0] else "unchanged")
    return verdicts


def by_program(record, make, given: list[tuple], known: dict) -> list[str]:
    told = rows(record, *(make(*row) for row in given))
    versions = [make(key, said, day) for (key, day), said in known.items()]
    parts = merge(record, told, rows(record, *versions).select(*record.schema()), AS_OF)
    verdicts = {}
    for verdict in ("accepted", "unchanged"):
        verdicts |= dict.fromkeys(getattr(parts, verdict)["source_row"], verdict)
    verdicts |= dict.fromkeys(parts.conflicting["row"], "conflicting")
    return [verdicts[n] for n in range(1, len(given) + 1)]


@given(ROWS, KNOWN)
def test_versions_are_as_the_words_say(given_rows, known):
    assert by_program(FAMILIES, family, given_rows, known) == families_by_hand(given_rows, known)


@given(ROWS, KNOWN)
def test_transactions_are_as_the_words_say(given_rows, known):
    known = {
        (key, day): said for (key, day), said in known.items() if (key, day) == min(v for v in known if v[0] == key)
    }
    assert by_program(TRANSACTIONS, paid, given_rows, known) == transactions_by_hand(given_rows, known)


@given(ROWS)
def test_a_second_night_of_the_same_rows_adds_nothing(given_rows):
    """Of rows without a date, or recorded before the night."""
    given_rows = [row for row in given_rows if row[2] is None or row[2] < AS_OF]
    told = rows(FAMILIES, *(family(*row) for row in given_rows))
    first = merge(FAMILIES, told, FAMILIES.empty(), AS_OF)
    second = merge(FAMILIES, told, first.accepted, AS_OF + timedelta(days=3))
    assert second.accepted.is_empty()
    assert second.conflicting.height == first.conflicting.height
