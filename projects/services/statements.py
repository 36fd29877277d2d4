"""Record what a unit says about existing things that its capabilities meet, before it submits."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from portfolio.models import NegativeRule, System
from projects.limits import check_text
from projects.models import DuplicateStatement, Project
from projects.services.locking import count_edit, lock_for_edit
from projects.states import Reply

SHORTEST = 10  # characters of a statement of difference that can say anything at all
LONGEST = 3000


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said about one capability (its code and wording) and one target.

    target: a system (not retired), another project or a rule. matched: the texts of it that were shown. kind: "explain"
    with a text of 10 to 3,000 characters, or "reuse" of a system, with or without a text.
    """

    code: str
    wording: str
    target: System | Project | NegativeRule
    matched: tuple[str, ...]
    kind: str
    text: str = ""


@transaction.atomic
def state_on_duplicates(
    *, project_id: int, actor: User, statements: Sequence[Statement], expected_revision: int | None = None
) -> list[DuplicateStatement]:
    """Record statements on a draft, as one edit; what was said earlier stays and the newest counts.

    expected_revision: may be None, since a statement overwrites nobody's edit. Returns the new rows.
    Raises ValidationError (a capability that is not worded so any more, a kind or text that does not do),
    PermissionDenied, NotEditable, StaleEdit. Rule: domain reference §3.3 row 14, before instead of after submission.
    """
    project = lock_for_edit(project_id, actor, expected_revision)
    wordings = set(project.capabilities.values_list("code", "text"))
    wordings |= {("", name) for name in project.budget_lines.values_list("name", flat=True)}
    rows, now = [], timezone.now()
    for said in statements:
        if (said.code, said.wording) not in wordings:
            message = _("“%(text)s” was changed or removed meanwhile; nothing can be stated on it any more.")
            raise ValidationError(message % {"text": said.wording})
        row = DuplicateStatement(project=project, capability_code=said.code, capability_text=said.wording)
        _aim(row, project, said)
        row.matched, row.kind, row.text = list(said.matched), said.kind, _checked(said)
        row.stated_by, row.stated_at = actor, now
        row.save()
        rows.append(row)
    if rows:
        count_edit(project, actor)
    return rows


def _aim(row: DuplicateStatement, project: Project, said: Statement) -> None:
    if isinstance(said.target, System):
        if said.kind == Reply.REUSE and said.target.status == System.Status.RETIRED:  # promise 8
            raise ValidationError(_("%(code)s is retired and cannot be reused.") % {"code": said.target.code})
        row.system = said.target
    elif isinstance(said.target, Project):
        if said.target.pk == project.pk:
            raise ValidationError(_("A proposal cannot be a duplicate of itself."))
        row.other_project = said.target
    else:
        row.rule = said.target


def _checked(said: Statement) -> str:
    text = check_text(said.text or "")
    if said.kind not in {Reply.EXPLAIN, Reply.REUSE}:
        raise ValidationError(_("Choose one of the answers."))
    if said.kind == Reply.REUSE and not isinstance(said.target, System):
        raise ValidationError(_("Only an existing system can be reused."))
    if said.kind == Reply.EXPLAIN and len("".join(text.split())) < SHORTEST:
        raise ValidationError(_("State the difference in at least %(limit)s characters.") % {"limit": SHORTEST})
    if len(text) > LONGEST:
        raise ValidationError(_("At most %(limit)s characters.") % {"limit": LONGEST})
    return text
