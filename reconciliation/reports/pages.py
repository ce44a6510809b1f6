"""Pages and letters: templates filled in, everything from data escaped, nothing ever fetched.

A page is one file. Its content-security policy forbids all network and runs no script but its own, which it names by
digest: a script that came in with a name or a narrative does nothing.
"""

import base64
import hashlib
from datetime import date
from functools import cache

import jinja2
from markupsafe import Markup

TEMPLATES = jinja2.PackageLoader("reconciliation.reports", "templates")

DAYS_IN_A_YEAR = 366


def page(template: str, **values: object) -> bytes:
    """The template filled in with `values`, as UTF-8."""
    return _environment().get_template(template).render(values).encode()


def compile_ahead(*templates: str) -> None:
    """Have these compiled before they are filled in."""
    for template in templates:
        _environment().get_template(template)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=TEMPLATES, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"pounds": pounds, "day": day, "count": count, "sha256": digest, "words": words, "ago": ago}
    environment.globals["own"] = _own
    return environment


def pounds(pence: int | None) -> str:
    """Money as people read it: `£1,234.50`, `−£20.00`; nothing for nothing known."""
    if pence is None:
        return ""
    size = abs(pence)
    return f"{'−' if pence < 0 else ''}£{size // 100:,}.{size % 100:02d}"


def day(value: date | None) -> str:
    """A date as people write it: `10 June 2026`."""
    return "" if value is None else f"{value.day} {value:%B %Y}"


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 family`, `1,200 families`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def ago(days: int) -> str:
    """How long ago, as people say it: in days, and from two years on in whole years."""
    years = days // DAYS_IN_A_YEAR
    return f"{count(days, 'day')} ago" if years < 2 else f"more than {years} years ago"


def words(name: str) -> str:
    """A value of a closed set in words: `time_and_trouble` reads as `time and trouble`."""
    return name.replace("_", " ")


def digest(text: str) -> str:
    """The SHA-256 of a script or style, as a content-security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _own(name: str) -> Markup:
    """A file of ours (style or script) as it is: it holds no data, so there is nothing to escape."""
    source, _, _ = TEMPLATES.get_source(_environment(), name)
    return Markup(source)  # noqa: S704 our own file, never data
