"""What happened to a case, newest first: decisions merged with questions, reminders, copies, pauses and escalations."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import SYSTEM_USERNAME, User
from accounts.policy import has_permission
from accounts.roles import SIDES
from approvals.expert_sight import is_guest
from approvals.models import CarbonCopy, Case, DeadlineMove, Decision, Pause, Rung, Urge
from approvals.names import PauseKind, ReviewKind, ReviewStatus
from approvals.queries import readable_reviews
from approvals.question_queries import questions_for
from approvals.reviews import REVIEW_STEPS
from approvals.standing_page import said_in_history
from approvals.workflow import WORKFLOW
from planning.queries import late_filing
from projects.models import Version
from projects.plan_pages import late_note
from projects.sections import SECTIONS
from projects.states import State

STEPS, REVIEWS, SEATS, ASKED, SYSTEM, EDITS = "steps", "reviews", "seats", "asked", "system", "edits"
KINDS = {
    STEPS: gettext_lazy("Steps"),
    REVIEWS: gettext_lazy("Reviews"),
    SEATS: gettext_lazy("Seats and transfers"),
    ASKED: gettext_lazy("Notices and questions"),
    SYSTEM: gettext_lazy("Messages of the system"),
    EDITS: gettext_lazy("Versions"),
}
LABELS = {step.action: step.label for step in (*WORKFLOW, *REVIEW_STEPS)}
# Kept in the history and left out of the list that people read.
UNSAID = {"review_open"}
NOTICES = {"return_for_correction", "recall_correction"}
# Which experts sit: drawn, replaced, left.
SEATING = {"draw_experts", "replace_expert", "review_recuse", "review_vacate"}
TONES: dict[str, str] = {State.CORRECTION: "back", State.DRAFT: "back", State.REJECTED: "stop", State.WITHDRAWN: "stop"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. group: a key of KINDS. kind: of components/_timeline.html."""

    when: datetime
    group: str
    title: str
    who: str = ""
    text: str = ""
    note: str = ""
    kind: str = ""


def timeline(case: Case, user: User, rows: Sequence[Decision], versions: Iterable[Version], kind: str) -> dict:
    """{items, chips}: the entries of one kind (all of them for any other word), and the kinds with their counts.

    rows: the decisions that the user may read (queries.history). Every other source says itself who may read it;
    invitations of outside experts are in none. Eight queries at most, however long the history is.
    """
    readable = {review.pk for review in readable_reviews(case, user)}
    entries = [_decision(row, case, readable) for row in rows if row.action not in UNSAID]
    if not is_guest(case, user):
        for source in SOURCES:
            entries += source(case, user)
        entries += _edits(list(versions))
    entries.sort(key=lambda entry: entry.when, reverse=True)
    chosen = kind if kind in KINDS else ""
    return {
        "items": [entry for entry in entries if not chosen or entry.group == chosen],
        "chips": _chips(entries, chosen),
    }


def _chips(entries: Sequence[Entry], chosen: str) -> list[dict[str, Any]]:
    """All, and every kind of which there is something."""
    counts = {code: sum(1 for entry in entries if entry.group == code) for code in KINDS}
    found = [{"label": _("All entries"), "url": "?#timeline", "count": len(entries), "current": not chosen}]
    found += [
        {"label": label, "url": f"?kind={code}#timeline", "count": counts[code], "current": code == chosen}
        for code, label in KINDS.items()
        if counts[code] or code == chosen
    ]
    return found


# --- decisions --------------------------------------------------------------------------------------------------------


def person(actor: User, on_behalf_of: User | None = None) -> str:
    """Who acted: name and unit, and for whom ("B 代 A")."""
    name = actor.label
    if on_behalf_of is not None:
        name = _("%(deputy)s for %(person)s") % {"deputy": actor.label, "person": on_behalf_of.label}
    return f"{name} ({actor.department.label})" if actor.department else name


def _decision(row: Decision, case: Case, readable: set[int]) -> Entry:
    label = str(LABELS.get(row.action, row.action))
    if row.review:
        label = f"{ReviewKind(row.review.kind).label} · {label}"
    kind = TONES.get(row.target, "ok") if row.source != row.target else ""
    if row.review_target in {ReviewStatus.FAILED, ReviewStatus.INFO_NEEDED}:
        kind = "back"
    late = late_filing(case.round, case.department, row.taken_at) if row.action == "submit" else None
    note = late_note(late) if late else _days_added(row) or said_in_history(row.payload, readable)
    return Entry(row.taken_at, _group(row), label, person(row.actor, row.on_behalf_of), row.comment, note, kind)


def _group(row: Decision) -> str:
    if row.action in SEATING or row.action.startswith("seat_"):
        return SEATS
    if row.review_id:
        return REVIEWS
    if row.actor.username == SYSTEM_USERNAME:
        return SYSTEM
    return ASKED if row.action in NOTICES else STEPS


def _days_added(row: Decision) -> str:
    """How many working days an extension gave."""
    days = row.payload.get("days") if row.action == "extend" and isinstance(row.payload, dict) else None
    return ngettext("%(n)s working day more", "%(n)s working days more", int(days)) % {"n": days} if days else ""


# --- what stands in other tables --------------------------------------------------------------------------------------


def _questions(case: Case, user: User) -> list[Entry]:
    """Asked, answered, taken back; those that the user may read."""
    found = []
    for row in questions_for(case, user):
        found.append(Entry(row.asked_at, ASKED, _("Question to the applicant"), person(row.asked_by), row.text))
        if row.answered_at and row.answered_by:
            found.append(Entry(row.answered_at, ASKED, _("Question answered"), person(row.answered_by), row.answer))
        if row.withdrawn_at:
            found.append(Entry(row.withdrawn_at, ASKED, _("Question taken back"), person(row.asked_by), row.text))
    return found


def _urges(case: Case, _user: User) -> list[Entry]:
    rows = Urge.objects.filter(project=case.pk).select_related("by__department").prefetch_related("people")
    return [
        Entry(
            row.at, ASKED, _("Reminder"), person(row.by), row.text,
            _("Reminded: %(people)s") % {"people": ", ".join(one.label for one in row.people.all())},
        )
        for row in rows
    ]  # fmt: skip


def _copies(case: Case, user: User) -> list[Entry]:
    """Copies that people sent, with their receipts: for the office, and one's own for everybody else."""
    rows = CarbonCopy.objects.filter(decision__project=case.pk, sent_at__isnull=False)
    if not _is_office(user):
        rows = rows.filter(user=user) | rows.filter(sent_by=user)
    found = []
    for row in rows.select_related("user__department", "sent_by__department"):
        if row.sent_at is None:
            continue
        sender, to = person(row.sent_by) if row.sent_by else "", _("To: %(person)s") % {"person": row.user.label}
        found.append(Entry(row.sent_at, SYSTEM, _("Copy sent"), sender, row.note, to))
        if row.read_at:
            found.append(Entry(row.read_at, SYSTEM, _("Copy read"), person(row.user)))
    return found


def _pauses(case: Case, _user: User) -> list[Entry]:
    """Questions that stop the clock; a suspension is a step and stands there already."""
    rows = Pause.objects.filter(project=case.pk, kind=PauseKind.QUESTION).select_related("started_by", "ended_by")
    found = []
    for row in rows:
        found.append(Entry(row.started_at, SYSTEM, _("The clock stands"), "", str(row.get_kind_display())))
        if row.ended_at:
            found.append(Entry(row.ended_at, SYSTEM, _("The clock runs again")))
    return found


def _rungs(case: Case, user: User) -> list[Entry]:
    """Rungs of the escalation ladder, for those who may see them."""
    if not has_permission(user, "escalations.view"):
        return []
    rows = Rung.objects.filter(project=case.pk).prefetch_related("people")
    return [
        Entry(
            row.reached_at, SYSTEM, _("%(percent)s %% of the time limit used") % {"percent": row.percent},
            "", "", _("Told: %(people)s") % {"people": ", ".join(one.label for one in row.people.all())}, "back",
        )
        for row in rows
    ]  # fmt: skip


def _moves(case: Case, _user: User) -> list[Entry]:
    """Deadlines that a newly published calendar has moved."""
    rows = DeadlineMove.objects.filter(project=case.pk).select_related("imported__imported_by__department")
    text = _("Time limit moved by the working-day calendar: %(before)s → %(after)s")
    return [Entry(row.imported.imported_at, SYSTEM, text % {"before": row.before, "after": row.after}) for row in rows]


def _edits(versions: Sequence[Version]) -> list[Entry]:
    """What each version changed, section by section, by the hashes of the sections."""
    known = sorted(versions, key=lambda row: row.number)
    labels = {section.code: str(section.label) for section in SECTIONS}
    found = []
    for before, row in zip(known, known[1:], strict=False):
        codes = [code for code in labels if before.sections.get(code) != row.sections.get(code)]
        text = ", ".join(labels[code] for code in codes) or _("nothing changed")
        title = _("Version %(n)s: what it changes") % {"n": row.number}
        found.append(Entry(row.submitted_at, EDITS, title, person(row.submitted_by), text))
    return found


def _is_office(user: User) -> bool:
    """Whether the user acts for anybody but an applicant."""
    return any(held.role not in SIDES["applicant"] for held in user.mandates)


SOURCES: tuple[Callable[[Case, User], list[Entry]], ...] = (_questions, _urges, _copies, _pauses, _rungs, _moves)
