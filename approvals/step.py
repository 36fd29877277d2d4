"""Step: what one row of a workflow table says."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise

from accounts.roles import Role

# A guard looks at the case (and at what the actor entered, in case.entry) and returns None or the reason it refuses.
Guard = Callable[[Any], str | None]
# An effect runs inside the step's transaction with the case and the decision.
Effect = Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow: who may move a case from `source` to `target` by `action`, when, and what follows."""

    source: TextChoices
    action: str  # the verb: (source, action) is unique
    target: TextChoices
    by: tuple[Role, ...]
    label: Promise | str  # lazy: translated when shown, never read by logic
    guards: tuple[Guard, ...] = ()
    needs: tuple[TextChoices, ...] = ()  # kinds of document that must be attached
    first: tuple[Effect, ...] = ()  # before the decision row, so that the row can name what was made
    then: tuple[Effect, ...] = ()  # after the decision row; all in one transaction
    comment: bool = False  # the actor must say why
    fields: tuple[str, ...] = ()  # what else the actor enters: names of fields of approvals.forms
    duty: bool = True  # whether it makes the case somebody's 待办
    quiet: bool = False  # left out of the case page while something stands in the way
    while_suspended: bool = False  # whether it goes on while the case is suspended
    tone: str = "primary"  # primary, secondary, danger: how the button looks
    copies: tuple[Role, ...] = ()  # who is sent a copy (抄送)

    @property
    def is_automatic(self) -> bool:
        """Whether the system takes it as soon as nothing blocks it."""
        return self.by == (Role.SYSTEM,)


def from_each(sources: Iterable[TextChoices], *, target: TextChoices | None, **row: Any) -> tuple[Step, ...]:
    """The same row for several sources, written out so that the diagram and the tests see every arrow.

    target: None where the case stays where it is.
    """
    return tuple(Step(source=source, target=target or source, **row) for source in sources)
