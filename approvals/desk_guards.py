"""Facts that must hold before a case is taken back by its sender, suspended, or resumed."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.reading import once
from planning.queries import late_filing, open_rounds

if TYPE_CHECKING:
    from approvals.models import Case, Decision

# Steps of the case that are not acts on what was sent: the clock was stopped and started.
ASIDE = ("suspend", "resume")


def sending(case: "Case", action: str) -> "Decision | None":
    """The newest step `action` of the case: what its sender may want to take back."""
    rows = case.decisions.filter(action=action, seq__lte=case.seq).select_related("actor", "on_behalf_of")
    return once(("sent", case.pk, case.seq, action), lambda: rows.order_by("-seq").first())


def acted_since(case: "Case", sent: "Decision") -> "Decision | None":
    """The first step that a person took on the case after it was sent; the system's own steps are nobody's act."""
    rows = case.decisions.filter(seq__gt=sent.seq, seq__lte=case.seq).exclude(mandate="system")
    return rows.exclude(action__in=ASIDE).select_related("actor").order_by("seq").first()


def is_sender(case: "Case", sent: "Decision") -> bool:
    """Whether the actor sent it, or stands in for whoever sent it, or it was sent in the actor's stead."""
    if case.actor is None:
        return False
    senders = {sent.actor_id, sent.on_behalf_of_id}
    return case.actor.pk in senders or any(held.user_id in senders for held in case.actor.mandates)


def untouched(case: "Case", action: str) -> str | None:
    """Why what was sent by `action` cannot be taken back (any more)."""
    sent = sending(case, action)
    if sent is None:
        return _("There is nothing to take back.")
    later = acted_since(case, sent)
    if later is not None:
        day = timezone.localtime(later.taken_at).strftime("%Y-%m-%d %H:%M")
        return _("%(who)s has already dealt with it (%(day)s).") % {"who": later.actor.label, "day": day}
    if not is_sender(case, sent):
        return _("Only %(who)s, who sent it, can take it back.") % {"who": sent.actor.label}
    return None


def submission_is_untouched(case: "Case") -> str | None:
    """The unit takes a submission back only before anybody has acted on it."""
    return untouched(case, "submit")


def correction_is_untouched(case: "Case") -> str | None:
    """The same for a corrected version."""
    return untouched(case, "resubmit")


def endorsement_is_untouched(case: "Case") -> str | None:
    """The same for the opinion of the supervising department."""
    return untouched(case, "endorse")


def can_be_filed_again(case: "Case") -> str | None:
    """What is taken back after the window has closed could not be filed again: it would be lost."""
    if open_rounds().filter(pk=case.round_id).exists() or late_filing(case.round, case.department) is not None:
        return None
    text = _("The application round “%(round)s” has closed: what is taken back now could not be filed again.")
    return text % {"round": case.round.label}


def time_for_correction_is_left(case: "Case") -> str | None:
    """A corrected version taken back after the last day would count as withdrawn at once."""
    sent = sending(case, "resubmit")
    notice = case.notices.filter(closed_at=sent.taken_at).order_by("-number").first() if sent else None
    if notice is None or notice.lapses_on is None or notice.lapses_on >= timezone.localdate():
        return None
    return _("The time for correction has passed: what is taken back now could not be submitted again.")


def is_not_suspended(case: "Case") -> str | None:
    """A case is suspended once."""
    return case.why_suspended()


def is_suspended(case: "Case") -> str | None:
    """Only what stands still can go on."""
    return None if case.suspension else _("The case is not suspended.")
