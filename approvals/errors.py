"""Refusals of the door: who may, what is missing, what happened meanwhile."""

from collections.abc import Sequence


class WorkflowError(Exception):
    """A step was refused; nothing was written."""

    def __init__(self, reasons: Sequence[str] = (), who: Sequence[str] = (), kept: dict | None = None) -> None:
        super().__init__("; ".join(str(reason) for reason in reasons))
        self.reasons = [str(reason) for reason in reasons]
        self.who = [str(name) for name in who]
        # What the person typed, so that the page can give it back.
        self.kept = kept or {}


class NotOffered(WorkflowError):
    """Wrong state, wrong person, or a person who must keep out: 403, with who may."""


class Blocked(WorkflowError):
    """Right person, something missing: 409, with every reason."""


class Stale(WorkflowError):
    """Somebody else acted since the page was opened: 409, with what happened."""
