"""Loading ahead: what later stages of a night need gets ready while its first ones wait for something else."""

import gc
import importlib
from contextlib import suppress
from threading import Thread, main_thread

LATER = ("reconciliation.night", "adbc_driver_sqlite.dbapi")
"""In the order in which a night comes to them."""


def load_ahead() -> None:
    """Begin, and return at once."""
    Thread(target=_load).start()


def _load() -> None:
    """What cannot be had is told by the stage that needs it; a command that has ended is not kept waiting.

    Loading makes objects by the hundred thousand, and not one is garbage: looking for it takes a third of the time.
    """
    gc.disable()
    for name in LATER:
        if main_thread().is_alive():
            with suppress(Exception):
                importlib.import_module(name)
    gc.freeze()
    gc.enable()
    if main_thread().is_alive():
        with suppress(Exception):
            _get_pages_ready()


def _get_pages_ready() -> None:
    """The first picture takes ten times as long as the next."""
    import vl_convert

    from reconciliation.reports.pages import compile_ahead

    compile_ahead("report.html", "briefing.html")
    vl_convert.vegalite_to_svg({"data": {"values": []}, "mark": "bar"})
