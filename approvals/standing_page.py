"""Which opinions and which screening hold for the newest version: carried forward, or void because of what changed."""

from collections.abc import Container
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from approvals.carrying import changed_basis, changed_between
from approvals.difference_page import since
from approvals.models import Case, Review
from approvals.names import CONCLUDED, ReviewKind
from approvals.queries import readable_reviews
from projects.models import Version
from projects.screening_carry import READ
from projects.sections import CODES, section_of


def panel(case: Case, user: User) -> dict[str, Any] | None:
    """The panel of the case page; None while there is one version only."""
    now = case.current_version
    if now is None or now.number < 2:
        return None
    rows = [_of_review(case, review, now) for review in readable_reviews(case, user) if _is_newest(case, review)]
    return {"rows": [row for row in [*rows, _of_run(case, now)] if row], "since": since(case, user), "version": now}


def _is_newest(case: Case, review: Review) -> bool:
    """The last concluded review of its kind; experts each have their own."""
    if review.status not in CONCLUDED:
        return False
    same = [row for row in case.all_reviews if row.kind == review.kind and row.status in CONCLUDED]
    if review.kind == ReviewKind.EXPERT:
        same = [row for row in same if row.reviewer_id == review.reviewer_id]
    return same[0].pk == review.pk


def _of_review(case: Case, review: Review, now: Version) -> dict[str, Any]:
    who = review.reviewer.label if review.kind == ReviewKind.EXPERT and review.reviewer else ""
    row = {"label": f"{review.get_kind_display()} {who}".strip(), "kind": "passed", "sections": [], "review": review}
    if review.version_id == now.pk:
        return {**row, "text": _("Opinion on version %(n)s, the newest.") % {"n": now.number}}
    changed = changed_basis(review.kind, review.version, now)
    numbers = {"old": review.version.number, "new": now.number}
    if case.review_in_force(review):
        text = _("Opinion on version %(old)s, carried forward to version %(new)s (what it rests on is unchanged).")
        return {**row, "text": text % numbers}
    if changed:
        text = _("Opinion on version %(old)s is void: changed in %(sections)s.")
        return {**row, "kind": "returned", "text": text % {**numbers, "sections": names_of(changed)}}
    if case.review_of(review.kind):
        text = _("Opinion on version %(old)s asked for correction; the review is held again on version %(new)s.")
        return {**row, "kind": "returned", "text": text % numbers}
    text = _("Opinion on version %(old)s; whether it holds is settled when the reviews begin.")
    return {**row, "kind": "waiting", "text": text % numbers}


def _of_run(case: Case, now: Version) -> dict[str, Any] | None:
    run = case.latest_run
    if run is None:
        return None
    row: dict[str, Any] = {"label": _("Duplicate screening"), "kind": "passed", "review": None}
    numbers = {"old": run.version.number, "new": now.number}
    if run.version_id == now.pk:
        return {**row, "text": _("Screened on version %(new)s, the newest.") % numbers}
    if run.stands_for(now):
        text = _("Screened on version %(old)s, carried forward to version %(new)s (nothing it reads has changed).")
        return {**row, "text": text % numbers}
    changed = [code for code in CODES if code in READ and code in changed_between(run.version, now)]
    if changed:
        text = _("Screened on version %(old)s, void: changed in %(sections)s.")
        return {**row, "kind": "returned", "text": text % {**numbers, "sections": names_of(changed)}}
    return {**row, "kind": "waiting", "text": _("Screened on version %(old)s; settled at acceptance.") % numbers}


def names_of(codes: list[str]) -> str:
    """Labels of sections, joined."""
    return _(", ").join(str(section_of(code).label) for code in codes if code in CODES)


def said_in_history(payload: dict[str, Any], readable: Container[int]) -> str:
    """What a decision row says of carrying forward, in words: for the timeline; "" where it says nothing.

    readable: keys of the reviews that the reader may read; that another one was carried forward would tell its result.
    """
    reviews, screening = payload.get("reviews") or {}, payload.get("screening") or {}
    known = {kind: row for kind, row in reviews.items() if "to" not in row or row["review"] in readable}
    parts = [_said_of(ReviewKind(kind).label, row) for kind, row in known.items() if kind in ReviewKind.values]
    if experts := payload.get("experts"):
        text = ngettext("%(n)d expert opinion carried forward", "%(n)d expert opinions carried forward", len(experts))
        parts.append(text % {"n": len(experts)})
    if "run" in screening:
        parts.append(_("Screening of version %(from)s carried forward") % screening)
    elif sections := [code for code in screening.get("again", []) if code in CODES]:
        parts.append(_("Screened again: changed in %(sections)s") % {"sections": names_of(sections)})
    elif screening:
        parts.append(_("Screened again"))
    return _("; ").join(parts)


def _said_of(label: Any, row: dict[str, Any]) -> str:
    values = {"kind": label, "from": row.get("from"), "sections": names_of(row.get("void", []))}
    if "to" in row:
        return _("%(kind)s of version %(from)s carried forward") % values
    if row.get("void"):
        return _("%(kind)s of version %(from)s void: changed in %(sections)s") % values
    return _("%(kind)s held again") % values
