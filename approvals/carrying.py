"""Carry forward to a new version what its changes did not touch: verdicts on items, reviews, the screening."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from approvals.carried_basis import rests_on
from approvals.names import BASIS, CONCLUDED, OPEN, PASSING, UNIFIED_KINDS, ReviewKind
from projects.models import ScreeningRun, Version
from projects.screening_carry import why_again
from projects.states import State

if TYPE_CHECKING:
    from approvals.models import Case, Review, ReviewItem

VERDICT = ("verdict", "problem", "suggestion", "clause")
# After these states same-round findings of others no longer reached the case, so it is compared anew.
UNHEARD = frozenset({State.EXPERT_REVIEW, State.DECISION})


def changed_between(old: Version, new: Version) -> frozenset[str]:
    """Codes of the sections (and parts such as the statements) in which two versions differ."""
    codes = {*old.sections, *new.sections}
    return frozenset(code for code in codes if old.sections.get(code) != new.sections.get(code))


def changed_basis(kind: str, old: Version, new: Version) -> list[str]:
    """Codes of the sections that a review of `kind` rests on and the two versions say differently, in order."""
    changed = changed_between(old, new)
    return [code for code in BASIS[kind] if code in changed]


def last_concluded(case: "Case", kind: str, before: int | None = None) -> "Review | None":
    """The newest concluded review of `kind`, of those with a smaller key than `before`."""
    rows = [row for row in case.all_reviews if row.kind == kind and row.status in CONCLUDED]
    return next((row for row in rows if before is None or row.pk < before), None)


def standing(case: "Case", kind: str) -> "Review | None":
    """The review of `kind` in favour whose basis the newest version leaves unchanged, or None."""
    basis = case.basis_of(kind)
    rows = [row for row in case.all_reviews if row.kind == kind and row.status in PASSING]
    return next((row for row in rows if row.basis == basis), None)


def carry_verdicts(case: "Case", review: "Review", sheet: Iterable["ReviewItem"]) -> int:
    """Take over onto a new sheet the verdicts that rest on unchanged sections; returns how many.

    sheet: its items, not stored yet: verdicts on a stored sheet change only while the review is in progress.

    An item that a notice has raised since, or of which the unit now says something else, is judged anew: that is new
    matter on which the earlier verdict did not rest. The reviewer may overwrite what was taken over, and concludes in
    any case. Rule: promise 3.
    """
    last = last_concluded(case, review.kind, review.pk)
    if last is None or last.version_id == review.version_id:
        return 0
    before = {item.code: item for item in last.items.filter(applies=True).exclude(verdict="")}
    raised = set(case.notices.filter(issued_at__gte=last.concluded_at).values_list("items__code", flat=True))
    said = [_assessed(version) for version in (last.version, review.version)]
    changed, taken = changed_between(last.version, review.version), 0
    for item in [row for row in sheet if row.applies]:
        old = before.get(item.code)
        claims = [claims.get(item.code, {}) for claims in said]
        if old is None or old.item_id != item.item_id or item.code in raised or claims[0] != claims[1]:
            continue
        fields = [claim["field"] for claim in claims if claim.get("field")]
        if not changed & rests_on(review.kind, item.code, item.item.question, item.item.condition, fields):
            _take_over(item, old)
            taken += 1
    return taken


def _take_over(item: "ReviewItem", old: "ReviewItem") -> None:
    for name in VERDICT:
        setattr(item, name, getattr(old, name))
    item.carried_from = old


def _assessed(version: Version) -> dict[str, dict[str, Any]]:
    rows = version.snapshot.get("assessment", {}).get("rows", [])
    return {row["code"]: row for row in rows}


# --- what the decision row says of it: codes and numbers only ---------------------------------------------------------


def reviews_weighed(case: "Case") -> dict[str, Any]:
    """Per kind, which review is carried forward from which version, or which changed sections made it void."""
    found: dict[str, Any] = {}
    now = case.current_version
    assert now is not None  # the step that asks takes a submitted proposal
    for kind in UNIFIED_KINDS:
        stands, last = standing(case, kind), last_concluded(case, kind)
        if stands is not None and stands.version_id != now.pk:
            found[kind.value] = {"review": stands.pk, "from": stands.version.number, "to": now.number}
        elif stands is None and last is not None and last.version_id != now.pk:
            void = changed_basis(kind, last.version, now)
            found[kind.value] = {"review": last.pk, "from": last.version.number, "void": void}
    return found


def experts_weighed(case: "Case") -> list[dict[str, Any]]:
    """Experts' opinions that are carried forward: key of the review, from which version to which."""
    basis, now = case.basis_of(ReviewKind.EXPERT), case.current_version
    rows = [row for row in case.all_reviews if row.kind == ReviewKind.EXPERT and row.status in OPEN | CONCLUDED]
    return [
        {"review": row.pk, "from": row.version.number, "to": now.number}
        for row in rows
        if row.basis == basis and row.version_id != now.pk
    ]


def run_to_carry(case: "Case") -> tuple[ScreeningRun | None, list[str]]:
    """The last screening where it still speaks of the newest version, else None and the codes of why not."""
    run, version = case.latest_run, case.current_version
    assert version is not None  # the step that asks takes a submitted proposal
    why = why_again(run, version)
    if not why and run is not None:
        since = case.decisions.filter(taken_at__gte=run.finished_at, source__in=UNHEARD)
        why = ["peers"] if since.exists() else []
    return (None if why else run), why
