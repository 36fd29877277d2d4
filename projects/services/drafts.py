"""Start a proposal and throw away one that was never submitted."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy
from accounts.models import Department, User
from planning.models import Round
from planning.queries import late_filing
from projects.errors import NotEditable
from projects.limits import check_text
from projects.models import Project
from projects.services.papers import forget_files
from projects.states import Kind

ATTEMPTS = 20  # each lost race means that another proposal was created, so this is never reached in practice


@transaction.atomic
def create_project(
    *,
    actor: User,
    department: Department,
    round: Round,
    title: str,
    kind: str,
    declared_unclassified: bool,
    ref: str = "",
) -> Project:
    """Create a draft of `department` in `round`.

    declared_unclassified: the declaration that nothing in it is a state secret; without it nothing is stored
    (穗政数〔2022〕56号). ref: for the loader of the demo city alone; otherwise the round's code and the next number.
    Returns the draft. Raises ValidationError by field.
    """
    _may_start(actor, department, round, declared_unclassified)
    values = {
        "department": department,
        "round": round,
        "title": _title(title),
        "kind": _kind(kind),
        "declared_unclassified": True,
        "created_by": actor,
    }
    if ref:
        return Project.objects.create(ref=ref, **values)
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return Project.objects.create(ref=_next_ref(round), **values)
        except IntegrityError:
            continue  # somebody else took the number
    raise ValidationError({"round": _("Too many proposals are being started at this moment. Try again.")})


@transaction.atomic
def delete_draft(*, project_id: int, actor: User) -> None:
    """Delete a draft that was never submitted, with its files.

    Raises PermissionDenied, and NotEditable once anything was decided or submitted.
    """
    project = Project.objects.select_for_update().get(pk=project_id)
    policy.require(actor, "projects.edit", project)
    if not project.was_never_submitted:
        raise NotEditable(
            project.get_state_display(), _("Only a draft that was never submitted can be deleted; withdraw it instead.")
        )
    forget_files(project.documents.all())
    project.delete()


def _may_start(actor: User, department: Department, round: Round, declared: bool) -> None:
    errors = {}
    if declared is not True:
        errors["declared_unclassified"] = _(
            "Without this declaration nothing is stored: classified projects must not be entered here."
        )
    if not department.is_active or department.pk not in policy.departments_for(actor, "projects.create"):
        errors["department"] = _("You cannot file proposals for this unit.")
    if not round.is_open(timezone.localdate()) and late_filing(round, department) is None:
        errors["round"] = _("This application round is not open.")
    if errors:
        raise ValidationError(errors)


def _title(value: str) -> str:
    try:
        title = " ".join(check_text(value).split())
    except ValidationError as error:
        raise ValidationError({"title": error}) from error
    if not title or len(title) > 120:
        raise ValidationError({"title": _("Enter a title of at most 120 characters.")})
    return title


def _kind(value: str) -> str:
    if value not in Kind.values:
        raise ValidationError({"kind": _("Choose what is asked for.")})
    return value


def _next_ref(round: Round) -> str:
    prefix = f"{round.code}-"
    if len(prefix) > 16:
        raise ValidationError({"round": _("The code of this round is too long to number proposals.")})
    taken = Project.objects.filter(ref__startswith=prefix).values_list("ref", flat=True)
    tails = (ref.removeprefix(prefix) for ref in taken)
    number = max((int(tail) for tail in tails if tail.isascii() and tail.isdigit()), default=0) + 1
    return f"{prefix}{number:04d}"
