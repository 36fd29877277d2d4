"""Facts that must hold before findings are adjudicated and before a case ends in adjudication (rows 17-19)."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.deadlines import reply_until
from approvals.guards import data_is_sufficient
from approvals.names import Ending
from approvals.step import Guard
from planning.queries import policy
from projects.states import TO_CORRECT, Adjudication, Band

if TYPE_CHECKING:
    from approvals.models import Case


def findings_named(case: "Case") -> str | None:
    """An adjudication names findings of this case that are open."""
    if case.entry is None:
        return None if case.open_findings() else _("There is no open duplicate finding.")
    chosen = set(case.entry.get("findings") or [])
    if chosen and chosen <= {finding.pk for finding in case.undecided_findings()}:
        return None
    return _("Choose findings of this project that are still undecided.")


def batch_is_amber(case: "Case") -> str | None:
    """Row 17: only amber findings are decided several at a time."""
    chosen = (case.entry or {}).get("findings") or []
    if len(chosen) < 2:
        return None
    bands = {finding.band for finding in case.undecided_findings() if finding.pk in chosen}
    if bands <= {Band.AMBER}:
        return None
    return _("Only amber findings may be decided together; take red ones one by one.")


def applicant_was_heard(case: "Case") -> str | None:
    """Row 14: the applicant's right of reply comes before the decision; the window is in working days."""
    if case.entry is None:
        return None
    chosen = set(case.entry.get("findings") or [])
    silent = [finding for finding in case.undecided_findings() if finding.pk in chosen and not finding.reply]
    today, last = timezone.localdate(), reply_until(finding.found_at for finding in silent)
    waiting = {finding.capability_code: last[finding.found_at] for finding in silent}
    waiting = {code: until for code, until in waiting.items() if today <= until}
    if not waiting:
        return None
    codes, until = ", ".join(sorted(waiting)), max(waiting.values())
    return _("The applicant may still answer %(codes)s until %(day)s.") % {"codes": codes, "day": until.isoformat()}


def reason_is_coded(case: "Case") -> str | None:
    """Promise 5: every override has a reason code and an end."""
    entry = case.entry or {}
    if entry.get("decision") != Adjudication.EXCEPTION or (entry.get("reason_code") and entry.get("expires_on")):
        return None
    return _("An exception needs a reason code and the day it expires.")


def something_to_correct(case: "Case") -> str | None:
    """Row 18: a finding was decided as a cut or reuse, data is insufficient, or the manager lists items."""
    if case.entry and case.entry.get("items"):
        return None
    decided = [finding for finding in case.open_findings() if finding.decision in TO_CORRECT]
    if decided or data_is_sufficient(case):
        return None
    return _("First decide at least one finding as reuse, upgrade or cut, or list the items to be corrected.")


def within_manager_authority(case: "Case") -> str | None:
    """Row 19: above this tier the approver ends the case, on the manager's proposal."""
    limit = policy("manager_authority")
    if case.tier <= limit:
        return None
    return _("Above tier %(limit)s the approver decides on your proposal.") % {"limit": limit}


def above_manager_authority(case: "Case") -> str | None:
    """Row 19, the other side."""
    return None if within_manager_authority(case) else _("You may end this case yourself.")


def proposed(ending: Ending) -> Guard:
    """A guard: the manager has proposed this ending and nobody has declined it."""

    def guard(case: "Case") -> str | None:
        proposal = case.proposed_ending()
        if proposal and proposal.get("ending") == ending:
            return None
        return _("The manager has not proposed this.")

    guard.__name__ = f"proposed_{ending.value}"
    return guard


def an_ending_is_proposed(case: "Case") -> str | None:
    """There is a proposal to decline."""
    return None if case.proposed_ending() else _("The manager has not proposed an ending.")


def target_named(case: "Case") -> str | None:
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
