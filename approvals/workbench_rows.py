"""The rows of one page of the workbench, the words of an empty list, and a hint for each role."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from approvals.desk_queries import suspended_among
from approvals.models import CarbonCopy, CaseMark, Decision
from approvals.timeline import LABELS
from approvals.workbench_lines import Left, left_of
from approvals.workbench_reasons import reasons
from projects.models import Project
from projects.states import BADGE, State


def rows_of(
    user: User, tab: str, cases: QuerySet[Project], keys: Sequence[int], left: dict[int, Left]
) -> list[dict[str, Any]]:
    """The rows in the order of `keys`; left: what is known of their time limits already."""
    found = {case.pk: case for case in cases.filter(pk__in=keys)}
    shown = [found[key] for key in keys if key in found]
    missing = [case for case in shown if case.pk not in left]
    known = {**left, **(left_of(missing) if missing else {})}
    why, unread = _why(user, tab, shown), _unread(user, tab, shown)
    stopped = suspended_among(case.pk for case in shown)
    return [
        {
            "project": case,
            "badge": BADGE[case.state],
            "left": known[case.pk],
            "unread": case.pk in unread,
            "suspended": case.pk in stopped,
            **why.get(case.pk, {"why": _stage(case), "behalf": ""}),
        }
        for case in shown
    ]


def _why(user: User, tab: str, cases: list[Project]) -> dict[int, dict[str, str]]:
    if tab == "inbox":
        return {key: {"why": row.text, "behalf": row.behalf} for key, row in reasons(user, cases).items()}
    if tab == "done":
        return {key: {"why": text, "behalf": ""} for key, text in _last_steps(user, cases).items()}
    if tab == "copied":
        return {key: {"why": text, "behalf": ""} for key, text in _copies(user, cases).items()}
    return {}


def _last_steps(user: User, cases: list[Project]) -> dict[int, str]:
    """What the person did last in each case."""
    text = _("%(day)s, you: %(step)s")
    rows = Decision.objects.filter(actor=user, project__in=cases).order_by("project", "seq")
    return {
        row.project_id: text % {"day": _day(row.taken_at), "step": LABELS.get(row.action, row.action)} for row in rows
    }


def _copies(user: User, cases: list[Project]) -> dict[int, str]:
    """Who sent a copy of what, and the note that came with it."""
    rows = CarbonCopy.objects.filter(user=user, decision__project__in=cases).order_by("decision__seq")
    found = {}
    for row in rows.select_related("decision", "sent_by"):
        parts: dict[str, Any] = {"day": _day(row.sent_at or row.decision.taken_at), "note": row.note}
        parts["what"] = LABELS.get(row.decision.action, row.decision.action)
        parts["who"] = row.sent_by.label if row.sent_by else ""
        text = _("%(day)s, copy from %(who)s: %(note)s") if row.sent_by else _("%(day)s, copy of: %(what)s")
        found[row.decision.project_id] = text % parts
    return found


def _day(moment: Any) -> str:
    return timezone.localtime(moment).date().isoformat()


def _unread(user: User, tab: str, cases: list[Project]) -> set[int]:
    """Cases that came, or of which a copy came, since the person last looked at them."""
    if tab == "copied":
        unread = CarbonCopy.objects.filter(user=user, decision__project__in=cases, read_at=None)
        return set(unread.values_list("decision__project", flat=True))
    if tab != "inbox":
        return set()
    marks = CaseMark.objects.filter(user=user, project__in=cases, opened_at__gte=F("project__state_since"))
    return {case.pk for case in cases} - set(marks.values_list("project", flat=True))


def _stage(case: Project) -> str:
    reasons = {
        State.DRAFT: _("Fill in and submit"),
        State.ENDORSEMENT: _("Waits for the supervising department's opinion"),
        State.INTAKE: _("Waits for the intake check"),
        State.CORRECTION: _("Waits for the unit to correct; the clock stands"),
        State.SCREENING: _("Is being screened for duplicates"),
        State.REVIEW: _("Under the three reviews"),
        State.ADJUDICATION: _("Duplicate findings are to be settled"),
        State.EXPERT_REVIEW: _("Before experts"),
        State.DECISION: _("Waits for the decision"),
        State.DEFERRED: _("In the demand pool"),
    }
    return reasons.get(State(case.state), "")


def empty(tab: str) -> dict[str, str]:
    """Why a list is empty and what will bring something into it."""
    texts = {
        "inbox": (_("Nothing to do"), _("New tasks appear here, and you are notified.")),
        "done": (_("Nothing done yet"), _("Cases on which you have taken a step appear here.")),
        "started": (_("Nothing started yet"), _("Proposals that you submit appear here.")),
        "copied": (_("No copies"), _("When a decision is copied to you, it appears here.")),
        "followed": (_("You follow no case"), _("Choose “Follow” on the page of a case; you need no task in it.")),
        "drafts": (_("No drafts"), _("A proposal that you begin stays here until you submit it.")),
    }
    title, text = texts[tab]
    return {"title": title, "text": text}


def hints(user: User) -> list[dict[str, str]]:
    """What each of the person's own roles does here, once for each role."""
    own = dict.fromkeys(held.role for held in user.mandates if held.user_id == user.pk)
    texts = _hint_texts()
    return [{"role": role, "label": str(Role(role).label), "text": texts[role]} for role in own if role in texts]


def _hint_texts() -> dict[str, str]:
    return {**_of_applicants_and_reviewers(), **_of_the_office()}


def _of_applicants_and_reviewers() -> dict[str, str]:
    return {
        Role.APPLICANT: _(
            "You prepare proposals. Drafts wait under Drafts; what comes back for correction, questions and "
            "duplicate findings wait under To do, with the day until which to answer."
        ),
        Role.ENDORSER: _(
            "You give the supervising department's opinion on proposals of subordinate units, or send them "
            "back with items."
        ),
        Role.PLANNER: _(
            "You write the planning review: take it, judge every item that applies, sign. You see the other "
            "reviews after your own."
        ),
        Role.REQUIREMENTS: _(
            "You write the requirements review: take it, judge every item that applies, sign. You see the "
            "other reviews after your own."
        ),
        Role.STANDARDS: _(
            "You write the standards review: take it, judge every item that applies, sign. You see the other "
            "reviews after your own."
        ),
        Role.EXPERT: _(
            "You write expert opinions on the projects that you were drawn for, independently of the others."
        ),
    }


def _of_the_office() -> dict[str, str]:
    return {
        Role.INTAKE: _(
            "You check whether a proposal is complete: accept it, or return it once with everything that is missing."
        ),
        Role.MANAGER: _(
            "You settle duplicate findings, coordinate the reviews, call experts and remind whoever is late."
        ),
        Role.APPROVER: _("You decide. Each case shows the reviewed amount, and what still stands in the way."),
        Role.FINANCE: _("You read the cases and are sent a copy of every approval: see Copied to me."),
        Role.AUDITOR: _("You read every case and its history, and change nothing."),
    }
