"""One thing that is missing or should be looked at, wherever it is found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing. `problem`: what is there contradicts a rule. row: code of the row that asks for it."""

    section: str
    field: str
    message: str
    problem: bool = False
    row: str = ""
