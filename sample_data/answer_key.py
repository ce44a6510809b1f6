"""What was planted, as the stories themselves know it: no figure here is worked out by the pipeline."""

from dataclasses import dataclass, field
from datetime import date

from sample_data.council import Family, Movement
from sample_data.days import EXPORTED_ON, working_days_between

ACKNOWLEDGE_DAYS = 5


@dataclass(frozen=True)
class Planted:
    """One exception that the night of the export must raise, and no other of that code and subject."""

    story: str
    family_id: str
    code: str
    subject: str | Movement
    pence: int | None
    since: date
    items: int


@dataclass
class AnswerKey:
    """Every exception and every standing but `settled` that the stories planted."""

    story: str = ""
    planted: list[Planted] = field(default_factory=list)
    standings: dict[str, str] = field(default_factory=dict)
    stories: dict[str, str] = field(default_factory=dict)
    """The story of each family that has one."""
    unreadable: list[tuple[str, str | Movement, str]] = field(default_factory=list)
    """Record, key and family of every row that must be quarantined."""

    def tells(self, story: str, *families: Family) -> None:
        """What is planted from here on belongs to this story of these families."""
        self.story = story
        self.stories |= {family.family_id: story for family in families}

    def stands(self, standing: str, *families: Family) -> None:
        """The families' standing at the end."""
        self.standings |= {family.family_id: standing for family in families}

    def quarantined(self, record: str, key: str | Movement, family_id: str = "") -> None:
        """A row that must be quarantined, by its own key, and the family that it names."""
        self.unreadable.append((record, key, family_id))

    def raises(
        self,
        code: str,
        family: Family | str,
        since: date,
        items: int = 1,
        pence: int | None = None,
        subject: str | Movement | None = None,
    ) -> None:
        """An exception; its subject is the family unless `subject` says otherwise."""
        family_id = family if isinstance(family, str) else family.family_id
        self.planted.append(Planted(self.story, family_id, code, subject or family_id, pence, since, items))

    def nobody_told(self, family: Family, role: str, trigger: date) -> None:
        """A role at the top that should have confirmed and has not (rules §7)."""
        late = working_days_between(trigger, EXPORTED_ON) - ACKNOWLEDGE_DAYS
        self.raises("SENIOR_NOT_INFORMED", family, trigger, late, subject=f"{family.family_id}:{role}")
