"""How each family stands tonight: exactly one, the first that holds (rules §3, Standing)."""

from tests.oracle.identify import named_among_several

RECORDS_THAT_DECIDE = ("entitlements", "suspensions", "transactions")


def families_in_doubt(raised, movements, families, quarantined, known_on):
    """The families of which nobody can tell how they stand."""
    doubtful = set()
    for row in quarantined:
        is_known = row["recorded_on"] is None or row["recorded_on"] <= known_on
        if row["record"] in RECORDS_THAT_DECIDE and is_known:
            doubtful.add(row["family_id"])
    for row in raised:
        if row["code"] in ("POSSIBLE_MISPOSTING", "PAYEE_MISMATCH", "UNMATCHED_RETURN"):
            doubtful |= {row["family_id"], row["other_family_id"]}
    for movement in movements:
        if movement["family_id"] is None:
            doubtful |= named_among_several(movement, families)
    return doubtful


def standing_of(case, codes, doubtful):
    if case.id in doubtful:
        return "cannot_tell"
    if "ARREARS" in codes:
        promised = any(row["kind"] == "arrears" and row["state"] != "discharged" for row in case.promises)
        return "owed_promised" if promised else "owed"
    return "overpaid" if "OVERPAYMENT" in codes else "settled"
