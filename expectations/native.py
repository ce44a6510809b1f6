"""What is asked of Great Expectations, in plain data that can be put to it in another process."""

import json
from dataclasses import asdict, dataclass

Broken = dict[str, int | None]
"""How many rows break each rule, by its id; None where the library could not try it."""


@dataclass(frozen=True)
class Native:
    """An expectation of the library's own: what it calls that kind, and what it is told."""

    type: str
    kwargs: dict


@dataclass(frozen=True)
class Question:
    """A table, as an Arrow stream, with what is expected of it by the id of each rule."""

    name: str
    expected: dict[str, Native]
    table: bytes

    def head(self) -> bytes:
        """All but the table, to be sent before it."""
        expected = {id: asdict(native) for id, native in self.expected.items()}
        return json.dumps({"name": self.name, "expected": expected}).encode()

    @classmethod
    def received(cls, head: bytes, table: bytes) -> "Question":
        """The question that these two were sent for."""
        said = json.loads(head)
        return cls(said["name"], {id: Native(**native) for id, native in said["expected"].items()}, table)
