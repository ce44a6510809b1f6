"""The one error that people see: a refusal, with its causes.

Faults in rows are quarantined, not raised. A `Refusal` stops the night before anything is published (rules §9).
"""


class Refusal(Exception):
    """The run cannot give a right answer; nothing is published and the previous results stand (rules §9).

    `causes` holds one line per cause: what, where, what was expected, what to do next. A cause never holds
    a name, a bank reference or an amount with a family.
    """

    def __init__(self, *causes: str) -> None:
        super().__init__("\n".join(causes))
        self.causes = causes
