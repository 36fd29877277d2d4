"""What the case page says: the line where-who-how-long, the way, the steps, the timeline."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.policy import allows, has_permission
from approvals.deadlines import Limits, calendar_around, workdays_between
from approvals.models import Case, Decision, Review
from approvals.names import OPEN, REVIEWER, ReviewKind, ReviewStatus
from approvals.obligation_pages import owed_by
from approvals.offers import Offer, holders_now, offers
from approvals.panels import case_panels
from approvals.queries import history, readable_reviews
from approvals.reviews import REVIEW_STEPS
from approvals.workflow import WORKFLOW
from planning.queries import late_filing, policy
from projects.need_queries import origins_of
from projects.plan_pages import late_note, panel
from projects.queries import load_parts
from projects.sections import stages
from projects.states import BADGE, EDITABLE, ENDINGS, State

WAY = (
    State.DRAFT,
    State.ENDORSEMENT,
    State.INTAKE,
    State.SCREENING,
    State.REVIEW,
    State.ADJUDICATION,
    State.EXPERT_REVIEW,
    State.DECISION,
    State.APPROVED,
)
LABELS = {step.action: step.label for step in (*WORKFLOW, *REVIEW_STEPS)}
# A hint beside the button, not a guard: a department may still endorse what it has not ordered (PL-03 is major).
RANK_FIRST = gettext_lazy("Your department has several proposals in this round and has given this one no place.")
# Kept in the history and left out of the list that people read.
UNSAID = {"review_open"}
TONES: dict[str, str] = {State.CORRECTION: "back", State.DRAFT: "back", State.REJECTED: "stop", State.WITHDRAWN: "stop"}


def page(case: Case, user: User) -> dict:
    """Everything the case page shows to `user`."""
    rows = history(case, user)
    offered, planning = offers(case, user), panel(case, user)
    return {
        "case": case,
        "badge": BADGE[case.state],
        "facts": _facts(case, offered),
        "way": _way(case),
        "offers": [_offer(case, offer, planning) for offer in offered if offer.is_open or not offer.step.quiet],
        "timeline": [_timeline(row, case) for row in rows if row.action not in UNSAID],
        "reviews": readable_reviews(case, user),
        "my_reviews": _my_reviews(case, user),
        "blocked": _ahead(case),
        "stages": stages(load_parts(case)) if case.state not in {State.DRAFT, *ENDINGS} else [],
        "notice": case.open_notice(),
        "versions": case.versions.select_related("submitted_by"),
        "run": case.latest_run,
        "findings": _findings(case),
        "owed": owed_by(case, user),
        "ended": case.state in ENDINGS,
        "may_export": has_permission(user, "audit.export"),
        "editable_url": _editable_url(case, user),
        "origins": origins_of(case, user),
        "planning": planning,
        "panels": case_panels(case, user),
    }


def _editable_url(case: Case, user: User) -> str:
    if case.state in EDITABLE and allows(user, "projects.edit", case):
        return reverse("projects:edit", args=[case.ref])
    return ""


def deadline(case: Case) -> dict | None:
    """{days, date, paused} of the present state in working days, or None where there is no limit."""
    today = timezone.localdate()
    exceptions = calendar_around(today)
    last = Limits().due(case.state, case.state_since, exceptions)
    if last is None:
        return None
    return {"days": workdays_between(today, last, exceptions), "date": last, "paused": case.state == State.CORRECTION}


def _facts(case: Case, offered: list[Offer]) -> list[dict]:
    people = [person.label for person in holders_now(case)]
    unit = case.department.label if case.state in {State.DRAFT, State.CORRECTION, State.DEFERRED} else ""
    items: list[dict[str, Any]] = [{"label": _("Stage"), "value": case.get_state_display()}]
    if case.state not in ENDINGS:
        items.append({"label": _("Held by"), "value": unit or ", ".join(people) or _("the system")})
        due = deadline(case)
        if due:
            items.append({"label": _("Time limit"), "due": due})
    yours = [offer.step.label for offer in offered if offer.is_open and offer.step.duty]
    if yours:
        items.append({"label": _("You now"), "value": yours[0]})
    return items


def _way(case: Case) -> list[dict]:
    days = {}
    for row in case.decisions.order_by("seq"):
        if row.source != row.target:
            days[row.target] = timezone.localtime(row.taken_at).strftime("%m-%d")
    nodes, passed = [], True
    way = [state for state in WAY if state in days or not _skipped(case, state)]
    here = case.state if case.state in way else None
    for state in way:
        if state == here:
            nodes.append({"label": state.label, "detail": days.get(state, ""), "status": "now"})
            passed = False
        else:
            done = passed and (state in days or state == State.DRAFT)
            detail, status = (days.get(state, ""), "done") if done else ("", "future")
            nodes.append({"label": state.label, "detail": detail, "status": status})
    return nodes if here else _with_side_state(case, nodes, days)


def _skipped(case: Case, state: State) -> bool:
    if state == State.ENDORSEMENT:
        return case.department.is_first_level
    if state == State.EXPERT_REVIEW:
        return case.tier not in policy("expert_quorum")
    return state == State.ADJUDICATION


def _with_side_state(case: Case, nodes: list[dict], days: dict) -> list[dict]:
    done = [node for node in nodes if node["status"] == "done"]
    status = "done" if case.state in {State.APPROVED, State.FILED} else "returned"
    here = {"label": State(case.state).label, "detail": days.get(case.state, ""), "status": status}
    rest = [] if case.state in ENDINGS else [node for node in nodes if node["status"] == "future"]
    return [*done, here, *rest]


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


def _timeline(row: Decision, case: Case) -> dict:
    label = str(LABELS.get(row.action, row.action))
    if row.review:
        label = f"{ReviewKind(row.review.kind).label} · {label}"
    kind = TONES.get(row.target, "ok") if row.source != row.target else ""
    if row.review_target in {ReviewStatus.FAILED, ReviewStatus.INFO_NEEDED}:
        kind = "back"
    unit = row.actor.department.label if row.actor.department else ""
    who = f"{row.actor.label} ({unit})" if unit else row.actor.label
    late = late_filing(case.round, case.department, row.taken_at) if row.action == "submit" else None
    note = late_note(late) if late else ""
    return {"title": label, "who": who, "when": row.taken_at, "text": row.comment, "kind": kind, "note": note}


def _my_reviews(case: Case, user: User) -> list[dict]:
    found: list[dict] = []
    if case.state not in {State.REVIEW, State.EXPERT_REVIEW}:
        return found  # a case that was withdrawn or returned meanwhile takes no opinions
    for review in case.all_reviews:
        free = review.reviewer_id in {None, user.pk} and review.status in OPEN
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


def _findings(case: Case) -> list[dict]:
    groups: dict[tuple, dict] = {}
    rows = case.findings.filter(is_current=True).exclude(relation="related")
    for finding in rows.select_related("system__department", "other_project__department", "rule"):
        target = finding.system or finding.other_project or finding.rule
        group = groups.setdefault((finding.relation, finding.target_code), {
            "relation": finding.relation, "label": finding.get_relation_display(), "target": target,
            "band": finding.band,
            "capabilities": set(), "money": 0, "answered": 0, "settled": 0, "count": 0,
        })  # fmt: skip
        if finding.capability_code not in group["capabilities"]:
            group["money"] += finding.money
        group["capabilities"].add(finding.capability_code)
        group["answered"] += bool(finding.reply)
        group["settled"] += bool(finding.decision)
        group["count"] += 1
    return sorted(groups.values(), key=lambda group: -group["money"])
