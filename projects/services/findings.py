"""The applicant's answer to a suspected duplicate, before it is adjudicated."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy
from accounts.models import User
from projects.errors import NotEditable
from projects.limits import check_text
from projects.models import Finding, Project
from projects.states import Reply, State

ANSWERABLE = frozenset({State.SCREENING, State.REVIEW, State.ADJUDICATION, State.CORRECTION})


@transaction.atomic
def reply_to_finding(*, finding_id: int, actor: User, reply: str, text: str = "") -> Finding:
    """Record what the unit says about a finding, or replace what it said (domain reference §3.3 row 14).

    reply: a value of Reply; "explain" needs a text of at most 3,000 characters. Returns the finding.
    Raises PermissionDenied (not the unit's applicant), NotEditable (decided, superseded, or too early or late),
    ValidationError by field.
    """
    owner = Finding.objects.values_list("project", flat=True).get(pk=finding_id)
    project = Project.objects.select_for_update().get(pk=owner)
    finding = Finding.objects.select_for_update().get(pk=finding_id)
    policy.require(actor, "projects.reply", project)
    _refuse_late(project, finding)
    finding.reply, finding.reply_text = _checked(reply, text)
    finding.replied_by = actor
    finding.replied_at = timezone.now()
    finding.save(update_fields=["reply", "reply_text", "replied_by", "replied_at"])
    return finding


def _refuse_late(project: Project, finding: Finding) -> None:
    state = project.get_state_display()
    if not finding.awaits_decision:
        raise NotEditable(state, _("This finding has been decided; it cannot be answered any more."))
    if not finding.is_current:
        raise NotEditable(state, _("A newer screening has replaced this finding."))
    if project.state not in ANSWERABLE:
        raise NotEditable(state, _("In the state “%(state)s” findings are not answered.") % {"state": state})


def _checked(reply: str, text: str) -> tuple[str, str]:
    if reply not in Reply.values:
        raise ValidationError({"reply": _("Choose one of the three answers.")})
    try:
        text = check_text(text or "")
    except ValidationError as error:
        raise ValidationError({"reply_text": error}) from error
    if len(text) > 3000:
        raise ValidationError({"reply_text": _("At most %(limit)s characters.") % {"limit": 3000}})
    if reply == Reply.EXPLAIN and not text:
        raise ValidationError({"reply_text": _("Say why what exists does not meet the need.")})
    return reply, text
