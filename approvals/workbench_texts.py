"""The words for each kind of work in the rows of the workbench: one function a kind, constant queries each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Assignment, User
from approvals import seat_queries
from approvals.inbox import open_reviews_of, own_lines
from approvals.models import CorrectionNotice, Decision, Invitation, NoticeItem, Question, Review, Seat
from approvals.names import (
    CONCLUDED,
    PASSING,
    UNIFIED_KINDS,
    Ending,
    ReviewKind,
    ReviewStatus,
    SeatState,
    SigningMode,
)
from approvals.obligations import due_now
from projects.models import Finding, Project
from projects.states import Band, Relation

Texts = dict[int, str]
SIGNING = (SeatState.OPEN, SeatState.SIGNED)


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of work that waits in some of the rows, under one right."""

    user: User
    held: Assignment | None
    projects: list[Project]

    @property
    def people(self) -> set[int]:
        """The person and, where they stand in, who they stand in for."""
        return {self.user.pk, self.held.user_id if self.held else self.user.pk}


def _same(text: str | Promise) -> Callable[[Asked], Texts]:
    return lambda asked: {project.pk: str(text) for project in asked.projects}


# --- the applicant ----------------------------------------------------------------------------------------------------


def _questions(asked: Asked) -> Texts:
    rows = Question.objects.filter(project__in=asked.projects, answered_at=None, withdrawn_at=None)
    counts = rows.order_by().values_list("project").annotate(Count("pk"))
    return {key: ngettext("%(n)d question waits for an answer", "%(n)d questions wait for an answer", n) % {"n": n}
            for key, n in counts}  # fmt: skip


def _correction(asked: Asked) -> Texts:
    found = {}
    for key, total, answered in _notice_lines(CorrectionNotice.objects.filter(closed_at=None), asked.projects):
        text = ngettext(
            "Correction notice: %(n)d item, %(done)d answered",
            "Correction notice: %(n)d items, %(done)d answered",
            total,
        )
        found[key] = text % {"n": total, "done": answered}
    return found


def _notice_lines(notices: Any, projects: list[Project]) -> Any:
    rows = NoticeItem.objects.filter(notice__in=notices.filter(project__in=projects)).order_by()
    counts = rows.values("notice__project").annotate(total=Count("pk"), done=Count("pk", filter=~Q(answer="")))
    return counts.values_list("notice__project", "total", "done")


def _silent(asked: Asked) -> Texts:
    rows = _blocking(asked.projects).filter(decision="", reply="").order_by()
    counts = rows.values_list("project").annotate(Count("pk"))
    return {
        key: ngettext(
            "%(n)d duplicate finding waits for your answer", "%(n)d duplicate findings wait for your answer", n
        )
        % {"n": n}
        for key, n in counts
    }


def _blocking(projects: list[Project]) -> Any:
    rows = Finding.objects.filter(project__in=projects, is_current=True, band__in=[Band.RED, Band.AMBER])
    return rows.exclude(relation=Relation.RELATED)


# --- reviewers and experts --------------------------------------------------------------------------------------------


def _accept(asked: Asked) -> Texts:
    found = _same(gettext_lazy("Check completeness and accept, or return once with everything that is missing"))(asked)
    newest = (
        CorrectionNotice.objects.exclude(closed_at=None).filter(project__in=asked.projects).order_by().values("project")
    )
    last = newest.annotate(last=Max("pk")).values("last")
    for key, total, _answered in _notice_lines(CorrectionNotice.objects.filter(pk__in=last), asked.projects):
        text = ngettext(
            "Corrected: the unit has answered the %(n)d item, check again",
            "Corrected: the unit has answered all %(n)d items, check again",
            total,
        )
        found[key] = text % {"n": total}
    return found


def _reviews(asked: Asked) -> Texts:
    rows = seat_queries.due(open_reviews_of(asked.held.role), asked.people).filter(project__in=asked.projects)
    rows = rows.select_related("project").prefetch_related("seats")
    judged = Count("items", filter=Q(items__applies=True) & ~Q(items__verdict=""))
    rows = rows.annotate(total=Count("items", filter=Q(items__applies=True)), judged=judged)
    current = [review for review in rows.order_by("-pk") if review.created_at >= review.project.state_since]
    return {review.project_id: _of_review(review, asked.people) for review in reversed(current)}


def _of_review(review: Any, people: set[int]) -> str:
    kind, seats = review.get_kind_display(), [seat for seat in review.seats.all() if seat.state in SIGNING]
    if len(seats) > 1 and review.judged >= review.total:
        done = sum(seat.state == SeatState.SIGNED for seat in seats)
        mode = SigningMode(review.signing.get("mode", SigningMode.ALL)).label
        text = _("%(kind)s: waits for your signature (%(mode)s, %(done)d of %(n)d signed)")
        return text % {"kind": kind, "mode": mode, "done": done, "n": len(seats)}
    if review.status == ReviewStatus.NOT_STARTED:
        return _("%(kind)s: to be taken") % {"kind": kind}
    if review.judged < review.total:
        text = _("%(kind)s: %(done)d of %(n)d items judged")
        return text % {"kind": kind, "done": review.judged, "n": review.total}
    return _("%(kind)s: every item is judged, conclude") % {"kind": kind}


def _rechecks(asked: Asked) -> Texts:
    text = _("Waived item %(code)s is to be checked again before %(day)s")
    due = due_now().filter(project__in=asked.projects).order_by("-expires_on")
    return {row.project_id: text % {"code": row.code, "day": row.expires_on.isoformat()} for row in due}


def _lines(asked: Asked) -> Texts:
    rows = own_lines(asked.people).filter(notice__project__in=asked.projects).order_by().values("notice__project")
    found = {}
    for row in rows.annotate(n=Count("pk", distinct=True)):
        text = ngettext(
            "Correction: %(n)d answered line to close", "Correction: %(n)d answered lines to close", row["n"]
        )
        found[row["notice__project"]] = text % {"n": row["n"]}
    return found


def _views(asked: Asked) -> Texts:
    rows = Seat.objects.filter(review__project__in=asked.projects, delegate=asked.user, returned_at=None)
    rows = rows.filter(state=SeatState.OPEN).select_related("holder", "review")
    text = _("%(name)s asks for your view: %(what)s")
    return {
        seat.review.project_id: text % {"name": seat.holder.label if seat.holder else "–", "what": seat.delegate_asked}
        for seat in rows
    }


def _invitations(asked: Asked) -> Texts:
    rows = Invitation.objects.filter(project__in=asked.projects, expert=asked.user, answered_at=None)
    texts = {}
    for row in rows.filter(declined_at=None, revoked_at=None):
        day = row.due_on.isoformat() if row.due_on else ""
        texts[row.project_id] = (
            _("Invitation: to be answered by %(day)s") % {"day": day} if day else _("Invitation: to be answered")
        )
    return texts


# --- manager and approver ---------------------------------------------------------------------------------------------


def _coordinate(asked: Asked) -> Texts:
    rows = Review.objects.filter(project__in=asked.projects, kind__in=UNIFIED_KINDS, status__in=CONCLUDED)
    rows = rows.select_related("project").order_by("pk")
    found: dict[int, list[str]] = {}
    for review in rows:
        if review.created_at >= review.project.state_since and review.status not in PASSING:
            found.setdefault(review.project_id, []).append(
                f"{review.get_kind_display()}: {review.get_status_display()}"
            )
    return {
        key: _("Reviews concluded (%(what)s): return or go on") % {"what": _(", ").join(lines)}
        for key, lines in found.items()
    }


def _adjudicate(asked: Asked) -> Texts:
    open_ones: dict[int, list[Finding]] = {project.pk: [] for project in asked.projects}
    for finding in _blocking(asked.projects):
        if finding.awaits_decision:
            open_ones[finding.project_id].append(finding)
    proposed = _proposed(asked)
    return {key: proposed.get(key) or _to_settle(rows) for key, rows in open_ones.items()}


def _to_settle(findings: list[Finding]) -> str:
    if not findings:
        return _("All findings are decided: close the adjudication")
    silent = sum(not finding.reply for finding in findings)
    words = {"n": len(findings), "silent": silent, "sum": f"{sum(finding.money for finding in findings):,.2f}"}
    text = ngettext(
        "%(n)d duplicate finding to settle, %(sum)s × 10,000 CNY",
        "%(n)d duplicate findings to settle, %(sum)s × 10,000 CNY",
        len(findings),
    )
    if silent:
        text += ngettext(", %(silent)d not answered yet", ", %(silent)d not answered yet", silent)
    return text % words


def _endings(asked: Asked) -> dict[int, Decision]:
    rows = Decision.objects.filter(project__in=asked.projects, action__in=["propose_ending", "decline_ending"])
    last = {row.project_id: row for row in rows.select_related("project").order_by("seq")}
    return {key: row for key, row in last.items() if _is_proposal(row)}


def _is_proposal(row: Decision) -> bool:
    return row.action == "propose_ending" and row.taken_at >= row.project.state_since


def _proposed(asked: Asked) -> Texts:
    text = _("Waits for the approver to confirm: %(what)s")
    return {key: text % {"what": _ending_of(row)} for key, row in _endings(asked).items()}


def _confirm(asked: Asked) -> Texts:
    text = _("Confirm or decline the proposed ending: %(what)s")
    return {key: text % {"what": _ending_of(row)} for key, row in _endings(asked).items()}


def _ending_of(row: Decision) -> str:
    ending = row.payload.get("ending", "")
    return str(Ending(ending).label) if ending in Ending.values else ending


def _experts(asked: Asked) -> Texts:
    rows = Review.objects.filter(project__in=asked.projects, kind=ReviewKind.EXPERT, released_at=None)
    rows = rows.filter(created_at__gte=F("project__state_since")).exclude(status=ReviewStatus.RECUSED).order_by()
    counts = rows.values("project").annotate(total=Count("pk"), done=Count("pk", filter=Q(status__in=CONCLUDED)))
    text = _("Expert opinions: %(done)d of %(n)d are in")
    return {row["project"]: text % {"done": row["done"], "n": row["total"]} for row in counts}


WRITERS: dict[str, Callable[[Asked], Texts]] = {
    "question": _questions,
    "invitation": _invitations,
    "view": _views,
    "correct": _correction,
    "reply": _silent,
    "take_up": _same(gettext_lazy("In the demand pool: may be taken up again")),
    "endorse": _same(gettext_lazy("Waits for the supervising department's opinion")),
    "accept": _accept,
    "review": _reviews,
    "close": _lines,
    "recheck": _rechecks,
    "expert": _same(gettext_lazy("Expert opinion: to be written")),
    "rescreen": _same(gettext_lazy("The duplicate screening did not succeed")),
    "coordinate": _coordinate,
    "adjudicate": _adjudicate,
    "close_experts": _experts,
    "nobody": _same(gettext_lazy("Nobody is left who could act: somebody has to be named")),
    "confirm": _confirm,
    "decide": _same(gettext_lazy("Waits for the decision")),
}
