"""What was paid for what: cancel, named, regular, recover, FIFO; one room per step (rules §3).

Inside these rooms families, dues and movements are whole numbers: a family's place, and a due's and a movement's
place in the order of rules §3, family after family. So "in order" is "by number", and joins never touch text.

MOVEMENTS  `movement, family, kind, posted_on, period_start, amount_pence`, each movement's number its place
TARGETS    `movement, target` (the payment or remedy that a return or reversal names)
PAYMENTS   `payment` (a movement's number), `family, posted_on, period_start, amount_pence`,
           `remaining_pence` after cancelling, `left_pence` not yet allocated or recovered
DUES       `due, family, due_on, period_start, due_pence, lacking_pence`
ALLOTTED   `payment, due, amount_pence, step`
"""

from reconciliation.allocation.steps import Allocated, allocate

__all__ = ["Allocated", "allocate"]
