"""When the time limit of a state may be extended."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.clocks import clock_of
from planning.queries import policy

if TYPE_CHECKING:
    from approvals.models import Case


def not_extended_yet(case: "Case") -> str | None:
    """Once for each stay in a state (《行政许可法》 §42 [from memory])."""
    row = case.extensions.filter(stage=case.state, state_since=case.state_since).first()
    if row is None:
        return None
    text = ngettext(
        "The time limit of this state was extended by %(n)d working day already.",
        "The time limit of this state was extended by %(n)d working days already.",
        row.days,
    )
    return text % {"n": row.days}


def longest_extension(case: "Case") -> int | None:
    """How many working days more the present state may get, within policy and legal limit; None: it has none."""
    clock, most = clock_of(case), policy("extension")["most_days"]
    if clock.limit is None:
        return None
    return most if clock.legal is None else min(most, clock.legal - clock.limit)


def extension_is_bounded(case: "Case") -> str | None:
    """At least one day, at most what the policy allows, and not past the legal limit, which is nobody's to extend."""
    room = longest_extension(case)
    if room is None:
        return _("This state has no time limit.")
    if room < 1:
        return _("There is no room for an extension: the legal limit of this state would be passed.")
    if case.entry is None:
        return None
    days = case.entry.get("days")
    if not isinstance(days, int) or not 1 <= days <= room:
        return _("Enter a whole number from %(least)d to %(most)d.") % {"least": 1, "most": room}
    return None
