"""What the case page says: the line where-who-how-long, the way, the steps, the timeline."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.policy import allows, has_permission
from accounts.reading import reading_a_page
from approvals.clock import Deadline
from approvals.clocks import Rules, clock_of, procedure_of, shown
from approvals.finding_groups import finding_groups
from approvals.models import Case, Review
from approvals.names import OPEN, REVIEWER
from approvals.obligation_pages import owed_by
from approvals.offers import Offer, holders_now, offers
from approvals.panels import case_panels
from approvals.queries import history, readable_reviews
from approvals.standing import stands_for
from approvals.timeline import timeline
from approvals.way import way_of
from approvals.workflow import WORKFLOW
from projects.need_queries import origins_of
from projects.plan_pages import panel
from projects.sections import stages
from projects.states import BADGE, EDITABLE, ENDINGS, State

# A hint beside the button, not a guard: a department may still endorse what it has not ordered (PL-03 is major).
RANK_FIRST = gettext_lazy("Your department has several proposals in this round and has given this one no place.")


def page(case: Case, user: User, kind: str = "") -> dict:
    """Everything the case page shows to `user`. kind: of approvals.timeline.KINDS, to show one kind of entries only."""
    with reading_a_page():
        return _page(case, user, kind)


def _page(case: Case, user: User, kind: str) -> dict:
    parts = None if case.state in ENDINGS else case.parts  # first, so that everything below finds them
    offered, planning = offers(case, user), panel(case, user)
    return {
        "case": case,
        "badge": BADGE[case.state],
        **_course(case, user, offered, kind),
        "offers": [_offer(case, offer, planning) for offer in offered if offer.is_open or not offer.step.quiet],
        "my_reviews": _my_reviews(case, user),
        "blocked": _ahead(case),
        "stages": stages(parts) if parts is not None and case.state != State.DRAFT else [],
        "notice": case.open_notice(),
        "run": case.latest_run,
        "findings": finding_groups(case),
        "owed": owed_by(case, user),
        "ended": case.state in ENDINGS,
        "may_export": has_permission(user, "audit.export"),
        "editable_url": _editable_url(case, user),
        "origins": origins_of(case, user),
        "planning": planning,
        "panels": case_panels(case, user),
    }


def _course(case: Case, user: User, offered: list[Offer], kind: str) -> dict:
    """Where it is and how it came there: the line of facts, the way, the clock, the reviews, the timeline."""
    rules = Rules.read()
    clock, rows, readable = clock_of(case, rules), history(case, user), readable_reviews(case, user)
    holders = [person.label for person in holders_now(case)]
    versions = list(case.versions.select_related("submitted_by__department"))
    moves = list(case.decisions.select_related("actor").order_by("seq"))
    return {
        "facts": _facts(case, offered, holders, clock),
        "way": way_of(case, moves, readable, _with_whom(case, holders), clock.due),
        "spent": _spent(procedure_of(case, moves, rules) or clock),
        "timeline": timeline(case, user, rows, versions, kind),
        "reviews": readable,
        "versions": versions,
    }


def _editable_url(case: Case, user: User) -> str:
    if case.state in EDITABLE and allows(user, "projects.edit", case):
        return reverse("projects:edit", args=[case.ref])
    return ""


def deadline(case: Case) -> dict | None:
    """{days, date, paused, provisional} of the present state, or None where there is no limit."""
    clock = clock_of(case)
    return None if clock.due is None else shown(case, clock)


def _with_whom(case: Case, holders: list[str]) -> list[str]:
    """Names of those who have the case; the unit while it lies with the unit."""
    if case.state in {State.DRAFT, State.CORRECTION, State.DEFERRED}:
        return [case.department.label]
    return holders


def _facts(case: Case, offered: list[Offer], holders: list[str], clock: Deadline) -> list[dict]:
    items: list[dict[str, Any]] = [{"label": _("Stage"), "value": case.get_state_display()}]
    if case.state not in ENDINGS:
        items.append({"label": _("Held by"), "value": ", ".join(_with_whom(case, holders)) or _("the system")})
        if clock.due is not None:
            why = {"url": reverse("approvals:deadline", args=[case.ref]), "link": _("Why this date")}
            items.append({"label": _("Time limit"), "due": shown(case, clock), "note": _legal(clock), **why})
    yours = [offer.step.label for offer in offered if offer.is_open and offer.step.duty]
    if yours:
        items.append({"label": _("You now"), "value": yours[0]})
    return items


def _legal(clock: Deadline) -> str:
    """The legal limit beside the service norm, where there is one."""
    if clock.legal_due is None or clock.legal_due == clock.due:
        return ""
    return _("legal limit %(day)s") % {"day": clock.legal_due.isoformat()}


def _spent(clock: Deadline) -> dict[str, int] | None:
    """Working days so far, net, and those on which the clock stood; of the procedure, before it of the state."""
    return {"net": clock.used, "stood": clock.gross - clock.used} if clock.gross else None


def _offer(case: Case, offer: Offer, planning: dict) -> dict:
    step = offer.step
    url = reverse("approvals:step", args=[case.ref, step.action])
    if step.action == "adjudicate":
        url = reverse("approvals:compare", args=[case.ref])
    elif step.action in {"submit", "resubmit"}:
        url = reverse("projects:check", args=[case.ref])
    return {
        "id": step.action,
        "label": step.label,
        "url": url,
        "disabled": not offer.is_open,
        "reasons": offer.reasons,
        "who": offer.who,
        "primary": step.tone == "primary",
        "danger": step.tone == "danger",
        "note": RANK_FIRST if step.action == "endorse" and planning["rank_missing"] else "",
    }


def _my_reviews(case: Case, user: User) -> list[dict]:
    found: list[dict] = []
    if case.state not in {State.REVIEW, State.EXPERT_REVIEW}:
        return found  # a case that was withdrawn or returned meanwhile takes no opinions
    for review in case.all_reviews:
        mine = review.reviewer_id in {None, *stands_for(user, REVIEWER[review.kind])}
        free = mine and review.status in OPEN
        if free and case.review_in_force(review) and _is_my_kind(review, user):
            url = reverse("approvals:review", args=[case.ref, review.pk])
            found.append({"label": review.get_kind_display(), "status": review.get_status_display(), "url": url})
    return found


def _is_my_kind(review: Review, user: User) -> bool:
    return user.holds(REVIEWER[review.kind])


def _ahead(case: Case) -> list[str]:
    """What still stands between this case and an approval (the promises, asked of the present facts)."""
    if case.state in ENDINGS or case.state == State.DRAFT:
        return []
    approve = next(step for step in WORKFLOW if step.action == "approve")
    case.entry = None
    return [str(reason) for guard in approve.guards if (reason := guard(case)) is not None]
