"""What the workbench shows: five lists, their counts, and the remaining time of each row."""

from collections.abc import Iterable
from datetime import date

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import SignedInRequest
from approvals import queries
from approvals.deadlines import Limits, calendar_around, workdays_between
from approvals.obligations import due_now
from projects.models import Project
from projects.states import BADGE, State

TABS = {
    "inbox": queries.inbox,
    "done": queries.done,
    "started": queries.started,
    "copied": queries.copied,
    "drafts": queries.drafts,
}
PER_PAGE = 50


def page(request: SignedInRequest) -> dict:
    """The chosen list with its rows and the counts of all lists."""
    tab = request.GET.get("tab", "inbox")
    tab = tab if tab in TABS else "inbox"
    lists = {name: fetch(request.user) for name, fetch in TABS.items()}
    counts = {name: rows.count() for name, rows in lists.items()}
    order = "state_since" if tab == "inbox" else "-updated_at"
    paginator = Paginator(lists[tab].order_by(order, "pk"), PER_PAGE)
    paginator.count = counts[tab]  # counted above already
    shown = paginator.get_page(request.GET.get("page"))
    return {
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"?tab={name}", "count": counts[name], "current": name == tab}
            for name, label in _labels()
        ],
        "page_obj": shown,
        "rows": _with_deadlines(shown.object_list, sort=tab == "inbox"),
        "today": timezone.localdate(),
        "empty": _empty(tab),
        "may_create": request.user.has_perm("projects.create"),
    }


def _labels() -> list[tuple[str, str]]:
    return [
        ("inbox", _("To do")),
        ("done", _("Handled")),
        ("started", _("Started by me")),
        ("copied", _("Copied to me")),
        ("drafts", _("Drafts")),
    ]


def _with_deadlines(projects: Iterable[Project], *, sort: bool) -> list[dict]:
    limits, today = Limits(), timezone.localdate()
    exceptions = calendar_around(today)
    rows = [_row(project, limits, today, exceptions) for project in projects]
    _name_rechecks(rows)
    return sorted(rows, key=lambda row: row["days"] if row["days"] is not None else 10_000) if sort else rows


def _row(project: Project, limits: Limits, today: date, exceptions: dict) -> dict:
    due = limits.due(project.state, project.state_since, exceptions)
    return {
        "project": project,
        "badge": BADGE[project.state],
        "due": due,
        "days": workdays_between(today, due, exceptions) if due else None,
        "paused": project.state == State.CORRECTION,
        "why": _why(project),
    }


def _name_rechecks(rows: list[dict]) -> None:
    """Say where a waived item is what waits; the limit of the state is not about it."""
    due = {waiver.project_id: waiver for waiver in due_now().filter(project__in=[row["project"].pk for row in rows])}
    for row in rows:
        waiver = due.get(row["project"].pk)
        if waiver is not None:
            text = _("Waived item %(code)s is to be checked again before %(day)s")
            row["why"] = text % {"code": waiver.code, "day": waiver.expires_on.isoformat()}


def _why(project: Project) -> str:
    reasons = {
        State.DRAFT: _("Fill in and submit"),
        State.ENDORSEMENT: _("Waits for the supervising department's opinion"),
        State.INTAKE: _("Check completeness and accept, or return once with everything that is missing"),
        State.CORRECTION: _("Answer every item of the notice and submit again"),
        State.SCREENING: _("The duplicate screening did not succeed"),
        State.REVIEW: _("Under the three reviews"),
        State.ADJUDICATION: _("Duplicate findings are to be settled"),
        State.EXPERT_REVIEW: _("Before experts"),
        State.DECISION: _("Waits for the decision"),
        State.DEFERRED: _("In the demand pool"),
    }
    return reasons.get(State(project.state), "")


def _empty(tab: str) -> dict:
    texts = {
        "inbox": (_("Nothing to do"), _("New tasks appear here, and you are notified.")),
        "done": (_("Nothing done yet"), _("Cases on which you have taken a step appear here.")),
        "started": (_("Nothing started yet"), _("Proposals that you submit appear here.")),
        "copied": (_("No copies"), _("When a decision is copied to you, it appears here.")),
        "drafts": (_("No drafts"), _("A proposal that you begin stays here until you submit it.")),
    }
    title, text = texts[tab]
    return {"title": title, "text": text}
