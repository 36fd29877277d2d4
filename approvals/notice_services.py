"""Facts about correction notices that people write between steps: prepared lines, leave, and the closing of lines."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from accounts.roles import Role
from approvals import notice_queries as queries
from approvals.errors import Blocked, NotOffered
from approvals.models import Case, NoticeItem, NoticeLine, Review
from approvals.names import LineState
from approvals.notice_merging import Line

TEXTS = ("section", "field", "code", "clause", "problem", "suggestion")


@transaction.atomic
def prepare_line(*, project_id: int, actor: User, values: dict[str, str], review_id: int | None = None) -> NoticeLine:
    """Write a line for the next notice of a project; it is merged with the others when the notice is sent.

    values: section, field, code, clause, problem, suggestion, as codes and texts. review_id: the actor's own review
    beside which it is written; None for who sends the notice. Returns the line. Raises PermissionDenied without the
    right, NotOffered for somebody who neither reviews nor sends, Blocked when no notice can be sent now.
    Rule: one merged notice, collected once from all reviewers (domain reference §3.3 row 13).
    """
    case = Case.locked(project_id)
    require(actor, "notices.prepare", case)
    if case.state not in queries.PREPARED_IN:
        raise Blocked([_("No notice can be sent in the present state.")])
    review = _own_review(case, actor, review_id)
    if review is None and not queries.coordinates(case, actor):
        raise NotOffered([_("Lines are prepared by who reviews the project or sends the notice.")])
    texts = {name: values.get(name, "").strip() for name in TEXTS}
    same = case.notice_lines.filter(by=actor, sent_as=None, review=review, **texts).first()
    return same or case.notice_lines.create(by=actor, review=review, **texts)  # sent twice: one line


@transaction.atomic
def remove_line(*, line_id: int, actor: User) -> None:
    """Take back a prepared line that was not sent: its author may. Raises NotOffered for others."""
    line = NoticeLine.objects.filter(pk=line_id, by=actor).first()
    if line is None:
        raise NotOffered([_("A prepared line is taken back by who wrote it.")])
    Case.locked(line.project_id)
    if line.sent_as_id is not None:
        raise Blocked([_("The line has been sent.")])
    line.delete()


@transaction.atomic
def allow_line(*, project_id: int, actor: User, line: Line, because: str) -> NoticeLine:
    """A manager's leave to cite in a second notice what could have been in the first; it stands in the notice.

    line: one of the collected lines. because: the reason, at most 300 characters. Returns a prepared line that joins
    the collected one. Raises NotOffered for others than managers, Blocked without a reason.
    """
    case = Case.locked(project_id)
    if not queries.can_act(case, actor, [Role.MANAGER]):
        raise NotOffered([_("A manager gives leave.")])
    if not because.strip():
        raise Blocked([_("Say why it is cited only now.")])
    texts: dict[str, Any] = {name: str(line.get(name) or "") for name in TEXTS}
    leave = {"allowed_by": actor, "allowed_because": because.strip()[:300]}
    row, _made = case.notice_lines.update_or_create(by=actor, review=None, sent_as=None, **texts, defaults=leave)
    return row


@transaction.atomic
def close_line(*, item_id: int, actor: User, state: str, note: str = "") -> NoticeItem:
    """Say of an answered line that it is closed, or that it is not cured; the latter needs a note.

    state: code of LineState, closed or uncured. Returns the line. Raises NotOffered for somebody whom it does not
    concern, Blocked while the answers are not in or once the line was repeated in a later notice.
    """
    item = NoticeItem.objects.select_related("notice__project").get(pk=item_id)
    case = Case.locked(item.notice.project_id)
    item.refresh_from_db()
    if case.state in queries.UNJUDGED_IN or item.notice.closed_at is None:
        raise Blocked([_("Lines are closed when the corrected version is in.")])
    if item.later.exists():
        raise Blocked([_("A later notice has repeated this line; that one is closed.")])
    if not queries.may_close(case, item, actor):
        raise NotOffered([_("A line is closed by who raised it.")])
    if state == LineState.UNCURED and not note.strip():
        raise Blocked([_("Say what is not cured.")])
    item.closure, item.closing_note = LineState(state), note.strip()[:500]
    item.closed_by, item.closed_at = actor, timezone.now()
    item.save(update_fields=["closure", "closing_note", "closed_by", "closed_at"])
    return item


def _own_review(case: Case, actor: User, review_id: int | None) -> Review | None:
    if review_id is None:
        return None
    found: list[Any] = [row for row in queries.reviews_to_write_on(case, actor) if row.pk == review_id]
    if not found:
        raise NotOffered([_("Lines are prepared beside one's own review while it is in progress or asks.")])
    return found[0]
