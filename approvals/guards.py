"""Facts that must hold before a step: each returns None, or the reason it refuses (shown to the person)."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.names import (
    CONCLUDED,
    PASSING,
    UNIFIED_KINDS,
    ReviewStatus,
)
from planning.queries import PolicyMissing, late_filing, open_rounds, policy
from projects import sections
from projects.carry_over import blocks
from projects.states import Band, RunStatus, State

if TYPE_CHECKING:
    from approvals.models import Case

# --- filing ---------------------------------------------------------------------------------------------------------


def declared_unclassified(case: "Case") -> str | None:
    """Promise 8: classified projects are not handled here."""
    return None if case.declared_unclassified else _("The declaration that no state secrets are involved is missing.")


def round_is_open(case: "Case") -> str | None:
    """A proposal is filed inside the window of its round, or later with recorded leave for its unit or one above."""
    if open_rounds().filter(pk=case.round_id).exists() or late_filing(case.round, case.department) is not None:
        return None
    return _("The application round “%(round)s” is not open today.") % {"round": case.round.label}


def is_complete(case: "Case") -> str | None:
    """Every fact that is required to submit is there (sections.requirements, which drives the meter, too)."""
    return _complete(case, State.ENDORSEMENT)


def is_complete_for_acceptance(case: "Case") -> str | None:
    """The same, with what is required before acceptance."""
    return _complete(case, State.SCREENING)


def is_complete_for_approval(case: "Case") -> str | None:
    """The same, with what is required before approval."""
    return _complete(case, State.APPROVED)


def _complete(case: "Case", state: State) -> str | None:
    gaps = sections.gaps(case.parts, state)
    if not gaps:
        return None
    shown = "; ".join(str(gap.message) for gap in gaps[:5])
    text = ngettext("%(n)d thing is missing: %(shown)s", "%(n)d things are missing: %(shown)s", len(gaps))
    return text % {"n": len(gaps), "shown": shown + ("…" if len(gaps) > 5 else "")}


def carry_over_allows(case: "Case") -> str | None:
    """PL-04: where the policy row says "block", what the unit still owes keeps it from filing a new build."""
    problems = blocks(case)
    return "; ".join(problem.text for problem in problems) if problems else None


def unit_supervises_itself(case: "Case") -> str | None:
    """A first-level budget unit needs no endorsement by another (domain reference §3.3 row 3)."""
    return None if case.department.is_first_level else _("The supervising department has to endorse first.")


def has_items(case: "Case") -> str | None:
    """Promise 5: every return carries at least one structured item."""
    entry = case.entry
    if entry is None or entry.get("items") or (entry["lines"] if "lines" in entry else case.collectable_items()):
        return None
    return _("List at least one item to be corrected: where, what is wrong, what to supply.")


def every_item_answered(case: "Case") -> str | None:
    """Row 6: every item of the notice has an answer."""
    notice = case.open_notice()
    left = notice.items.filter(answer="").count() if notice else 0
    if not left:
        return None
    text = ngettext(
        "%(n)d item of the correction notice is unanswered.",
        "%(n)d items of the correction notice are unanswered.",
        left,
    )
    return text % {"n": left}


def correction_has_lapsed(case: "Case") -> str | None:
    """Row 7: deadline and grace have passed."""
    notice = case.open_notice()
    if notice and notice.lapses_on and notice.lapses_on < timezone.localdate():
        return None
    return _("The time for correction has not run out.")


def may_be_filed(case: "Case") -> str | None:
    """Row 8: tier T0, or approved at a higher level."""
    if case.tier == "T0" or case.higher_approval:
        return None
    text = _("Only projects of tier T0 or approved at a higher level are filed; this one is %(tier)s.")
    return text % {"tier": case.tier}


def clause_cited(case: "Case") -> str | None:
    """Row 9: a rejection at intake cites the clause."""
    if case.entry is None or case.entry.get("clause"):
        return None
    return _("Name the clause of the negative list or of the scope rule.")


# --- screening ------------------------------------------------------------------------------------------------------


def screening_succeeded(case: "Case") -> str | None:
    """Row 11 and promise 2: a run that failed, is missing, or is older than the version never lets a case pass."""
    version, run = case.current_version, case.latest_run
    if version is None or run is None or not run.stands_for(version):  # made on it, or carried to it on the record
        return _("Version %(n)s has not been screened for duplicates.") % {"n": version.number if version else 0}
    if run.status == RunStatus.FAILED:
        text = _("The duplicate screening failed: %(error)s Nothing passes until it has been run again.")
        return text % {"error": _(run.error)}
    if run.status != RunStatus.SUCCEEDED:
        return _("The duplicate screening is not finished.")
    return None


def screening_is_fresh(case: "Case") -> str | None:
    """Row 11: the registry snapshot is not older than the policy allows (days)."""
    run = case.latest_run
    days = policy("screening_max_age")
    if run is None or run.finished_at is None or run.finished_at < timezone.now() - timedelta(days=days):
        return _("The duplicate screening is older than %(days)s days; run it again.") % {"days": days}
    return None


def screening_did_not_succeed(case: "Case") -> str | None:
    """Running it again is for a run that failed or hangs."""
    return None if screening_succeeded(case) else _("The duplicate screening has succeeded.")


def data_is_sufficient(case: "Case") -> str | None:
    """Promise 2: insufficient data is its own blocking band, never green."""
    run = case.latest_run
    if run and run.band == Band.INSUFFICIENT:
        return _("Too little of the budget is mapped to capabilities to judge duplicates; return it for correction.")
    return None


# --- reviews --------------------------------------------------------------------------------------------------------


def reviews_passed(case: "Case") -> str | None:
    """Promise 1: planning, requirements and standards passed on the version that goes on."""
    left = [kind.label for kind in UNIFIED_KINDS if not case.review_stands(kind, PASSING)]
    if not left:
        return None
    return _("Not passed on this version: %(kinds)s.") % {"kinds": ", ".join(str(kind) for kind in left)}


def reviews_concluded(case: "Case") -> str | None:
    """Row 13: corrections are collected once, from all reviewers."""
    left = [kind.label for kind in UNIFIED_KINDS if not case.review_stands(kind, CONCLUDED)]
    if not left:
        return None
    return _("Still under review: %(kinds)s.") % {"kinds": ", ".join(str(kind) for kind in left)}


def a_review_failed(case: "Case") -> str | None:
    """Row 16: a veto item failed."""
    if any(case.review_stands(kind, {ReviewStatus.FAILED}) for kind in UNIFIED_KINDS):
        return None
    return _("No review has failed on a veto item.")


def has_open_findings(case: "Case") -> str | None:
    """Row 14: something is to be adjudicated."""
    if case.open_findings() or data_is_sufficient(case):
        return None
    return _("There is no open duplicate finding.")


def no_open_findings(case: "Case") -> str | None:
    """Promise 2: no open red, amber or unified-platform finding."""
    count = len(case.open_findings())
    if not count:
        return None
    text = ngettext("%(n)d duplicate finding is not settled.", "%(n)d duplicate findings are not settled.", count)
    return text % {"n": count}


# --- experts and decision -------------------------------------------------------------------------------------------


def tier_needs_experts(case: "Case") -> str | None:
    """Row 15: the larger tiers go before experts."""
    if case.tier in policy("expert_quorum"):
        return None
    return _("Tier %(tier)s needs no expert review.") % {"tier": case.tier}


def tier_needs_no_experts(case: "Case") -> str | None:
    """Row 15, the other way."""
    return None if tier_needs_experts(case) else _("Tier %(tier)s goes before experts first.") % {"tier": case.tier}


def quorum_reached(case: "Case") -> str | None:
    """Row 20: enough expert opinions on this version; recused experts do not count."""
    try:
        needed = policy("expert_quorum")[case.tier]
    except (PolicyMissing, KeyError):
        return None if case.tier in {"T0", "T1"} else _("No expert quorum is set for this tier.")
    given = case.expert_opinions()
    if given >= needed:
        return None
    return _("%(given)d of %(needed)d expert opinions are in.") % {"given": given, "needed": needed}


def amount_within_reviewed(case: "Case") -> str | None:
    """Promise 6: approved amount ≤ reviewed amount, in 万元."""
    entry, version = case.entry, case.current_version
    if entry is None or version is None:
        return None
    amount = entry.get("approved_amount")
    if amount is None or not Decimal(0) < amount <= version.amount:
        text = _("The approved amount must be above 0 and at most the reviewed %(amount)s.")
        return text % {"amount": version.amount}
    return None


def version_is_unchanged(case: "Case") -> str | None:
    """Promise 1: what is approved is what was submitted and reviewed."""
    version = case.current_version
    if version and sections.digest_of(sections.section_snapshot(case.parts)) == version.digest:
        return None
    return _("The proposal differs from the submitted version; it has to be submitted and reviewed again.")
