"""Facts that must hold before a failed major item is waived, before a waiver ends, and before a waived case goes on."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.deadlines import months_after
from approvals.names import NEEDS_REASON, REVIEWER, UNIFIED_KINDS
from planning.queries import policy
from projects.states import State
from standards.kinds import Severity

if TYPE_CHECKING:
    from approvals.models import Case, ReviewItem, Waiver


def majors_cured_or_waived(case: "Case") -> str | None:
    """A major item that failed or is in doubt has a waiver in force today; asked again in the approval."""
    left = [row.code for row in failed_majors(case) if row.code not in in_force(case)]
    if not left:
        return None
    return _("Major items that are neither cured nor waived: %(codes)s.") % {"codes": ", ".join(left)}


def item_may_be_waived(case: "Case") -> str | None:
    """Majors that a review found wanting are waived, a veto never; after the approval a waiver is only renewed."""
    code = (case.entry or {}).get("item")
    if code and any(row.code == code and row.severity == Severity.VETO for row in failed_items(case)):
        return _("A veto item is never waived: %(code)s has to be cured.") % {"code": code}
    codes = waivable(case)
    if code in codes or (case.entry is None and codes):
        return None
    if code:
        return _("%(code)s is no major item that failed or is in doubt here.") % {"code": code}
    return _("No major item has failed or is in doubt.") if not codes else _("Name the item that is waived.")


def waiver_is_bounded(case: "Case") -> str | None:
    """A waiver has a compensating measure and an end, at most as far away as the policy row "waiver" says (months)."""
    if case.entry is None:
        return None
    until, longest = case.entry.get("until"), last_day()
    if not str(case.entry.get("measure") or "").strip():
        return _("Say what makes up for the item meanwhile: the compensating measure.")
    if not isinstance(until, date) or not timezone.localdate() < until <= longest:
        return _("A waiver ends after today and no later than %(day)s.") % {"day": longest.isoformat()}
    return None


def waiver_is_yours_to_end(case: "Case") -> str | None:
    """Whether it is cured is looked at by a reviewer of the kind that the item belongs to."""
    mine = endable(case)
    code, evidence = (case.entry or {}).get("item"), str((case.entry or {}).get("evidence") or "").strip()
    if case.entry is None:
        return None if mine else _("No waiver of your kind of review is in force.")
    if code not in mine:
        return _("No waiver of your kind of review is in force for %(code)s.") % {"code": code or "–"}
    return None if evidence else _("Name the evidence that it is cured.")


def a_waiver_has_run_out(case: "Case") -> str | None:
    """The last day of a waiver has passed and nobody has ended or renewed it."""
    today = timezone.localdate()
    return None if any(row.expires_on < today for row in case.open_waivers) else _("No waiver has run out.")


# --- what the guards, the forms and the pages ask -------------------------------------------------------------------


def failed_items(case: "Case") -> list["ReviewItem"]:
    """Items that failed or are in doubt in the three reviews in force, in the order of the sheets."""
    return [row for row in case.judged_items if row.verdict in NEEDS_REASON]


def failed_majors(case: "Case") -> list["ReviewItem"]:
    """The major ones among them."""
    return [row for row in failed_items(case) if row.severity == Severity.MAJOR]


def in_force(case: "Case") -> dict[str, "Waiver"]:
    """Waivers that hold today, by item code; the last day counts."""
    today = timezone.localdate()
    return {row.code: row for row in case.open_waivers if row.expires_on >= today}


def waivable(case: "Case") -> list[str]:
    """Codes that may be waived now; one with a waiver in force is renewed."""
    if case.state == State.APPROVED:
        return sorted(in_force(case))
    return list(dict.fromkeys(row.code for row in failed_majors(case)))


def endable(case: "Case") -> list[str]:
    """Codes whose waiver the actor may end: those of the kinds that the actor reviews."""
    held = in_force(case).values()
    kinds = [kind for kind in UNIFIED_KINDS if case.actor is None or case.actor.holds(REVIEWER[kind])]
    return sorted(row.code for row in held if row.item.kind in kinds)


def last_day() -> date:
    """The latest end of a waiver that is granted today."""
    return months_after(timezone.localdate(), policy("waiver")["max_months"])
