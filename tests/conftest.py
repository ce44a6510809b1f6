"""What holds for every test, and which of them share a worker."""

import os

import polars as pl
import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

if "PYTEST_XDIST_WORKER" in os.environ:
    pl.thread_pool_size()  # counted here once: the limit is for a worker, not for the commands that its tests start
    os.environ.pop("POLARS_MAX_THREADS", None)

pytest_plugins = ("tests.prefect_server", "tests.worked_night")

TOGETHER = {
    "tests/flows/": "Prefect's server",
    "tests/trust/test_privacy.py": "Prefect's server",
    "tests/browser/": "the browser",
}
"""Files that stay on one worker, where what they need starts once."""

LONGEST = (
    "tests/flows/",
    "tests/trust/test_privacy.py",
    "tests/trust/test_faults.py",
    "tests/night/test_quiet_nights.py",
    "tests/trust/",
    "tests/night/",
    "tests/cli/",
    "tests/properties/",
    "tests/expectations/",
    "tests/browser/",
    "tests/store/",
)
"""Where tests take longest. They come first: whatever is begun last must be short, or one worker ends it alone."""


class Neighbourhoods(LoadFileScheduling):
    """A file is one worker's, and so are files that belong together."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((name for start, name in TOGETHER.items() if file.startswith(start)), file)


def pytest_configure(config):
    """Hypothesis draws few examples in the everyday run, other ones each time, and many in the longer one."""
    examples = 40 if config.option.markexpr == "not slow" else 300
    settings.register_profile("ours", max_examples=examples, deadline=None)  # limits are asserted; machines are shared
    settings.load_profile("ours")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Neighbourhoods(config, log)


def pytest_collection_modifyitems(items):
    def place(test) -> int:
        return next((at for at, start in enumerate(LONGEST) if test.nodeid.startswith(start)), len(LONGEST))

    items.sort(key=place)
