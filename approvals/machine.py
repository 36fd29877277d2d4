"""The only interpreter of a workflow table: rows become django-fsm transitions, guards become reasons."""

from collections.abc import Callable, Sequence
from typing import Any

from django_fsm import transition

from approvals.step import Step


def blockers(subject: Any, step: Step) -> list[str]:
    """Every reason why `step` cannot be taken now, in table order; empty when it can.

    A suspended case and its reviews stand still: only the rows that say so go on.
    """
    stopped = None if step.while_suspended else subject.why_suspended()
    missing = [kind for kind in step.needs if kind not in subject.attached_kinds]
    reasons = [str(subject.missing_document(kind)) for kind in missing]
    reasons = [str(stopped), *reasons] if stopped else reasons
    return reasons + [str(reason) for guard in step.guards if (reason := guard(subject)) is not None]


def verbs(table: Sequence[Step], field: str) -> Callable[[Callable], Callable]:
    """A decorator that turns a method into the transitions which `table` lists under its name.

    Raises LookupError at import when the table has no row of that name, so a misspelt verb never becomes a no-op.
    """

    def verb(method: Callable) -> Callable:
        steps = [step for step in table if step.action == method.__name__]
        if not steps:
            raise LookupError(f"No row of the workflow table says how to {method.__name__}.")
        for step in steps:
            method = transition(
                field=field,
                source=step.source,
                target=step.target,
                conditions=[lambda subject, step=step: not blockers(subject, step)],
                custom={"step": step},
            )(method)
        return method

    return verb
