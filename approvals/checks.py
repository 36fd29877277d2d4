"""System checks: the workflow tables are sound and every row has its verb."""

from collections import Counter
from typing import Any

from django.core.checks import Error, register
from django.db.models import TextChoices

from approvals.models import Case, Review
from approvals.reviews import REVIEW_STEPS
from approvals.workflow import WORKFLOW
from projects.states import ENDINGS, INITIAL, State


@register()
def tables_are_sound(app_configs: Any, **_kwargs: Any) -> list[Error]:
    """Unique (source, action); every action has its verb; no dead end; everything can be reached."""
    return [*_unique(), *_verbs(), *_graph()]


def _unique() -> list[Error]:
    counts = Counter((step.source, step.action) for step in (*WORKFLOW, *REVIEW_STEPS))
    return [Error(f"Two rows for {key}.", id="approvals.E001") for key, count in counts.items() if count > 1]


def _verbs() -> list[Error]:
    pairs = [(Case, step) for step in WORKFLOW] + [(Review, step) for step in REVIEW_STEPS]
    return [
        Error(f"{model.__name__} has no verb {step.action}.", id="approvals.E002")
        for model, step in pairs
        if not hasattr(getattr(model, step.action, None), "_django_fsm")
    ]


def _graph() -> list[Error]:
    leaving = {step.source for step in WORKFLOW if step.target != step.source}
    reached: set[TextChoices] = {INITIAL}
    frontier: list[TextChoices] = [INITIAL]
    while frontier:
        here = frontier.pop()
        onward = {step.target for step in WORKFLOW if step.source == here} - reached
        reached |= onward
        frontier += onward
    errors = [Error(f"{state} cannot be reached.", id="approvals.E003") for state in State if state not in reached]
    errors += [
        Error(f"Nothing leads out of {state}.", id="approvals.E004")
        for state in State
        if state not in ENDINGS and state not in leaving
    ]
    return errors
