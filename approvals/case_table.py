"""A list of cases as a workbook: the chosen ones, or the whole list as it is filtered on the page."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.workbench import Desk
from approvals.workbench_lines import left_of
from approvals.workbench_reasons import reasons
from portfolio.exporting import write_sheets
from projects import queries
from projects.forms import ProjectFilter
from projects.models import Project

MOST = 5000
WIDTHS = (10, 36, 20, 16, 12, 16, 14, 14, 12, 12, 12, 12, 44)


def workbook(user: User, query: QueryDict) -> bytes:
    """query: `ref` for each chosen case; without any, what the list asks; `list=projects` for the list of projects."""
    return write_sheets({_("Cases"): table(user, cases(user, query))}, widths=WIDTHS)


def cases(user: User, query: QueryDict) -> list[Project]:
    """The cases in the order of the page, at most MOST; none that the user may not see."""
    refs = list(dict.fromkeys(query.getlist("ref")))
    seen = queries.visible_to(user)
    if refs:
        found = {case.ref: case for case in seen.filter(ref__in=refs[:MOST])}
        return [found[ref] for ref in refs if ref in found]
    if query.get("list") == "projects":
        form = ProjectFilter(query, departments=queries.departments_of(user), tiers=queries.tiers())
        return list(queries.narrow(seen, **form.chosen())[:MOST])
    desk = Desk(user, query)
    keys = desk.keys(desk.lines())[:MOST]
    by_key = {case.pk: case for case in desk.all.filter(pk__in=keys)}
    return [by_key[key] for key in keys if key in by_key]


def table(user: User, rows: list[Project]) -> Iterator[list[Any]]:
    """Heading, then one row a case; amounts in 10,000 CNY, time left in working days."""
    yield [
        _("Number"), _("Title"), _("Applicant unit"), _("Stage"), _("Kind"), _("Round"), _("Estimate (10,000 CNY)"),
        _("Arrived"), _("Due"), _("Working days left"), _("Paused"), _("Provisional"), _("What to do"),
    ]  # fmt: skip
    left, asked = left_of(rows), reasons(user, rows)
    yes, no = _("yes"), _("no")
    for case in rows:
        clock, reason, amount = left[case.pk], asked.get(case.pk), getattr(case, "amount", None)  # annotated
        yield [
            case.ref, case.title, case.department.label, case.get_state_display(), case.get_kind_display(),
            case.round.label if case.round else "", amount, timezone.localtime(case.state_since).date(),
            clock.due, clock.days, yes if clock.paused else no, yes if clock.provisional else no,
            reason.text if reason else "",
        ]  # fmt: skip
