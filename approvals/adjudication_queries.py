"""Fetch the findings of one case for a person: side by side with what they meet, and what stands before a decision."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import allows, holders
from accounts.roles import Role
from approvals import adjudication_guards as guards
from approvals.models import Case
from approvals.offers import offer_of
from approvals.queries import get_case
from approvals.standing import names_of
from portfolio.models import CapabilityNode, Domain, ServiceObject
from projects import queries as projects
from projects.models import Finding, Project, ScreeningRun
from projects.states import Adjudication, Band, Relation, State

RELATED = ("system__department", "other_project__department", "rule", "run__version", "decided_by", "replied_by")
SEVERITY: dict[str, int] = {Band.RED: 0, Band.AMBER: 1, Band.GREEN: 2}
TAGS = ("taxonomy", "domain", "object")
WORDS = {"shared_term": "", "synonym": "syn", "rule": ""}
MOST_PRECEDENTS = 5
ANSWERED_IN = frozenset({State.SCREENING, State.REVIEW, State.ADJUDICATION, State.CORRECTION})


@dataclass(slots=True)
class Target:
    """One system, project or rule that the proposal meets, with the pairs that say so."""

    kind: str  # system, project, rule
    thing: Any
    relation: str
    findings: list[Finding] = field(default_factory=list)
    coverage: float | None = None
    money: Decimal = Decimal(0)
    linked: bool = True

    @property
    def band(self) -> str:
        """The most severe band of its pairs."""
        return min((finding.band for finding in self.findings), key=lambda band: SEVERITY.get(band, 3))


# --- one case -------------------------------------------------------------------------------------------------------


def targets_of(user: User, project: Project, run: ScreeningRun | None) -> list[Target]:
    """What the current findings of a case meet, the most severe and dearest first; constant queries."""
    findings = list(project.findings.filter(is_current=True).select_related(*RELATED))
    describe(findings)
    counting = [finding for finding in findings if finding.relation != Relation.RELATED]
    grouped: dict[tuple, Target] = {}
    for finding in counting:
        key, kind, thing = _target(finding)
        target = grouped.setdefault(key, Target(kind, thing, finding.relation))
        target.findings.append(finding)
    _measure(grouped.values(), run)
    _hide_what_is_not_known(user, grouped.values())
    return sorted(grouped.values(), key=lambda target: (SEVERITY.get(target.band, 3), -target.money, str(target.thing)))


def related_of(project: Project) -> list[Finding]:
    """What is similar and does not count, best first."""
    found = project.findings.filter(is_current=True, relation=Relation.RELATED).select_related(*RELATED)
    return describe(list(found.order_by("-score", "pk")[:50]))


def finding_for(user: User, ref: str, pk: int, permission: str = "projects.view") -> tuple[Case, Finding]:
    """A case and one finding on it, for who holds `permission` for the case. Raises Http404, PermissionDenied."""
    case = get_case(user, ref, permission)
    finding: Any = case.findings.filter(pk=pk).select_related("project__department", *RELATED).first()
    if finding is None:
        raise Http404(f"{ref}/{pk}")
    describe([finding])
    finding.target = Target(*_target(finding)[1:], finding.relation, [finding], money=finding.money)
    _measure([finding.target], finding.run)
    _hide_what_is_not_known(user, [finding.target])
    return case, finding


def precedents(user: User, finding: Finding) -> list[Finding]:
    """What was decided on exactly these two texts in other projects of the unit that the user may see, newest first.

    Shown, never applied: the same words may stand for another need. One query.
    """
    same = {name: getattr(finding, name) for name in ("capability_text", "matched_text", "system_id", "rule_id")}
    found = Finding.objects.filter(project__department=finding.project.department_id, decided_at__isnull=False, **same)
    found = found.filter(project__in=projects.reachable(user)).exclude(project=finding.project_id).exclude(decision="")
    newest = list(found.select_related("project", "decided_by").order_by("-decided_at", "-pk")[:50])
    # A re-screening copies a decision: it is one decision all the same.
    once = {(item.project_id, item.decided_at): item for item in newest}
    return list(once.values())[:MOST_PRECEDENTS]


def _target(finding: Finding) -> tuple[tuple, str, Any]:
    if finding.system_id:
        return ("system", finding.system_id), "system", finding.system
    if finding.other_project_id:
        return ("project", finding.other_project_id), "project", finding.other_project
    return ("rule", finding.rule_id), "rule", finding.rule


def _measure(targets: Iterable[Target], run: ScreeningRun | None) -> None:
    listed = [*run.systems, *run.record.get("peer_coverage", [])] if run else []
    shares = {item["code"]: item["coverage"] for item in listed}
    for target in targets:
        target.coverage = shares.get(getattr(target.thing, "ref", None) or target.thing.code)
        target.money = money_of(target.findings)


def _hide_what_is_not_known(user: User, targets: Iterable[Target]) -> None:
    """Another unit's project is named (reference, title, unit, capability), and linked only for who may read it."""
    others = [target for target in targets if target.kind == "project"]
    known = set()
    if others:
        readable = projects.visible_to(user).filter(pk__in=[target.thing.pk for target in others])
        known = set(readable.values_list("pk", flat=True))
    for target in others:
        target.linked = target.thing.pk in known


# --- how a finding reads --------------------------------------------------------------------------------------------


def describe(findings: list[Any]) -> list[Any]:
    """Give each finding what its row shows: marks in both texts, tags, what is not covered. At most two queries."""
    names = _names_of_tags(findings)
    english = get_language() == "en"
    for finding in findings:
        parts = finding.evidence
        finding.explanation = finding.explanation_en if english else finding.explanation_zh
        finding.proposed_marks = _marks(parts, "proposed")
        finding.existing_marks = _marks(parts, "existing")
        tags = [_tag(part, names) for part in parts if part["kind"] in TAGS]
        finding.same_tags = [tag["proposed"] for tag in tags if tag["same"]]
        finding.other_tags = [tag for tag in tags if not tag["same"]]
        finding.missing = [part["term"] for part in parts if part["kind"] == "not_covered"]
        finding.generic = [part["term"] for part in parts if part["kind"] == "generic"]
        finding.similarity = next((part["term"] for part in parts if part["kind"] == "dense"), "")
        finding.by_description = finding.system_id is not None and not finding.matched_code
    return findings


def _marks(parts: Iterable[dict], side: str) -> list[tuple[int, int, str]]:
    return [(start, end, WORDS[part["kind"]]) for part in parts if part["kind"] in WORDS for start, end in part[side]]


def _names_of_tags(findings: Iterable[Finding]) -> dict[str, str]:
    codes: dict[str, set[str]] = {kind: set() for kind in TAGS}
    for finding in findings:
        for part in finding.evidence:
            if part["kind"] in TAGS:
                codes[part["kind"]] |= {part["term"], part["other"]} - {""}
    names = {value: str(label) for value, label in ServiceObject.choices}
    for kind, model in (("taxonomy", CapabilityNode), ("domain", Domain)):
        if codes[kind]:
            names |= {row.code: row.label for row in model.objects.filter(code__in=codes[kind])}
    return names


def _tag(part: dict, names: dict[str, str]) -> dict[str, Any]:
    labels = {"taxonomy": _("taxonomy"), "domain": _("business domain"), "object": _("service object")}
    mine, theirs = names.get(part["term"], part["term"]), names.get(part["other"], part["other"])
    return {"label": labels[part["kind"]], "same": not part["other"], "proposed": mine, "existing": theirs or mine}


def money_of(findings: Iterable[Finding]) -> Decimal:
    """Money of the capabilities concerned in 万元; one that is named twice counts once."""
    money = {
        (finding.project_id, finding.capability_code or finding.capability_text): finding.money for finding in findings
    }
    return sum(money.values(), Decimal(0))


# --- what stands before a decision or an answer ---------------------------------------------------------------------


def obstacles(user: User, case: Case, finding: Finding) -> dict[str, Any]:
    """Why this user cannot decide this finding now: reasons and who can help; no reasons, then it can be decided."""
    if not allows(user, "duplicates.adjudicate", case):
        return {
            "reasons": [_("Findings are adjudicated by portfolio managers.")],
            "who": names_of(holders(Role.MANAGER)[:3]),
        }
    if not finding.is_current:
        return {"reasons": [_("A newer screening has replaced this finding.")], "who": []}
    if not finding.awaits_decision:
        return {"reasons": [_("This finding has been decided.")], "who": []}
    if case.state != State.ADJUDICATION:
        reason = _("Findings are adjudicated once all reviews have passed; the project is in the state “%(state)s”.")
        return {"reasons": [reason % {"state": case.get_state_display()}], "who": []}
    offer = offer_of(case, user, "adjudicate")
    if offer is not None and not offer.is_open:
        return {"reasons": offer.reasons, "who": offer.who}
    return _waiting_for_the_applicant(case, finding)


def _waiting_for_the_applicant(case: Case, finding: Finding) -> dict[str, Any]:
    case.entry = {"findings": [finding.pk], "decision": Adjudication.CUT}
    reason = guards.applicant_was_heard(case)
    case.entry = None
    people = holders(Role.APPLICANT, department_id=case.department_id)[:3] if reason else []
    return {"reasons": [reason] if reason else [], "who": names_of(people)}


def offered_on(user: User, case: Case) -> dict[str, Any]:
    """What the comparison lets this user do: decide, or answer until when."""
    return {
        "may_decide": case.state == State.ADJUDICATION and allows(user, "duplicates.adjudicate", case),
        "may_note": allows(user, "duplicates.adjudicate", case),
        "may_answer": case.state in ANSWERED_IN and allows(user, "projects.reply", case),
        "reply_until": case.reply_until(),
    }


def may_answer(user: User, case: Case, finding: Finding) -> bool:
    """Whether this user may answer the finding now (projects.services.reply_to_finding asks again)."""
    answerable = finding.is_current and finding.blocks and finding.awaits_decision and case.state in ANSWERED_IN
    return answerable and allows(user, "projects.reply", case)


def share_of_money(run: ScreeningRun) -> dict[str, Any]:
    """The bar over a comparison: the best system, what the union adds, the thresholds; sums in 万元."""
    lines = run.version.snapshot["budget"]["lines"]
    total = sum((Decimal(line["amount"]) for line in lines if line["capability"]), Decimal(0))
    alone, union = (run.systems[0]["coverage"] if run.systems else 0.0), run.union.get("coverage") or 0.0
    limits = run.record.get("thresholds", {})
    marks = [limits.get("amber", 0) * 100, limits.get("red", 0) * 100]
    return {
        "total": total,
        "union": union,
        "money": total * Decimal(str(union)),
        "best": run.systems[0] if run.systems else None,
        "names": [item["name"] for item in run.systems if item["code"] in run.union.get("systems", [])],
        "parts": [{"value": alone * 100, "kind": "full"}, {"value": max(union - alone, 0.0) * 100, "kind": "part"}],
        "alone": alone,
        "added": max(union - alone, 0.0),
        "marks": marks,
        "amber": limits.get("amber"),
        "red": limits.get("red"),
    }
