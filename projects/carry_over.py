"""What weighs against a new application of a unit: work not accepted, integration not done, a poor evaluation.

Sources: Shandong 2016 (units with unaccepted projects may not apply), Linyi 2021 (integration first), Taixing 2026
(score below 70: warning), domain reference §2.3; the policy row "carry_over" says which of them warn and which block.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from planning.models import IntegrationCommitment
from planning.queries import PolicyMissing, policy
from portfolio.models import System
from projects.models import Project
from projects.states import Kind, State

WARN, BLOCK = "warn", "block"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that weighs against the application: `severity` "warn" or "block"; `code` of the project or system."""

    severity: str
    rule: str
    text: str
    code: str = ""


def carry_over(project: Project, on: date | None = None) -> list[Problem]:
    """What weighs against this proposal on a day (today by default), blocks first; at most four queries.

    A rule blocks new builds only; for other kinds of project it warns: they keep up what exists.
    """
    day = on or timezone.localdate()
    try:
        rules = policy("carry_over", day)
    except PolicyMissing:
        return []
    checks = {"projects": _unaccepted, "commitments": _commitments, "score": _score}
    found = []
    for name, check in checks.items():
        mode = rules.get(name, {}).get("mode", "off")
        if mode in {WARN, BLOCK}:
            severity = BLOCK if mode == BLOCK and project.kind == Kind.NEW else WARN
            found += [Problem(severity, name, text, code) for text, code in check(project, rules[name], day)]
    return sorted(found, key=lambda problem: problem.severity != BLOCK)


def blocks(project: Project) -> list[Problem]:
    """Only what forbids the submission."""
    return [problem for problem in carry_over(project) if problem.severity == BLOCK]


def months_before(day: date, months: int) -> date:
    """The same day some months earlier (the last day of February for the 31st, and so on)."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))


def _unaccepted(project: Project, rule: dict[str, Any], day: date) -> Iterator[tuple[str, str]]:
    limit = months_before(day, int(rule.get("grace_months", 0)))
    running = Project.objects.filter(department=project.department_id, state=State.APPROVED).exclude(pk=project.pk)
    running = running.exclude(ends_on="").filter(ends_on__lt=f"{limit:%Y-%m}").order_by("ref")
    for one in running.only("ref", "title", "ends_on"):
        text = _("Project %(ref)s %(title)s was to end in %(month)s and has not been accepted.")
        yield text % {"ref": one.ref, "title": one.title, "month": one.ends_on}, one.ref
    built = System.objects.filter(department=project.department_id, status=System.Status.APPROVED_NOT_BUILT)
    for system in built.filter(built_on__lt=limit).order_by("code"):
        text = _("System %(code)s %(name)s was approved on %(day)s and is not built.")
        yield text % {"code": system.code, "name": system.name, "day": system.built_on}, system.code


def _commitments(project: Project, rule: dict[str, Any], day: date) -> Iterator[tuple[str, str]]:
    rows = IntegrationCommitment.objects.filter(department=project.department_id, done_on=None, due_on__lt=day)
    for row in rows.order_by("due_on", "pk"):
        text = _("Integration commitment overdue since %(day)s: %(text)s (%(source)s).")
        yield text % {"day": row.due_on.isoformat(), "text": row.text, "source": row.source}, ""


def _score(project: Project, rule: dict[str, Any], day: date) -> Iterator[tuple[str, str]]:
    """The last evaluation of the system that is followed up, or of any system of the unit for a new build."""
    rows = System.objects.filter(department=project.department_id, evaluation_score__lt=rule.get("below", 0))
    if project.predecessor_id:
        rows = rows.filter(pk=project.predecessor_id)
    for system in rows.exclude(status=System.Status.RETIRED).order_by("evaluation_score", "code")[:5]:
        text = _("System %(code)s %(name)s scored %(score)s in its last evaluation; %(below)s is asked for.")
        values = {"code": system.code, "name": system.name, "score": system.evaluation_score, "below": rule["below"]}
        yield text % values, system.code
