"""docs/exceptions.md: the reference of exceptions, made from the catalogue so that it cannot go stale.

`python -m reconciliation.reports.reference > docs/exceptions.md` writes it anew; a test fails when that is due.
"""

from itertools import groupby

from reconciliation.exceptions.catalogue import CATALOGUE, Entry
from reconciliation.vocabulary import Owner

INTRODUCTION = """\
# Every exception, what it means and what to do

An exception is something that a person must look at. This page is made from the program's own tables
(`reconciliation/exceptions/catalogue.py`); what raises each code, to the penny and the day, is in the rules, section 6.

The same exception keeps its id night after night, so a decision stays with it. The amount of one exception and that of
another may speak of the same money: never add up different codes.

| severity | when |
|---|---|
| critical | today: a family is without money, or the council has broken a duty |
| high | this week |
| medium | this month |
| low | to learn from |
"""


def reference() -> str:
    """The page as Markdown, by owner and then in the order of the rules."""
    owners = list(Owner)
    entries = sorted(CATALOGUE.values(), key=lambda entry: owners.index(entry.owner))
    sections = [_section(owner, list(of_owner)) for owner, of_owner in groupby(entries, lambda entry: entry.owner)]
    return "\n".join([INTRODUCTION, _contents(), *sections])


def _contents() -> str:
    rows = [
        f"| [{entry.code}](#{entry.code.lower()}) | {entry.title} | {entry.owner} |" for entry in CATALOGUE.values()
    ]
    return "\n".join(["| code | in words | owner |", "|---|---|---|", *rows, ""])


def _section(owner: Owner, entries: list[Entry]) -> str:
    return "\n".join([f"## For {owner}", "", *(_entry(entry) for entry in entries)])


def _entry(entry: Entry) -> str:
    lines = [
        f"### {entry.code}",
        "",
        f"**{entry.title}.** {entry.meaning}",
        "",
        f"- **What to do:** {entry.action}",
        f"- **Severity:** usually {entry.severity}",
        f"- **Rests on:** {entry.source}",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(reference(), end="")
