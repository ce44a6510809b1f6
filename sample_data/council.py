"""What the council knows of a family, before any export gives it a shape.

Money is whole pence. A line, a suspension or any other row may stand twice with different `recorded_on`: the later
one is what the council knew from then on.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date


@dataclass
class Line:
    """One line of an agreed direct payment; `pence` is a week's, or a one-off's."""

    entitlement_id: str
    family_id: str
    kind: str
    pence: int
    starts: date
    ends: date | None
    recorded_on: date
    contribution: int = 0
    method: str = "net"
    schedule: str = ""
    is_interim: bool = False
    status: str = "active"
    reason: str = ""
    spoilt: dict[str, str] = field(default_factory=dict)
    """Cells of the export that nobody can read, by its column."""


@dataclass
class Suspension:
    """Days paid at a reduced rate."""

    suspension_id: str
    family_id: str
    starts: date
    ends: date | None
    percent: int
    reason: str
    recorded_on: date
    status: str = "active"


@dataclass(eq=False)
class Movement:
    """One movement of money; its number is given once all are known, in order of posting."""

    family_id: str
    reference: str
    posted_on: date
    pence: int
    kind: str
    channel: str
    narrative: str = ""
    reverses: "Movement | None" = None
    period_start: date | None = None
    promise_id: str = ""
    recorded_on: date | None = None
    transaction_id: str = ""
    spoilt: dict[str, str] = field(default_factory=dict)


@dataclass
class Family:
    """One family: who they are, what was agreed, what was paid, and every duty towards them."""

    family_id: str
    name: str
    carer: str
    service: str
    team: str
    reference: str
    channel: str
    schedule: str
    opened_on: date
    closed_on: date | None = None
    closure_recorded_on: date | None = None
    """When the council came to know of the closing; blank when it knew in time."""
    lines: list[Line] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    rows: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))
    """The canonical records (plans, reviews, cases, …), ready to be written."""

    @property
    def number(self) -> str:
        """The digits of the family's id, which its other records carry too."""
        return self.family_id[1:]

    def newest_lines(self) -> list[Line]:
        """Each line that can be read, as it is known last."""
        return list(
            {line.entitlement_id: line for line in sorted(self.lines, key=lambda line: line.recorded_on)}.values()
        )

    def active_lines(self, day: date) -> list[Line]:
        """The weekly lines that are entitled on `day`."""
        if self.closed_on and day > self.closed_on:
            return []
        return [
            line
            for line in self.newest_lines()
            if line.kind == "weekly" and line.status == "active" and line.starts <= day <= (line.ends or day)
        ]

    def revise(self, line: Line, recorded_on: date, **changes: object) -> Line:
        """A later version of a line, known from `recorded_on`."""
        version = replace(line, recorded_on=recorded_on, **changes)
        self.lines.append(version)
        return version

    def suspend(self, starts: date, ends: date | None, percent: int, reason: str, recorded_on: date) -> None:
        """Pay the days from `starts` to `ends` at `percent` only."""
        suspension_id = f"S{self.number}-{len(self.suspensions) + 1}"
        self.suspensions.append(Suspension(suspension_id, self.family_id, starts, ends, percent, reason, recorded_on))

    def add(self, record: str, **row: object) -> dict:
        """A row of a canonical record of this family."""
        row = {"family_id": self.family_id} | row
        self.rows[record].append(row)
        return row

    def pay(self, posted_on: date, pence: int, kind: str = "payment", **more: object) -> Movement:
        """A movement over the family's usual channel, unless `more` says otherwise."""
        usual = {"family_id": self.family_id, "reference": self.reference, "channel": self.channel}
        movement = Movement(posted_on=posted_on, pence=pence, kind=kind, **(usual | more))
        self.movements.append(movement)
        return movement
