"""Loading ahead: libraries that later stages of a night need load while its first ones wait for something else."""

import gc
import importlib
from contextlib import suppress
from threading import Thread, main_thread

LATER = ("reconciliation.night", "holidays.countries.united_kingdom", "adbc_driver_sqlite.dbapi")
"""In the order in which a night comes to them."""


def load_ahead() -> None:
    """Begin, and return at once."""
    Thread(target=_load).start()


def _load() -> None:
    """Loading makes objects by the hundred thousand, and not one is garbage: looking for it takes a third of the time.

    What cannot be loaded is told by the stage that needs it.
    """
    gc.disable()
    for name in LATER:
        if main_thread().is_alive():
            with suppress(Exception):
                importlib.import_module(name)
    gc.freeze()
    gc.enable()
