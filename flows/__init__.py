"""The flows: a night, a family's rerun and the weekly briefing under Prefect; the only rooms that know it.

Prefect gives schedules, visible stages and pages for the person on duty. What is done, and in which order, is written
in `reconciliation` alone, and runs there just as well without it.
"""

import os

# Read when Prefect is imported: nothing about a run leaves the machine.
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["DO_NOT_TRACK"] = "1"
# A first start makes Prefect's own database, which takes longer than its default limit.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
