"""A store that a first night has filled, made once and kept in the council's folder."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from benchmarks.council import AS_OF
from benchmarks.stopwatch import folder

COMMAND = "import sys; from reconciliation.cli import run; sys.exit(run(sys.argv[1:]))"


def filled() -> Path:
    """The output folder of a night over the whole council, with its store."""
    out = folder() / "night"
    if not (out / AS_OF.isoformat()).exists():
        reconcile("nightly", "--direct", "--data", folder() / "landing", "--out", out)
    return out


def reconcile(*arguments: object, as_of: date = AS_OF) -> None:
    """A command in a process of its own, which finds its modules compiled as an installed program does."""
    command = [sys.executable, "-c", COMMAND, *map(str, arguments), "--as-of", as_of.isoformat()]
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=True, capture_output=True, env=compiled)  # noqa: S603 our own module
