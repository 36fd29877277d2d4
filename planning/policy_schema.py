"""What each policy row is about: topic, label, explanation, and the words and units of its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

TOPICS: dict[str, Any] = {
    "tiers": _("Amounts, tiers and who decides"),
    "time": _("Time limits"),
    "review": _("Reviews and duplicate screening"),
    "plan": _("Plan, carry-over and requirements"),
    "after": _("Approvals, exceptions and waivers"),
    "other": _("Other"),
}
MONEY, WORKDAYS, DAYS = _("10,000 CNY"), _("working days"), _("days, weekends included")
MONTHS, YEARS, SHARE, OPINIONS = _("months"), _("years"), _("share, 0–1"), _("opinions")


@dataclass(frozen=True, slots=True)
class Rule:
    """How a policy row is shown. words, units, choices: by the parts of a path, the last two by its end."""

    topic: str
    label: Any
    explanation: Any
    unit: Any = ""
    words: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, Any] = field(default_factory=dict)
    shares: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[tuple[str, Any], ...]] = field(default_factory=dict)


STATES = {
    "endorsement": _("Supervising-department endorsement"),
    "intake": _("Intake check"),
    "correction": _("Returned for correction"),
    "review": _("Parallel unified review"),
    "adjudication": _("Duplicate adjudication"),
    "expert_review": _("Expert review"),
    "decision": _("Final decision"),
}
REVIEWS = {"planning": _("Planning"), "requirements": _("Requirements"), "standards": _("Standards")}

MODES = (("warn", _("shown as a warning")), ("block", _("refuses the submission")), ("off", _("not used")))

SIGNING_MODES = (
    ("all", _("all sign")), ("any", _("any one signs")), ("vote", _("vote by weight")),
    ("sequence", _("one after the other")),
)  # fmt: skip
REFUSALS = (("wait", _("waits for the others")), ("at_once", _("concludes at once")))
NOBODY_LEFT = (("reopen", _("is free for the role again")), ("manager", _("is filled by the manager")))

RULES: dict[str, Rule] = {
    "tiers": Rule(
        "tiers", _("Amount tiers"),
        _("The tier of a proposal follows from its amount. It decides who ends a case and whether experts are asked."),
        MONEY,
    ),
    "expert_quorum": Rule(
        "tiers", _("Expert opinions needed"),
        _("Tiers with a number go before experts and need that many opinions, an odd number. Empty: no experts."),
        OPINIONS,
    ),
    "expert_panel": Rule(
        "review", _("How experts are drawn"),
        _("Who draws, what the panel must know about, and how many of one employer may sit. Panels that sit are kept."),
        words={
            "draw": _("The draw is made"), "per_employer": _("At most of one employer (0: no limit)"),
            "fields": _("Must be covered"), "architecture": _("Architecture and integration"),
            "data": _("Data and sharing"), "security": _("Security and cryptography"),
            "business": _("Government business"), "cost": _("Cost and budget"),
            "infrastructure": _("Cloud and networks"), "ai": _("Artificial intelligence"),
            "law": _("Law and standards"),
        },
        units={"per_employer": _("people")},
        choices={"draw": (("system", _("by the system, on arrival")), ("manager", _("by the manager")))},
    ),
    "expert_criteria": Rule(
        "review", _("What experts give points for"),
        _("The weights make 1 together. A seat keeps the criteria that held when it was opened."),
        words={"weight": _("weight"), "points": _("most points")},
        units={"weight": SHARE, "points": _("points")},
        shares=frozenset({"weight"}),
    ),
    "manager_authority": Rule(
        "tiers", _("Highest tier that the manager ends alone"),
        _("Above it a merger, a reuse or a rejection after adjudication needs the approver's confirmation."),
    ),
    "limits": Rule(
        "time", _("Working days for each state"),
        _("Counted from the day after a case enters the state. The limit that held on that day stays for the case."),
        WORKDAYS, STATES,
    ),
    "legal_limits": Rule(
        "time", _("Legal limit of each state"),
        _("Shown beside the service norm. A case keeps the limit that held on the day on which it entered the state."),
        WORKDAYS, {**STATES, "procedure": _("Whole procedure, from the receipt to the decision")},
    ),
    "clock": Rule(
        "time", _("What stops the clock"),
        _("A suspension always does, and that the applicant corrects; an open question where this says so."),
        words={"question_pauses": _("An open question to the applicant")},
    ),
    "extension": Rule(
        "time", _("Extension of a time limit"),
        _("Once for each stay in a state, with the reason; the applicant is told. The legal limit stays."),
        WORKDAYS, {"most_days": _("At most so many more")},
    ),
    "escalation": Rule(
        "time", _("Escalation of overdue steps"),
        _("Who is told when so much of the service norm has passed. Nothing is ever decided by itself."),
        words={
            "percent": _("from so much on"), "holder": _("tells the holder"),
            "head": _("tells the head of the holder's unit"), "manager": _("tells the manager"),
        },
        units={"percent": _("% of the norm")},
    ),
    "reply_days": Rule(
        "time", _("Time to answer a duplicate finding"),
        _("Before it has passed, the manager cannot decide a finding that the unit has not answered."), WORKDAYS,
    ),
    "question_days": Rule(
        "time", _("Time to answer a question of the desk"),
        _("Counted from the day after the question. The proposal itself is not returned."), WORKDAYS,
    ),
    "substitution_days": Rule(
        "other", _("Longest substitution"),
        _("How long one person may stand in for another without a new arrangement."), DAYS,
    ),
    "correction_grace": Rule(
        "time", _("Grace after the time for correction"),
        _("When it has passed without an answer, the proposal counts as withdrawn."), DAYS,
    ),
    "screening_max_age": Rule(
        "review", _("Age of the duplicate screening at approval"),
        _("An older screening has to be run again before the approval."), DAYS,
    ),
    "review_order": Rule(
        "review", _("Order of the three reviews"),
        _("In parallel, or one after the other: a later review can be concluded only after the earlier ones."),
        words=REVIEWS,
    ),
    "batch_steps": Rule(
        "review", _("Steps that may be taken on several cases at once"),
        _("One line each: endorse, accept, or approve:T1 for approvals up to that tier. Empty: none."),
    ),
    "signing": Rule(
        "review", _("Who signs a review"),
        _("Seats and how their signatures count. A review keeps the rule it began with; signers can be added."),
        words={
            **REVIEWS, "mode": _("signatures"), "seats": _("seats"), "ratio": _("share that carries a vote"),
            "refusal": _("a dissent"), "nobody_left": _("a seat that somebody left"),
        },
        units={"seats": _("people")}, shares=frozenset({"ratio"}),
        choices={"mode": SIGNING_MODES, "refusal": REFUSALS, "nobody_left": NOBODY_LEFT},
    ),
    "bands": Rule(
        "review", _("Thresholds of the duplicate screening"),
        _("From which share of covered money a finding is amber or red. Changed on its own page, after a trial run."),
        SHARE,
        {
            "red": _("Red from"), "amber": _("Amber from"), "mapped": _("Sufficient data from"),
            "finding": _("The same function from"), "untagged": _("The same, without tags"),
            "related": _("Similar from"),
        },
        shares=frozenset({"red", "amber", "mapped", "finding", "untagged", "related"}),
    ),
    "consolidation": Rule(
        "plan", _("Merging existing systems"),
        _("Assumptions behind the savings that the report on overlapping systems names."),
        words={
            "min_share": _("Least share covered"), "om_saved": _("Share of O&M saved"),
            "migration": _("Migration share"), "years": _("Years counted"),
        },
        units={"min_share": SHARE, "om_saved": SHARE, "migration": SHARE, "years": YEARS},
        shares=frozenset({"min_share", "om_saved", "migration"}),
    ),
    "carry_over": Rule(
        "plan", _("What weighs against a new application"),
        _("Unaccepted projects, open promises of integration and a low score: shown, or refused at submission."),
        words={
            "projects": _("Unaccepted projects"), "commitments": _("Promises of integration"),
            "score": _("Last evaluation score"), "mode": _("effect"), "grace_months": _("grace after the planned end"),
            "below": _("below"),
        },
        units={"grace_months": MONTHS, "below": _("points of 100"), "mode": ""},
        choices={"mode": MODES},
    ),
    "function_points": Rule(
        "plan", _("Estimate by function points"),
        _("Weights, factors, productivity and rate behind the estimate that stands beside the amount asked for."),
        words={
            "method": _("Method"), "weights": _("Function points"), "scale_change": _("Growth of scope"),
            "productivity": _("Productivity"), "productivity_source": _("Source of the productivity"),
            "productivity_year": _("Year of the productivity"), "hours_per_month": _("Hours per person-month"),
            "rate": _("Rate"), "rate_source": _("Source of the rate"), "rate_year": _("Year of the rate"),
            "rate_city": _("City of the rate"), "reuse": _("Reuse"), "factors": "",
            "coefficient": _("coefficient"), "usual": _("where none is chosen"), "options": "",
            "other_cost_share": _("Other cost, share of the labour"), "tolerance": _("Deviation without explanation"),
            "required_above": _("Count required from"), "from_memory": _("Figures are from memory"),
        },
        units={
            "productivity": _("hours per function point"), "rate": _("10,000 CNY per person-month"),
            "hours_per_month": _("hours"), "other_cost_share": SHARE, "tolerance": SHARE, "required_above": MONEY,
        },
        shares=frozenset({"other_cost_share", "tolerance"}),
    ),
    "approval_validity_months": Rule(
        "after", _("Validity of an approval"),
        _("Counted from the day of the approval and written into it: an approval that was given keeps its end."),
        MONTHS,
    ),
    "exception_months": Rule(
        "after", _("Length of an exception"),
        _("The end that the form proposes when the manager lets a duplicate pass; the manager may choose another."),
        MONTHS,
    ),
    "waiver": Rule(
        "after", _("Waivers of major items"),
        _("How long a waiver may run, when it is looked at again, and how long there is to cure what comes back."),
        words={
            "max_months": _("Longest waiver"), "recheck_days_before": _("Looked at again before its end"),
            "cure_days": _("Time to cure what came back"),
        },
        units={"max_months": MONTHS, "recheck_days_before": DAYS, "cure_days": DAYS},
    ),
}  # fmt: skip


def rule_of(key: str) -> Rule:
    """What is known of a key; a key without words of its own is shown by its name."""
    return RULES.get(key) or Rule("other", key, "")


def word_for(rule: Rule, part: str) -> str:
    """The label of one part of a path."""
    return str(rule.words[part]) if part in rule.words else part.replace("_", " ")
