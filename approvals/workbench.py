"""What the workbench shows: five lists with their counts, the filters of the chosen one, and its rows in order."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.policy import has_permission
from accounts.requests import SignedInRequest
from approvals import queries
from approvals.inbox import works_of
from approvals.together import acts_for
from approvals.workbench_filters import DUE, IN_SQL, WorkbenchFilter
from approvals.workbench_lines import Line, beyond, due_counts, end_of_week, lines_of
from approvals.workbench_rows import empty, hints, rows_of
from projects.forms.filters import address
from projects.models import Project
from projects.queries import narrow, tiers
from projects.states import State

TABS: dict[str, Callable[[User], QuerySet[Project]]] = {
    "inbox": queries.inbox,
    "done": queries.done,
    "started": queries.started,
    "copied": queries.copied,
    "followed": queries.followed,
    "drafts": queries.drafts,
}
BY_TIME = frozenset({"inbox", "started"})  # the least time left first; the other lists: the newest first
PER_PAGE = 50


class Desk:
    """One person's chosen list under the chosen filters."""

    def __init__(self, user: User, query: Any) -> None:
        self.user, self.query = user, query
        self.tab = query.get("tab", "inbox") if query.get("tab", "inbox") in TABS else "inbox"
        self.all = TABS[self.tab](user)
        works = works_of(user) if self.tab == "inbox" else []
        units = Department.objects.filter(pk__in=self.all.order_by().values("department"))
        self.form = WorkbenchFilter(query, departments=units, tiers=tiers(), works=works)
        self.chosen = self.form.chosen()
        self.by_time = self.tab in BY_TIME
        self.order = ("state_since",) if self.by_time else ("-updated_at",)

    @property
    def rows(self) -> QuerySet[Project]:
        """The cases that fit every criterion but the time left."""
        rows = queries.inbox(self.user, self.chosen["work"]) if "work" in self.chosen else self.all
        return narrow(rows, **{name: value for name, value in self.chosen.items() if name in IN_SQL})

    def lines(self) -> list[Line]:
        """The same, in order, before the time left is asked about."""
        return lines_of(self.rows, *self.order, by_time=self.by_time)

    def keys(self, lines: list[Line]) -> list[int]:
        """Every case of the list, in the order in which it is shown."""
        due, ends = self.chosen.get("due"), end_of_week()
        if due:
            return [line.pk for line in lines if line.left.fits(due, ends)]
        return [*(line.pk for line in lines), *beyond(self.rows, *self.order)]


def page(request: SignedInRequest) -> dict:
    """The chosen list with its rows and the counts of all lists."""
    desk = Desk(request.user, request.GET)
    counts = {name: fetch(request.user).count() for name, fetch in TABS.items()}
    lines = desk.lines()
    keys = desk.keys(lines)
    shown = Paginator(keys, PER_PAGE).get_page(request.GET.get("page"))
    left = {line.pk: line.left for line in lines}
    return {
        "tab": desk.tab,
        "tabs": _tabs(desk.tab, counts),
        "page_obj": shown,
        "rows": rows_of(request.user, desk.tab, desk.all, list(shown.object_list), left),
        "form": desk.form,
        "chips": desk.form.chips(request.GET),
        "offered": _offered(desk, lines),
        "shown": len(keys),
        "total": counts[desk.tab],
        "reset": f"?tab={desk.tab}",
        "today": timezone.localdate(),
        "empty": empty(desk.tab),
        "hints": hints(request.user),
        "by_time": desk.by_time,
        "acts": acts_for(request.user),
        "export": f"{reverse('approvals:export_cases')}?{request.GET.urlencode()}",
        "may_settle": desk.tab == "inbox" and has_permission(request.user, "duplicates.adjudicate"),
        "may_create": request.user.has_perm("projects.create"),
    }


def _tabs(tab: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = {
        "inbox": _("To do"),
        "done": _("Handled"),
        "started": _("Started by me"),
        "copied": _("Copied to me"),
        "followed": _("Followed by me"),
        "drafts": _("Drafts"),
    }
    return [
        {"label": label, "url": f"?tab={name}", "count": counts[name], "current": name == tab}
        for name, label in labels.items()
    ]


def _offered(desk: Desk, lines: list[Line]) -> list[dict[str, Any]]:
    """Chips for what the list holds: states, and how much time is left."""
    chips = []
    states = Counter(line.state for line in lines)
    if "state" not in desk.chosen and len(states) > 1:
        chips += [
            _chip(desk, state.label, states[state.value], state=state.value) for state in State if states[state.value]
        ]
    if "due" not in desk.chosen:
        times = due_counts(lines, DUE)
        chips += [_chip(desk, label, times[name], due=name) for name, label in DUE.items() if times[name]]
    return chips


def _chip(desk: Desk, label: Any, count: int, **put: str) -> dict[str, Any]:
    return {"label": label, "url": address(desk.query, **put), "count": count}
