"""The suites that certify a delivery and a result as wholes: the only rooms that know Great Expectations.

Polars decides about rows, elsewhere. Here each rule is stated once, as a native expectation and as the Polars
expression of what breaks it; a failed one refuses the night with its cause (rules §9). Nothing here is imported by
a family's rerun: the library alone takes seconds to load.
"""

import os

from expectations.sparing import spare

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when the library is imported: no usage statistics leave the machine
spare("scipy.stats", "altair")
