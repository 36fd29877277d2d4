"""Facts that must hold before a step: each returns None, or the reason it refuses (shown to the person)."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.names import (
    CONCLUDED,
    PASSING,
    UNIFIED_KINDS,
    Ending,
    ReviewStatus,
)
from planning.queries import PolicyMissing, open_rounds, policy
from projects import sections
from projects.states import TO_CORRECT, Adjudication, Band, RunStatus

# --- filing ---------------------------------------------------------------------------------------------------------


def declared_unclassified(case) -> str | None:
    """Promise 8: classified projects are not handled here."""
    return None if case.declared_unclassified else _("The declaration that no state secrets are involved is missing.")


def round_is_open(case) -> str | None:
    """A proposal is filed inside the window of its round."""
    if open_rounds().filter(pk=case.round_id).exists():
        return None
    return _("The application round “%(round)s” is not open today.") % {"round": case.round.label}


def is_complete(case) -> str | None:
    """Every required fact is there (the same table drives the meter)."""
    gaps = sections.gaps(case)
    if not gaps:
        return None
    shown = "; ".join(str(gap.message) for gap in gaps[:5])
    text = ngettext("%(n)d thing is missing: %(shown)s", "%(n)d things are missing: %(shown)s", len(gaps))
    return text % {"n": len(gaps), "shown": shown + ("…" if len(gaps) > 5 else "")}


def unit_supervises_itself(case) -> str | None:
    """A first-level budget unit needs no endorsement by another (domain reference §3.3 row 3)."""
    return None if case.department.is_first_level else _("The supervising department has to endorse first.")


def has_items(case) -> str | None:
    """Promise 5: every return carries at least one structured item."""
    if case.entry is None or case.entry.get("items") or case.collectable_items():
        return None
    return _("List at least one item to be corrected: where, what is wrong, what to supply.")


def every_item_answered(case) -> str | None:
    """Row 6: every item of the notice has an answer."""
    notice = case.open_notice()
    left = notice.items.filter(answer="").count() if notice else 0
    if not left:
        return None
    return ngettext("%(n)d item of the correction notice is unanswered.", "%(n)d items of the correction notice are unanswered.", left) % {"n": left}


def correction_has_lapsed(case) -> str | None:
    """Row 7: deadline and grace have passed."""
    notice = case.open_notice()
    if notice and notice.lapses_on and notice.lapses_on < timezone.localdate():
        return None
    return _("The time for correction has not run out.")


def may_be_filed(case) -> str | None:
    """Row 8: tier T0, or approved at a higher level."""
    if case.tier == "T0" or case.higher_approval:
        return None
    return _("Only projects of tier T0 or approved at a higher level are filed; this one is %(tier)s.") % {"tier": case.tier}


def clause_cited(case) -> str | None:
    """Row 9: a rejection at intake cites the clause."""
    if case.entry is None or case.entry.get("clause"):
        return None
    return _("Name the clause of the negative list or of the scope rule.")


# --- screening ------------------------------------------------------------------------------------------------------


def screening_succeeded(case) -> str | None:
    """Row 11 and promise 2: a run that failed, is missing, or is older than the version never lets a case pass."""
    version, run = case.current_version, case.latest_run
    if version is None or run is None or run.version_id != version.pk:
        return _("Version %(n)s has not been screened for duplicates.") % {"n": version.number if version else 0}
    if run.status == RunStatus.FAILED:
        return _("The duplicate screening failed: %(error)s Nothing passes until it has been run again.") % {"error": run.error}
    if run.status != RunStatus.SUCCEEDED:
        return _("The duplicate screening is not finished.")
    return None


def screening_is_fresh(case) -> str | None:
    """Row 11: the registry snapshot is not older than the policy allows (days)."""
    run = case.latest_run
    days = policy("screening_max_age")
    if run is None or run.finished_at is None or run.finished_at < timezone.now() - timedelta(days=days):
        return _("The duplicate screening is older than %(days)s days; run it again.") % {"days": days}
    return None


def screening_did_not_succeed(case) -> str | None:
    """Running it again is for a run that failed or hangs."""
    return None if screening_succeeded(case) else _("The duplicate screening has succeeded.")


def data_is_sufficient(case) -> str | None:
    """Promise 2: insufficient data is its own blocking band, never green."""
    run = case.latest_run
    if run and run.band == Band.INSUFFICIENT:
        return _("Too little of the budget is mapped to capabilities to judge duplicates; return it for correction.")
    return None


# --- reviews --------------------------------------------------------------------------------------------------------


def reviews_passed(case) -> str | None:
    """Promise 1: planning, requirements and standards passed on the version that goes on."""
    left = [kind.label for kind in UNIFIED_KINDS if not case.review_stands(kind, PASSING)]
    if not left:
        return None
    return _("Not passed on this version: %(kinds)s.") % {"kinds": ", ".join(str(kind) for kind in left)}


def reviews_concluded(case) -> str | None:
    """Row 13: corrections are collected once, from all reviewers."""
    left = [kind.label for kind in UNIFIED_KINDS if not case.review_stands(kind, CONCLUDED)]
    if not left:
        return None
    return _("Still under review: %(kinds)s.") % {"kinds": ", ".join(str(kind) for kind in left)}


def a_review_failed(case) -> str | None:
    """Row 16: a veto item failed."""
    if any(case.review_stands(kind, {ReviewStatus.FAILED}) for kind in UNIFIED_KINDS):
        return None
    return _("No review has failed on a veto item.")


def has_open_findings(case) -> str | None:
    """Row 14: something is to be adjudicated."""
    if case.open_findings() or data_is_sufficient(case):
        return None
    return _("There is no open duplicate finding.")


def no_open_findings(case) -> str | None:
    """Promise 2: no open red, amber or unified-platform finding."""
    count = len(case.open_findings())
    if not count:
        return None
    return ngettext("%(n)d duplicate finding is not settled.", "%(n)d duplicate findings are not settled.", count) % {"n": count}


# --- adjudication ---------------------------------------------------------------------------------------------------


def findings_named(case) -> str | None:
    """An adjudication names findings of this case that are open."""
    if case.entry is None:
        return None if case.open_findings() else _("There is no open duplicate finding.")
    chosen = set(case.entry.get("findings") or [])
    if chosen and chosen <= {finding.pk for finding in case.undecided_findings()}:
        return None
    return _("Choose findings of this project that are still undecided.")


def batch_is_amber(case) -> str | None:
    """Row 17: only amber findings are decided several at a time."""
    chosen = (case.entry or {}).get("findings") or []
    if len(chosen) < 2:
        return None
    bands = {finding.band for finding in case.undecided_findings() if finding.pk in chosen}
    return None if bands <= {Band.AMBER} else _("Only amber findings may be decided together; take red ones one by one.")


def applicant_was_heard(case) -> str | None:
    """Row 14: the applicant's right of reply comes before the decision; the window is in working days."""
    if case.entry is None:
        return None
    chosen = set(case.entry.get("findings") or [])
    silent = [finding for finding in case.undecided_findings() if finding.pk in chosen and not finding.reply]
    until = case.reply_until()
    if not silent or until is None or timezone.localdate() > until:
        return None
    codes = ", ".join(finding.capability_code for finding in silent)
    return _("The applicant may still answer %(codes)s until %(day)s.") % {"codes": codes, "day": until.isoformat()}


def reason_is_coded(case) -> str | None:
    """Promise 5: every override has a reason code and an end."""
    entry = case.entry or {}
    if entry.get("decision") != Adjudication.EXCEPTION or (entry.get("reason_code") and entry.get("expires_on")):
        return None
    return _("An exception needs a reason code and the day it expires.")


def something_to_correct(case) -> str | None:
    """Row 18: a finding was decided as a cut or reuse, data is insufficient, or the manager lists items."""
    if case.entry and case.entry.get("items"):
        return None
    decided = [finding for finding in case.open_findings() if finding.decision in TO_CORRECT]
    if decided or data_is_sufficient(case):
        return None
    return _("First decide at least one finding as reuse, upgrade or cut, or list the items to be corrected.")


def within_manager_authority(case) -> str | None:
    """Row 19: above this tier the approver ends the case, on the manager's proposal."""
    limit = policy("manager_authority")
    if case.tier <= limit:
        return None
    return _("Above tier %(limit)s the approver decides on your proposal.") % {"limit": limit}


def above_manager_authority(case) -> str | None:
    """Row 19, the other side."""
    return None if within_manager_authority(case) else _("You may end this case yourself.")


def proposed(ending: Ending):
    """A guard: the manager has proposed this ending and nobody has declined it."""

    def guard(case) -> str | None:
        proposal = case.proposed_ending()
        if proposal and proposal.get("ending") == ending:
            return None
        return _("The manager has not proposed this.")

    guard.__name__ = f"proposed_{ending.value}"
    return guard


def an_ending_is_proposed(case) -> str | None:
    """There is a proposal to decline."""
    return None if case.proposed_ending() else _("The manager has not proposed an ending.")


def target_named(case) -> str | None:
    """Row 19: a merger or a reuse names where to."""
    entry = case.entry
    if entry is None or entry.get("ending") == Ending.REJECT:
        return None
    wanted = entry.get("target_project") or entry.get("target_system")
    if not wanted:
        return _("Name the project or the system it goes to.")
    if entry.get("target_project") == case.ref:
        return _("A project cannot be merged into itself.")
    return None


# --- experts and decision -------------------------------------------------------------------------------------------


def tier_needs_experts(case) -> str | None:
    """Row 15: the larger tiers go before experts."""
    if case.tier in policy("expert_quorum"):
        return None
    return _("Tier %(tier)s needs no expert review.") % {"tier": case.tier}


def tier_needs_no_experts(case) -> str | None:
    """Row 15, the other way."""
    return None if tier_needs_experts(case) else _("Tier %(tier)s goes before experts first.") % {"tier": case.tier}


def quorum_reached(case) -> str | None:
    """Row 20: enough expert opinions on this version; recused experts do not count."""
    try:
        needed = policy("expert_quorum")[case.tier]
    except (PolicyMissing, KeyError):
        return None if case.tier in {"T0", "T1"} else _("No expert quorum is set for this tier.")
    given = case.expert_opinions()
    if given >= needed:
        return None
    return _("%(given)d of %(needed)d expert opinions are in.") % {"given": given, "needed": needed}


def amount_within_reviewed(case) -> str | None:
    """Promise 6: approved amount ≤ reviewed amount, in 万元."""
    entry, version = case.entry, case.current_version
    if entry is None or version is None:
        return None
    amount = entry.get("approved_amount")
    if amount is None or not Decimal(0) < amount <= version.amount:
        return _("The approved amount must be above 0 and at most the reviewed %(amount)s.") % {"amount": version.amount}
    return None


def version_is_unchanged(case) -> str | None:
    """Promise 1: what is approved is what was submitted and reviewed."""
    version = case.current_version
    if version and sections.digest_of(sections.section_snapshot(case)) == version.digest:
        return None
    return _("The proposal differs from the submitted version; it has to be submitted and reviewed again.")
