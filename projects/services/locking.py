"""Lock a proposal for one edit and count it."""

from django.utils import timezone

from accounts import policy
from accounts.models import User
from projects.errors import NotEditable, StaleEdit
from projects.models import Project
from projects.states import EDITABLE


def lock_for_edit(project_id: int, actor: User, expected_revision: int | None) -> Project:
    """The row, locked, for an actor who may edit it; inside the caller's transaction.

    expected_revision: what the form was opened on; None: the edit overwrites nothing, so nothing is compared.
    Raises PermissionDenied, NotEditable, StaleEdit.
    """
    project = Project.objects.select_for_update().get(pk=project_id)
    policy.require(actor, "projects.edit", project)
    if project.state not in EDITABLE:
        raise NotEditable(project.get_state_display())
    if expected_revision is not None and project.revision != expected_revision:
        who = project.edited_by or project.created_by
        raise StaleEdit(who.label, project.edited_at, project.revision)
    return project


def count_edit(project: Project, actor: User, *columns: str) -> None:
    """Save `columns` with the next revision, the person and the time."""
    project.revision += 1
    project.edited_by = actor
    project.edited_at = timezone.now()
    project.save(update_fields=["revision", "edited_by", "edited_at", "updated_at", *columns])
