"""What a suite says of a whole: passed or not, the causes in plain words, and a small record kept with the run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Certificate:
    """`causes` has one line per failed rule (per row where the rule says so), none when `passed`.

    `json` is what the store keeps with the run and what `data_docs` shows: per table its rows and per rule how many
    rows broke it. It holds no cell of any table.
    """

    passed: bool
    causes: tuple[str, ...]
    json: dict

    @classmethod
    def kept(cls, json: dict) -> "Certificate":
        """The certificate that `json` was taken from."""
        return cls(json["passed"], tuple(json["causes"]), json)
