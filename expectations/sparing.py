"""Sparing a night what Great Expectations takes time for: libraries for rules that are none of ours, and repetition."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType


def spare(*names: str) -> None:
    """From now on, these modules load when something of theirs is first asked for, and not when they are imported.

    A third of Great Expectations' start goes into statistics and pictures, for expectations about distributions.
    """
    sys.meta_path.insert(0, _WhenAsked(names))


class _WhenAsked(MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Find these modules where they always are, with a loader that waits."""
        spec = PathFinder.find_spec(name, path, target) if name in self._names else None
        if spec is not None and isinstance(spec.loader, Loader):
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def describing_once() -> Iterator[None]:
    """In here, an expectation describes itself once and not seventy times, which is half of what a validation takes.

    Nothing that it says of itself changes while it is validated.
    """
    from great_expectations.expectations.expectation import Expectation

    describing, described = Expectation.configuration, {}

    def once(expectation: Expectation) -> object:
        if id(expectation) not in described:
            described[id(expectation)] = expectation, describing.fget(expectation)
        return described[id(expectation)][1]

    Expectation.configuration = property(once)
    try:
        yield
    finally:
        Expectation.configuration = describing
