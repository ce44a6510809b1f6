"""What the guides say: their commands, links and tables, taken from the pages themselves."""

import re
import shlex
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|[/\s])reconcile +([a-z].*)")
AFTER_A_COMMAND = re.compile(r"\s*(?:\|\|? |>>? |2>|# |; ).*")
STANDS_FOR = {"FILE": "exceptions.xlsx", "FAMILY_ID": "F00042", "FAMILY": "F00042", "DIR": "out", "ROLE": "director"}
STANDS_FOR |= {"DATE": "2026-06-10", "URL": "sqlite:///store", "HOURS": "24", "...": ""}


def blocks(page: Path, *languages: str) -> list[str]:
    """The fenced blocks of a page in those languages."""
    return [text for language, text in FENCE.findall(page.read_text()) if language in languages]


def commands(page: Path) -> list[list[str]]:
    """Every command line of the program on a page, as arguments; a synopsis gives one for each choice in it."""
    lines = [line for block in blocks(page, "console", "sh", "cron", "ini") for line in block.splitlines()]
    found = [match[1] for line in lines if (match := COMMAND.search(line))]
    return [_arguments(chosen) for command in found for chosen in _choices(command)]


def _choices(command: str) -> list[str]:
    """A synopsis with each of its `[a | b]` taken once, and all of its `[a]`."""
    parts = re.split(r"\[([^\]]*)\]", command)
    choices = [part.split(" | ") if place % 2 else [part] for place, part in enumerate(parts)]
    return [" ".join(chosen) for chosen in product(*choices)]


def _arguments(command: str) -> list[str]:
    words = shlex.split(AFTER_A_COMMAND.sub("", command, count=1))
    return [meant for word in words if (meant := STANDS_FOR.get(word, word))]


def links(page: Path) -> list[str]:
    """Every link and picture of a page that stays in this repository, without what only a browser jumps to."""
    targets = re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text()))
    return [target.partition("#")[0] for target in targets if "://" not in target and not target.startswith("#")]


def anchors(page: Path) -> list[tuple[str, str]]:
    """Every (page, heading) that a page links to."""
    targets = re.findall(r"\]\(([^)\s#]*)#([^)\s]+)\)", page.read_text())
    return [(target, heading) for target, heading in targets if "://" not in target]


def headings(page: Path) -> set[str]:
    """The headings of a page, as they are linked to."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def table(page: Path, first_column: str) -> list[dict[str, str]]:
    """The rows of the table whose first column has that name."""
    lines = [line.strip("| ") for line in page.read_text().splitlines() if line.startswith("|")]
    start = next(place for place, line in enumerate(lines) if line.startswith(first_column))
    names, rows = _cells(lines[start]), []
    for line in lines[start + 2 :]:
        cells = _cells(line)
        if len(cells) != len(names):
            break
        rows.append(dict(zip(names, cells, strict=True)))
    return rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]
