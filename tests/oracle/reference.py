"""The whole answer for a position, in the order of the rules."""

from dataclasses import dataclass, field

from tests.oracle import allocate, balances, compensation, duties, escalation, exceptions, lookback, promises, standing
from tests.oracle.dues import dues_of
from tests.oracle.identify import whose
from tests.oracle.interest import interest_of
from tests.oracle.visible import visible


@dataclass
class Case:
    """One visible family and all that the rules look at."""

    family: dict
    records: dict
    policy: object
    position: object
    movements: list
    dues: list
    allocations: list = field(default_factory=list)
    balance: dict = field(default_factory=dict)
    promises: list = field(default_factory=list)

    @property
    def id(self):
        return self.family["family_id"]

    @property
    def as_of(self):
        return self.position.as_of

    @property
    def active_lines(self):
        return exceptions.active_lines(self.family, self.records, self.as_of)

    def own(self, record):
        """The family's visible rows of a record."""
        return [row for row in self.records[record].values() if row["family_id"] == self.id]


@dataclass
class Answer:
    """What the rules give at a position: lists of dicts, money in pence."""

    ledger: list = field(default_factory=list)
    movements: list = field(default_factory=list)
    allocations: list = field(default_factory=list)
    balances: list = field(default_factory=list)
    interest: list = field(default_factory=list)
    suspense: list = field(default_factory=list)
    promises: list = field(default_factory=list)
    raised: list = field(default_factory=list)
    compensation: list = field(default_factory=list)
    briefing: list = field(default_factory=list)
    lookback: list = field(default_factory=list)


def answer(records, policy, position, quarantined=()):
    """The answer from all versions of the records, and the rows that could not be read."""
    seen = visible(records, position)
    families = seen["families"]
    movements = identified(seen["transactions"].values(), families)
    cases = {key: settled_case(family, seen, movements, policy, position) for key, family in families.items()}
    every_promise = promises.promises_at(seen, movements, position)

    found = Answer(movements=movements, promises=every_promise)
    found.suspense = [row for row in movements if row["family_id"] is None]
    found.raised += exceptions.orphans(seen)
    found.raised += exceptions.crossing_exceptions(movements, families, cases, policy)
    for case in cases.values():
        case.promises = [row for row in every_promise if row["family_id"] == case.id]
        add_family(found, case)

    doubtful = standing.families_in_doubt(found.raised, movements, families, quarantined, position.known_on)
    for case in cases.values():
        case.balance["standing"] = standing.standing_of(case, codes_of(case, found.raised), doubtful)
        found.lookback.append(lookback.lookback_of(case, codes_of(case, found.raised)))
    return found


def identified(transactions, families):
    """The visible transactions in order, each with the family that it belongs to."""
    movements = []
    for transaction in sorted(transactions, key=allocate.movement_order):
        family_id, how = whose(transaction, families)
        movements.append(
            transaction
            | {
                "family_id": family_id,
                "identified_by": how,
                "named_family_id": transaction["family_id"],
                "remaining_pence": 0,
                "unexplained_pence": 0,
                "counted_pence": 0,
                "unallocated_pence": 0,
            }
        )
    return movements


def settled_case(family, seen, movements, policy, position):
    """A family with its dues, what was paid for them, and its balance."""
    own = [row for row in movements if row["family_id"] == family["family_id"]]
    case = Case(family, seen, policy, position, own, dues_of(family, seen, policy, position))
    case.allocations = allocate.allocate(case.movements, case.dues, policy)
    case.balance = balances.balance_of(case.id, case.movements, case.dues, case.allocations, policy, position)
    return case


def add_family(found, case):
    found.ledger += case.dues
    found.allocations += case.allocations
    found.balances.append(case.balance)
    found.interest += interest_of(case.id, case.dues, case.allocations, case.policy, case.position)
    found.raised += exceptions.money_exceptions(case)
    found.raised += duties.duty_exceptions(case)
    found.compensation += compensation.heads_of(case)
    briefing, not_informed = escalation.escalation_of(case)
    found.briefing += briefing
    found.raised += not_informed


def codes_of(case, raised):
    return {row["code"] for row in raised if row["family_id"] == case.id}
