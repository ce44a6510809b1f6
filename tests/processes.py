"""Watching a process that is nobody's child here."""

import time
from pathlib import Path

ENDS_WITHIN_SECONDS = 20


def is_alive(process: int) -> bool:
    """It is there, and not only waiting to be noticed as dead."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def ends(process: int) -> bool:
    """It ends before long."""
    limit = time.monotonic() + ENDS_WITHIN_SECONDS
    while is_alive(process) and time.monotonic() < limit:
        time.sleep(0.05)
    return not is_alive(process)
