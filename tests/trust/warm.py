"""A process that has imported all that a night needs and starts each night as a fork of itself, to be killed.

Read from standard input, one line each: a night as JSON. Written to standard output, one line each: `stage NAME` as
each begins, then `ended N`, N the exit status, or minus the signal that ended it.

Most of a night's time is importing and running Great Expectations, which looks at frames and keeps nothing; unless
asked for, its two checks are left out here, so that the moments fall where something could be lost. Rows go through
the staging file from 100 on, as they do in a large council.
"""

import importlib
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from expectations.certificate import Certificate
from reconciliation import intake, night
from reconciliation.errors import Refusal
from reconciliation.position import Position
from reconciliation.requests import NightRequest
from reconciliation.stages import call
from reconciliation.store import sqlite

LOADED_ON_THE_WAY = (
    "adbc_driver_sqlite.dbapi",
    "alembic.command",
    "alembic.config",
    "filelock",
    "adbc_driver_postgresql.dbapi",
    "psycopg",
    "holidays.countries.united_kingdom",
    "vl_convert",
    "xlsxwriter",
)
REFUSED, FAULT = 2, 1


def say(*words: object) -> None:
    """One line, at once."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def announced(name: str, function, *arguments):
    """A stage that says it begins."""
    say("stage", name)
    return call(name, function, *arguments)


def unexamined(*_whatever) -> Certificate:
    """The certificate of nobody having looked."""
    return Certificate(passed=True, causes=(), json={"passed": True, "causes": []})


def run(asked: dict) -> int:
    """The night, in the forked process; its exit status as of the command."""
    sqlite.BULK_ROWS = 100
    if not asked["is_examined"]:
        intake.certify_delivery = night.certify_results = unexamined
    position = Position.at(date.fromisoformat(asked["as_of"]))
    data, out, database = Path(asked["data"]), Path(asked["out"]), asked["database"]
    request = NightRequest(data, out, position, datetime.now(UTC), database=database)
    try:
        night.run_night(request, announced)
    except Refusal as refusal:
        say("refused", *refusal.causes)
        return REFUSED
    except Exception as fault:
        say("fault", repr(fault))
        return FAULT
    return 0


def main() -> None:
    """Serve nights until nobody asks for more."""
    for module in LOADED_ON_THE_WAY:
        importlib.import_module(module)
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(run(json.loads(line)))
        _, status = os.waitpid(child, 0)
        say("ended", os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
