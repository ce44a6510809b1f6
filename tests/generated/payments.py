"""Money to and from a family: mostly what was due, and everything that goes wrong with it."""

from datetime import date, timedelta
from random import Random

from reconciliation.policy import default_policy
from reconciliation.position import Position
from tests.generated.agreements import AMOUNTS, family_id, payee_reference
from tests.generated.chances import Ids, chance, maybe, shifted
from tests.oracle.dues import dues_of, instalments_of
from tests.oracle.visible import visible


class Ledger:
    """The transactions of one family as they are drawn."""

    def __init__(self, drawer: Random, ids: Ids, number: int, families: int, promise_ids: list[str]) -> None:
        self.drawer, self.ids, self.number, self.families = drawer, ids, number, families
        self.promise_ids = promise_ids
        self.is_calm = chance(drawer, 40)
        """Calm families' money always says whose it is."""
        self.rows: list[dict] = []

    def post(self, kind: str, amount_pence: int, posted_on: date, **more) -> dict:
        """Add one movement; a plain one names its family and its payee."""
        row = {
            "transaction_id": self.ids.fresh("T"),
            "family_id": family_id(self.number),
            "payee_reference": payee_reference(self.number),
            "posted_on": posted_on,
            "amount_pence": amount_pence,
            "kind": kind,
            "reverses": None,
            "period_start": None,
            "promise_id": None,
            "narrative": None,
            "recorded_on": posted_on + timedelta(days=self.drawer.choice((0, 0, 1, 5, 40))),
        }
        self.rows.append(row | more | self.found_by())
        return self.rows[-1]

    def found_by(self) -> dict:
        """How the money can be told to be the family's, if at all (rules §2)."""
        other = self.drawer.randint(1, self.families)
        own_id, own_payee = family_id(self.number), payee_reference(self.number)
        if self.is_calm or not chance(self.drawer, 25):
            return {}
        return self.drawer.choice(
            (
                {"family_id": None},
                {"family_id": "F99999"},
                {"family_id": None, "payee_reference": None, "narrative": f"dp {own_id.lower()}/week 3"},
                {"family_id": None, "payee_reference": "V9", "narrative": f"Bacs,{own_payee}"},
                {"family_id": None, "payee_reference": None, "narrative": f"{own_id} and {family_id(other)}"},
                {"family_id": None, "payee_reference": None, "narrative": f"{own_id}-{family_id(other)} X{own_id}"},
                {"family_id": None, "payee_reference": None, "narrative": f"{own_id}é {own_payee}_ü{own_id}"},
                {"family_id": family_id(other), "payee_reference": None},
                {"payee_reference": payee_reference(other)},
                {"family_id": None, "payee_reference": None, "narrative": None},
            )
        )


def transactions(
    drawer: Random, ids: Ids, number: int, families: int, agreed: dict, promise_ids: list[str], today: date
) -> list[dict]:
    """The movements of one family, given its records and what would be due under the default policy."""
    ledger = Ledger(drawer, ids, number, families, promise_ids)
    instalments = expected_instalments(agreed, today)
    most = drawer.choice((6, 2, 12, 60))
    for due_on, dues in instalments[-most:]:
        drawer.choice(WAYS_TO_PAY)(ledger, due_on, dues)
    for _ in range(drawer.choice((0, 1, 2, 3))):
        drawer.choice(SURPRISES)(ledger, shifted(drawer, today, drawer.choice((-200, -20)), 5))
    return ledger.rows


def expected_instalments(agreed: dict, today: date) -> list[tuple[date, list[dict]]]:
    """(due_on, dues) of each instalment of the family's newest versions."""
    seen = visible(agreed, Position.at(today + timedelta(days=20), date.max))
    [family] = seen["families"].values()
    dues = dues_of(family, seen, default_policy(), Position.at(today + timedelta(days=10)))
    return list(instalments_of(dues).items())


def owed(dues: list[dict]) -> int:
    return sum(due["due_pence"] for due in dues)


def pay_in_time(ledger, due_on, dues):
    ledger.post("payment", owed(dues), shifted(ledger.drawer, due_on, -4, 4))


def pay_late(ledger, due_on, dues):
    ledger.post("payment", owed(dues), shifted(ledger.drawer, due_on, 4, 120))


def pay_early(ledger, due_on, dues):
    ledger.post("payment", owed(dues), shifted(ledger.drawer, due_on, -40, -8))


def pay_nothing(ledger, due_on, dues):
    """The instalment is missed."""


def pay_twice(ledger, due_on, dues):
    first = ledger.post("payment", owed(dues), due_on)
    ledger.post("payment", owed(dues), shifted(ledger.drawer, first["posted_on"], 0, 8))


def pay_a_penny_off(ledger, due_on, dues):
    amount = max(1, owed(dues) + ledger.drawer.choice((-1, 1)))
    ledger.post("payment", amount, shifted(ledger.drawer, due_on, -2, 2))


def pay_in_parts(ledger, due_on, dues):
    first = max(1, owed(dues) // 2)
    ledger.post("payment", first, due_on)
    if owed(dues) > first and chance(ledger.drawer, 60):
        ledger.post("payment", owed(dues) - first, shifted(ledger.drawer, due_on, 1, 60))


def pay_by_name(ledger, due_on, dues):
    """The ledger says which period it pays, not always rightly nor fully."""
    period_start = shifted(ledger.drawer, dues[0]["period_start"], 0, 1 if chance(ledger.drawer, 20) else 0)
    due_pence = dues[0]["due_pence"]
    amount = max(1, due_pence + ledger.drawer.choice((0, 0, -50, 50, due_pence)))
    ledger.post("payment", amount, shifted(ledger.drawer, due_on, -5, 40), period_start=period_start)


def pay_ahead_and_take_back(ledger, due_on, dues):
    """What was paid long before its due, by name, is taken back while that due is still out of reach."""
    payment = ledger.post(
        "payment", owed(dues), shifted(ledger.drawer, due_on, -45, -8), period_start=dues[0]["period_start"]
    )
    ledger.post("recovery", -owed(dues), shifted(ledger.drawer, payment["posted_on"], 0, 3))


def pay_and_bounce(ledger, due_on, dues):
    """The bank or the ledger undoes it, whole or in part, naming it or not; it may be sent again."""
    drawer, amount = ledger.drawer, owed(dues)
    payment = ledger.post("payment", amount, due_on)
    kind = drawer.choice(("return", "reversal"))
    undone = -drawer.choice((amount, max(1, amount // 3), amount + 100))
    target = drawer.choice((payment["transaction_id"], None, "T-none", drawer.choice(ledger.rows)["transaction_id"]))
    ledger.post(kind, undone, shifted(drawer, due_on, -1, 6), reverses=target)
    if chance(drawer, 50):
        ledger.post("payment", amount, shifted(drawer, due_on, 3, 20))


def pay_wrong_family(ledger, due_on, dues):
    other = family_id(ledger.drawer.randint(1, ledger.families))
    row = ledger.post("payment", owed(dues), shifted(ledger.drawer, due_on, -3, 3))
    row.update(family_id=other, payee_reference=None)


WAYS_TO_PAY = (
    pay_in_time,
    pay_in_time,
    pay_in_time,
    pay_late,
    pay_early,
    pay_nothing,
    pay_twice,
    pay_a_penny_off,
    pay_in_parts,
    pay_by_name,
    pay_ahead_and_take_back,
    pay_and_bounce,
    pay_wrong_family,
)


def overpay(ledger, day):
    ledger.post("payment", ledger.drawer.choice(AMOUNTS), day)


def take_back(ledger, day):
    ledger.post("recovery", -ledger.drawer.choice(AMOUNTS), day)


def take_back_overpayment(ledger, day):
    """Some is taken back after too much was paid, in one go or two."""
    amount = ledger.drawer.choice(AMOUNTS)
    ledger.post("payment", 3 * amount, day)
    for share in ledger.drawer.choice(((2,), (1, 1), (4,))):
        ledger.post("recovery", -share * amount, shifted(ledger.drawer, day, 0, 30))


def compensate(ledger, day):
    """A remedy, perhaps for a promise, perhaps undone."""
    drawer = ledger.drawer
    promise_id = maybe(drawer, 60, drawer.choice([*ledger.promise_ids, "M-none"]))
    remedy = ledger.post("remedy", drawer.choice(AMOUNTS), day, promise_id=promise_id)
    if chance(drawer, 40):
        undone = -drawer.choice((remedy["amount_pence"], remedy["amount_pence"] + 5))
        ledger.post("reversal", undone, shifted(drawer, day, -3, 9), reverses=remedy["transaction_id"])


def pay_a_promise(ledger, day):
    promise_id = ledger.drawer.choice([*ledger.promise_ids, "M-none"])
    ledger.post("payment", ledger.drawer.choice(AMOUNTS), day, promise_id=promise_id)


def bounce_nothing(ledger, day):
    """Money comes back of which nobody knows what it was."""
    kind = ledger.drawer.choice(("return", "reversal"))
    ledger.post(kind, -ledger.drawer.choice(AMOUNTS), day)


SURPRISES = (overpay, take_back, take_back_overpayment, compensate, pay_a_promise, bounce_nothing)
