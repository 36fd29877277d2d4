"""What the pages of a need show, as plain values for the templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

import duplicates
from accounts import policy
from accounts.models import EditRecord, User
from accounts.queries import edits_of
from duplicates import Kind
from planning import need_queries as pool
from planning.models import Need
from planning.services.needs import TABLE
from portfolio.models import NegativeRule, System
from projects import need_queries
from projects.forms.needs import NeedForm
from projects.need_screening import Meeting, meeting_of
from projects.views.looks import Hit, Typed

SHOWN = 6  # matches on the page; more would bury the near ones
MARKS = {Kind.SHARED_TERM: "", Kind.SYNONYM: "syn"}
BADGES = {
    Need.Status.DRAFT: "waiting", Need.Status.FILED: "doing", Need.Status.DECIDED: "passed",
    Need.Status.WITHDRAWN: "stopped",
}  # fmt: skip
MODE_BADGES = {Need.Mode.LATER: "returned", Need.Mode.REFUSED: "stopped"}


@dataclass(frozen=True, slots=True)
class Twin:
    """Another need of the call that says the same. is_seen: whether the reader may know whose it is."""

    need: Need
    match: duplicates.Finding
    is_seen: bool

    @property
    def mine(self) -> list[tuple[int, int, str]]:
        """Marks in this need's text."""
        return _marks(self.match, "proposed")

    @property
    def theirs(self) -> list[tuple[int, int, str]]:
        """Marks in the other's text."""
        return _marks(self.match, "existing")

    @property
    def terms(self) -> list[str]:
        """The words that both share, and words of one meaning."""
        return list(dict.fromkeys(part.term for part in self.match.evidence if part.kind in MARKS))[:5]


def _marks(match: duplicates.Finding, side: str) -> list[tuple[int, int, str]]:
    shown = [part for part in match.evidence if part.kind in MARKS]
    return [(*span, MARKS[part.kind]) for part in shown for span in getattr(part, side)]


def badge_of(need: Need) -> str:
    """Kind of the badge: of the decision where there is one."""
    return MODE_BADGES.get(Need.Mode(need.mode), "passed") if need.mode else BADGES[Need.Status(need.status)]


def word_of(need: Need) -> str:
    """The word on the badge: the mode once decided, else the status."""
    return str(need.get_mode_display() if need.mode else need.get_status_display())


def need_page(need: Need, user: User) -> dict[str, Any]:
    """Everything that the page of a need shows to `user`."""
    may_file = policy.allows(user, "needs.file", need)
    may_decide = policy.allows(user, "needs.decide", need)
    return {
        "need": need,
        "badge": badge_of(need),
        "word": word_of(need),
        "facts": _facts(need),
        "gaps": pool.gaps(pool.facts_of(need)) if need.status == Need.Status.DRAFT else {},
        "is_open": pool.is_open(need.call),
        "may_file": may_file,
        "may_decide": may_decide and need.status in pool.IN_POOL,
        "may_start": need_queries.startable(need, user),
        "offspring": need_queries.offspring_of(need, user),
        "target": need_queries.target_of(need),
        "same_needs": _same(need, user),
        "carried_to": Need.objects.filter(carried_from=need).first(),
        "can_carry": may_file and pool.carryable(user).filter(pk=need.pk).exists() and pool.open_calls().first(),
        "edits": edit_rows(edits_of(TABLE, need.code)[:20], Need),
        "crumbs": crumbs(need.code),
        **(_meeting(need, user) if may_file or policy.has_permission(user, "duplicates.view") else {}),
    }


def edit_rows(records: Iterable[EditRecord], model: type[Model]) -> list[dict[str, Any]]:
    """Changes as the pages list them: who, when, why, and each field that changed, by its name in the language."""
    return [
        {"at": row.at, "actor": row.actor, "reason": row.reason, "changes": _changes(row, model)} for row in records
    ]


def _changes(row: EditRecord, model: type[Model]) -> list[dict[str, str]]:
    before, after = row.before or {}, row.after or {}
    names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    return [
        {
            "label": _label(model, name),
            "old": _word(model, name, before.get(name)),
            "new": _word(model, name, after.get(name)),
        }
        for name in names
        if name != "reason" and row.before is not None
    ]


def _label(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name)


def _word(model: type[Model], name: str, value: Any) -> str:
    """A stored code as the word that the pages show."""
    field: Any = model._meta.get_field(name)
    return str(dict(field.flatchoices).get(value, "" if value is None else value))


def crumbs(here: str) -> list[tuple[str, str]]:
    """Where the page is."""
    return [(_("Needs"), reverse("needs:needs")), (here, "")]


def _facts(need: Need) -> list[dict[str, Any]]:
    names = ("problem", "wanted", "duty_item", "users", "data_needed", "contact_name", "contact_phone")
    return [{"label": NeedForm.base_fields[name].label, "value": getattr(need, name)} for name in names]


def _same(need: Need, user: User) -> list[Need]:
    return list(pool.visible_to(user).filter(same_as=need).select_related("department"))


def _meeting(need: Need, user: User) -> dict[str, Any]:
    """What the need meets; of a withdrawn one nobody asks."""
    if need.status == Need.Status.WITHDRAWN:
        return {}
    met = meeting_of(need)
    seen = set(pool.visible_to(user).filter(code__in=met.others).values_list("code", flat=True))
    twins = [
        Twin(met.others[item.proposal2], item, item.proposal2 in seen)
        for item in met.findings
        if item.proposal2 in met.others
    ]
    hits = _hits(met)
    return {
        "met": met,
        "twins": [twin for twin in twins if twin.is_seen][:SHOWN],
        "hidden_twins": sum(not twin.is_seen for twin in twins),
        "hits": hits[:SHOWN],
        "typed": Typed(need.code, met.text),
        "language": get_language(),
    }


def _hits(met: Meeting) -> list[Hit]:
    codes = {item.system for item in met.findings if item.system}
    rules = NegativeRule.objects.in_bulk({item.rule for item in met.findings if item.rule}, field_name="code")
    systems = System.objects.select_related("department").in_bulk(codes, field_name="code")
    once: dict[str, Hit] = {}
    for item in met.findings:
        if item.system or item.rule:
            hit = Hit(item, systems.get(item.system or ""), rules.get(item.rule or ""), None)
            once.setdefault(item.system or item.rule or "", hit)
    return list(once.values())
