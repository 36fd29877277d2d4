"""Read checklist editions: which there are, what a draft changes, and who changed what."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from accounts.queries import edits_of
from standards.kinds import ReviewKind
from standards.models import ChecklistEdition, ChecklistItem, Standard
from standards.queries import edition_in_force, one
from standards.snapshots import EDITIONS, ITEMS, STANDARDS, Change, changes, fingerprint, item_values

MODELS: dict[str, Any] = {STANDARDS: Standard, ITEMS: ChecklistItem, EDITIONS: ChecklistEdition}
ADDED, CHANGED, RETIRED = "added", "changed", "retired"


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What a draft does to one item: before (None: added), after (None: retired) and the fields that differ."""

    code: str
    kind: str
    before: ChecklistItem | None
    after: ChecklistItem | None
    fields: list[Change] = field(default_factory=list)

    @property
    def item(self) -> ChecklistItem:
        """The item as it will be, or as it was."""
        found = self.after or self.before
        assert found is not None  # a change has at least one side
        return found

    @property
    def label(self) -> str:
        """What happens, in words."""
        return {ADDED: _("newly added"), CHANGED: _("altered"), RETIRED: _("retired")}[self.kind]


def editions_for(user: User) -> QuerySet[ChecklistEdition]:
    """Every edition with `item_count` and `version_count`, drafts first; PermissionDenied without the library."""
    require(user, "standards.view")
    counted = ChecklistEdition.objects.annotate(
        item_count=Count("items", distinct=True), version_count=Count("versions", distinct=True)
    )
    return counted.select_related("published_by").order_by(F("effective_on").desc(nulls_first=True), "-pk")


def edition_for(user: User, pk: int, permission: str = "standards.view") -> ChecklistEdition:
    """One edition; PermissionDenied or Http404."""
    require(user, permission)
    return one(ChecklistEdition.objects.select_related("published_by").filter(pk=pk))


def edition_item_for(user: User, pk: int, code: str, permission: str = "standards.view") -> ChecklistItem:
    """One item of one edition; PermissionDenied or Http404."""
    require(user, permission)
    items = ChecklistItem.objects.filter(edition=pk, code=code)
    return one(items.select_related("edition", "standard").prefetch_related("related"))


def newest_published() -> ChecklistEdition | None:
    """The published edition that takes effect last: what a draft is copied from and compared with."""
    return ChecklistEdition.objects.exclude(published_at=None).order_by("-effective_on", "-pk").first()


def draft() -> ChecklistEdition | None:
    """The one draft, if there is one."""
    return ChecklistEdition.objects.filter(published_at=None).first()


def base_of(edition: ChecklistEdition) -> ChecklistEdition | None:
    """The edition that this one follows: of a draft the newest published one, else the one published before it."""
    if edition.is_draft:
        return newest_published()
    published = ChecklistEdition.objects.filter(published_at__lt=edition.published_at)
    return published.filter(effective_on__lte=edition.effective_on).order_by("-effective_on", "-pk").first()


def standing_of(edition: ChecklistEdition, current: ChecklistEdition | None) -> tuple[str, str]:
    """Where an edition stands, in words, and the badge for it. current: the one in force today."""
    if edition.is_draft:
        return _("draft"), "waiting"
    if current is not None and edition.pk == current.pk:
        return _("in force"), "passed"
    if edition.effective_on and edition.effective_on > timezone.localdate():
        return _("published, not yet in force"), "doing"
    return _("no longer for new submissions"), "stopped"


def difference(edition: ChecklistEdition) -> list[ItemChange]:
    """What an edition changes against the one it follows, in checklist order: added, changed, retired."""
    base = base_of(edition)
    before = _items(base) if base else {}
    after = _items(edition)
    found = []
    for code in sorted({*before, *after}, key=lambda code: _order((after.get(code) or before[code])[0])):
        change = _change(code, before.get(code), after.get(code))
        if change is not None:
            found.append(change)
    return found


Row = tuple[ChecklistItem, dict[str, Any]]


def _items(edition: ChecklistEdition) -> dict[str, Row]:
    rows = edition.items.select_related("standard").prefetch_related("related")
    return {item.code: (item, item_values(item)) for item in rows}


def _order(item: ChecklistItem) -> tuple[int, int, str]:
    return ReviewKind.values.index(item.kind), item.position, item.code


def _change(code: str, before: Row | None, after: Row | None) -> ItemChange | None:
    if before is None or after is None:
        kind = RETIRED if after is None else ADDED
        return ItemChange(code, kind, before[0] if before else None, after[0] if after else None)
    fields = changes(ChecklistItem, before[1], after[1])
    return ItemChange(code, CHANGED, before[0], after[0], fields) if fields else None


def draft_fingerprint(edition: ChecklistEdition) -> str:
    """A short name for everything the edition says, so that what is published is what was previewed."""
    return fingerprint([values for _code, (_item, values) in sorted(_items(edition).items())])


def history(table: str, key: str) -> list[dict[str, Any]]:
    """Who changed one row, when and what, the newest first, for components/_timeline.html."""
    return [_told(edit, MODELS[table]) for edit in edits_of(table, key)]


def _told(edit: Any, model: Any) -> dict[str, Any]:
    if edit.before is None or edit.after is None:
        title, text = (_("Entered") if edit.before is None else _("Taken out")), ""
    else:
        fields = changes(model, edit.before, edit.after)
        title, text = _("Altered"), "\n".join(_line(change) for change in fields)
    who = edit.actor.label if edit.actor else _("the system")
    return {"title": title, "who": who, "when": edit.at, "text": text, "note": edit.reason}


def _line(change: Change) -> str:
    values = {"field": change.label, "before": change.before, "after": change.after}
    return _("%(field)s: %(before)s → %(after)s") % values


def citing(standard: Standard) -> Iterable[ChecklistItem]:
    """Items of the edition in force, of scheduled ones and of the draft that rest on a standard."""
    current = edition_in_force()
    rows = ChecklistItem.objects.filter(pk__in=_citing(standard)).select_related("edition", "standard")
    return [item for item in rows.order_by("edition", "kind", "position") if _is_live(item.edition, current)]


def _citing(standard: Standard) -> set[int]:
    first = standard.items.values_list("pk", flat=True)
    return {*first, *standard.related_items.values_list("pk", flat=True)}


def _is_live(edition: ChecklistEdition, current: ChecklistEdition | None) -> bool:
    later = edition.effective_on is not None and edition.effective_on > timezone.localdate()
    return edition.is_draft or later or (current is not None and edition.pk == current.pk)
