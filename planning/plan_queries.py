"""Read rounds, plan items and commitments, with what their change forms compare and the history keeps."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Department
from planning.models import IntegrationCommitment, LateFiling, PlanItem, Round

ROUND_DATES = ("announced_on", "opens_on", "closes_on", "endorse_by", "review_by", "decide_by")
ROUND_TEXTS = ("code", "name", "name_en", "year", "note")
ITEM_FIELDS = ("code", "title", "title_en", "level", "year_from", "year_to", "source", "summary")


def round_or_404(code: str) -> Round:
    """The round of that code."""
    found = Round.objects.filter(code=code).first()
    if found is None:
        raise Http404(code)
    return found


def item_or_404(code: str) -> PlanItem:
    """The plan item of that code, with parent, owner and envelopes."""
    rows = PlanItem.objects.select_related("parent", "department").prefetch_related("envelopes")
    found = rows.filter(code=code).first()
    if found is None:
        raise Http404(code)
    return found


def round_facts(row: Round) -> dict[str, Any]:
    """What a round says, fit for JSON."""
    days = {name: getattr(row, name) for name in ROUND_DATES}
    texts = {name: getattr(row, name) for name in ROUND_TEXTS}
    return texts | {name: value.isoformat() if value else None for name, value in days.items()}


def item_facts(row: PlanItem, envelopes: dict[int, Decimal] | None = None) -> dict[str, Any]:
    """What a plan item says, fit for JSON; envelopes: year → 万元 (read from the row where they are not given)."""
    money = {one.year: one.amount for one in row.envelopes.all()} if envelopes is None else envelopes
    return {
        **{name: getattr(row, name) for name in ITEM_FIELDS},
        "parent": row.parent.code if row.parent else None,
        "department": row.department.code if row.department else None,
        "envelope": None if row.envelope is None else f"{row.envelope:.2f}",
        "withdrawn_on": row.withdrawn_on.isoformat() if row.withdrawn_on else None,
        "envelopes": {str(year): f"{money[year]:.2f}" for year in sorted(money)},
    }


def mark(facts: dict[str, Any]) -> str:
    """A short mark of what a row says: a form that carries another one was opened on an older row."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def late_filings_of(row: Round) -> list[LateFiling]:
    """Every late filing of a round, the newest first, revoked ones too."""
    return list(row.late_filings.select_related("department", "granted_by", "revoked_by"))


def is_valid(filing: LateFiling, on: date | None = None) -> bool:
    """Whether a late filing can be used that day."""
    return filing.revoked_at is None and filing.until >= (on or timezone.localdate())


def rounds_with_leave(departments: Iterable[Department], on: date | None = None) -> QuerySet[Round]:
    """Closed rounds in which one of these units, or a unit above it, may still file."""
    codes = {code for unit in departments for code in unit.path.split("/") if code}
    day = on or timezone.localdate()
    valid = LateFiling.objects.filter(department__code__in=codes, until__gte=day, revoked_at=None)
    return Round.objects.filter(pk__in=valid.values("round"), opens_on__lte=day)


def tree(items: Iterable[PlanItem]) -> list[tuple[PlanItem, int]]:
    """Items in the order of the tree with their depth; an item whose parent is not among them is a root."""
    rows = sorted(items, key=lambda item: item.code)
    known = {item.pk for item in rows}
    below: dict[int | None, list[PlanItem]] = {}
    for item in rows:
        below.setdefault(item.parent_id if item.parent_id in known else None, []).append(item)
    found: list[tuple[PlanItem, int]] = []
    stack = [(item, 0) for item in reversed(below.get(None, []))]
    while stack:
        item, depth = stack.pop()
        found.append((item, depth))
        stack += [(child, depth + 1) for child in reversed(below.get(item.pk, []))]
    return found


def narrowed(*, q: str = "", level: str = "", owner: Department | None = None, year: int | None = None) -> list[int]:
    """Keys of the plan items that fit every criterion. q: words, each in the code, a title or the source."""
    rows = PlanItem.objects.order_by()
    for word in q.split()[:10]:
        named = Q(code__icontains=word) | Q(title__icontains=word) | Q(title_en__icontains=word)
        rows = rows.filter(named | Q(source__icontains=word))
    if level:
        rows = rows.filter(level=level)
    if owner is not None:
        rows = rows.filter(department=owner)
    if year is not None:
        rows = rows.filter(year_from__lte=year, year_to__gte=year)
    return list(rows.values_list("pk", flat=True))


def owners() -> QuerySet[Department]:
    """Units that own a plan item."""
    return Department.objects.filter(pk__in=PlanItem.objects.exclude(department=None).order_by().values("department"))


def commitments(department: Department | None = None) -> QuerySet[IntegrationCommitment]:
    """What units have promised to integrate: open ones first, by the day they are due."""
    rows = IntegrationCommitment.objects.select_related("department")
    rows = rows.filter(department=department) if department else rows
    return rows.order_by("done_on", "due_on", "pk")


def commitment_or_404(pk: int) -> IntegrationCommitment:
    """One commitment."""
    found = IntegrationCommitment.objects.filter(pk=pk).select_related("department").first()
    if found is None:
        raise Http404(str(pk))
    return found
