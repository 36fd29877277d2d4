"""What may be read from the library, and by whom."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from accounts.policy import require
from standards.kinds import ReviewKind, Severity, StandardStatus
from standards.models import ChecklistEdition, ChecklistItem, Standard

M = TypeVar("M", bound=Model)

_VIEW = "standards.view"
_MENTIONS = (
    *("code", "question", "question_en", "evidence", "evidence_en"),
    *("standard__number", "standard__title", "standard__title_en"),
    *("related__number", "related__title", "related__title_en"),
)


def edition_in_force(on: date | None = None) -> ChecklistEdition | None:
    """The published edition in force on a day (today unless told): the last that had become effective; or None."""
    return _in_force(on).first()


def _in_force(on: date | None) -> QuerySet[ChecklistEdition]:
    published = ChecklistEdition.objects.exclude(published_at=None).filter(effective_on__lte=on or timezone.localdate())
    return published.order_by("-effective_on", "-pk")[:1]


def in_force(
    kind: ReviewKind | str, on: date | None = None, edition: ChecklistEdition | None = None
) -> QuerySet[ChecklistItem]:
    """The items of one checklist that are valid on a day (today unless told), in checklist order.

    edition: whose items; the edition in force on that day unless told.
    """
    return _valid(on, edition).filter(kind=kind).select_related("standard").order_by("position", "code")


def items_for(user: User, *, kind: str = "", severity: str = "", q: str = "") -> QuerySet[ChecklistItem]:
    """Items valid today that match the filters; PermissionDenied unless the user may see the library.

    kind, severity: stored values, empty for all. q: words, each looked for in code, texts and cited standards.
    """
    require(user, _VIEW)
    items = _valid(None).select_related("standard").order_by("kind", "position", "code")
    if kind:
        items = items.filter(kind=kind)
    if severity:
        items = items.filter(severity=severity)
    for word in q.split():
        items = items.filter(pk__in=ChecklistItem.objects.filter(_any(_MENTIONS, word)).values("pk"))
    return items


def item_for(user: User, code: str) -> ChecklistItem:
    """One item by its code; PermissionDenied or Http404."""
    require(user, _VIEW)
    items = ChecklistItem.objects.filter(edition=edition_in_force(), code=code)
    return one(items.select_related("edition", "standard").prefetch_related("related"))


def standards_for(user: User, *, status: str = "", q: str = "") -> QuerySet[Standard]:
    """The catalogue, filtered, each with `item_count`; PermissionDenied unless the user may see the library."""
    require(user, _VIEW)
    cited = Count("items", distinct=True) + Count("related_items", distinct=True)
    standards = Standard.objects.select_related("superseded_by").annotate(item_count=cited).order_by("number")
    if status:
        standards = standards.filter(status=status)
    for word in q.split():
        standards = standards.filter(_any(("number", "title", "title_en", "summary", "summary_en"), word))
    return standards


def standard_for(user: User, pk: int) -> Standard:
    """One standard by its key; PermissionDenied or Http404."""
    require(user, _VIEW)
    return one(Standard.objects.select_related("superseded_by").prefetch_related("supersedes").filter(pk=pk))


def items_citing(standard: Standard) -> QuerySet[ChecklistItem]:
    """The items that rest on a standard, as their first or a further one."""
    citing = Q(standard=standard) | Q(related=standard)
    return ChecklistItem.objects.filter(citing, edition=edition_in_force()).select_related("standard").distinct()


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """An entry whose source an official must confirm: what it is called, where it stands and what is uncertain."""

    entry: Standard | ChecklistItem
    code: str
    label: str
    uncertain: str

    @property
    def url(self) -> str:
        """The page of the entry, where it is confirmed."""
        return self.entry.get_absolute_url()


def to_confirm() -> list[ToConfirm]:
    """Every standard, and every item of the edition in force, whose source is (partly) from memory; two queries."""
    standards = [ToConfirm(row, row.number, row.title_text, _uncertain(row)) for row in Standard.objects.all()]
    rows = ChecklistItem.objects.filter(edition=Subquery(_in_force(None).values("pk")))
    items = [ToConfirm(row, row.code, row.question_text, _uncertain(row)) for row in rows]
    return [found for found in (*standards, *items) if found.entry.to_confirm]


def _uncertain(entry: Standard | ChecklistItem) -> str:
    """What somebody has to look up, by the mark of the source and by what the entry says."""
    if isinstance(entry, Standard):
        if "M-med" in entry.source or "M-lo" in entry.source:
            return gettext("whether it exists in this edition and year, its title and whether it is still in force")
        return gettext("exact title, edition and dates, and that the summary fits the text")
    if "M-med" in entry.source or "M-lo" in entry.source:
        return gettext("which edition of the standard applies, and whether the rule asks this at all")
    return gettext("that the text asks this, of these projects, with this severity; the clause number")


def sizes(user: User) -> dict[str, int]:
    """How many items are valid today, how many standards and how many editions there are, for the tabs."""
    editions = ChecklistEdition.objects.count()
    return {"index": items_for(user).count(), "catalogue": standards_for(user).count(), "editions": editions}


def item_counts(user: User, *, kind: str = "", severity: str = "", q: str = "") -> dict[str, dict[str, int]]:
    """Items by kind and by severity for the filter chips, each under the other filters."""
    return {
        "kind": _count(items_for(user, severity=severity, q=q), "kind", ReviewKind.values),
        "severity": _count(items_for(user, kind=kind, q=q), "severity", Severity.values),
    }


def standard_counts(user: User, *, status: str = "", q: str = "") -> dict[str, dict[str, int]]:
    """Standards by status for the filter chips, under the words searched for."""
    found = Standard.objects.filter(pk__in=standards_for(user, q=q).values("pk"))
    return {"status": _count(found, "status", StandardStatus.values)}


def _count(rows: QuerySet, field: str, values: list[str]) -> dict[str, int]:
    found = dict(rows.order_by().values_list(field).annotate(n=Count("pk")))
    return {value: found.get(value, 0) for value in values}


def _valid(on: date | None, edition: ChecklistEdition | None = None) -> QuerySet[ChecklistItem]:
    day = on or timezone.localdate()
    items = ChecklistItem.objects.filter(edition=edition or Subquery(_in_force(day).values("pk")))
    started = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    return items.filter(started & (Q(valid_until__isnull=True) | Q(valid_until__gte=day)))


def _any(fields: tuple[str, ...], word: str) -> Q:
    query = Q()
    for field in fields:
        query |= Q(**{f"{field}__icontains": word})
    return query


def one(rows: QuerySet[M]) -> M:
    """The first of the rows, or Http404."""
    found = rows.first()
    if found is None:
        raise Http404
    return found
