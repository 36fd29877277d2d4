"""Save what the unit says about checklist items before it submits."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from projects.limits import check_text
from projects.models import Project, SelfAssessment
from projects.sections import SECTIONS
from projects.services.locking import count_edit, lock_for_edit
from standards.models import ChecklistItem
from standards.queries import edition_in_force

FIELDS = ("claim", "note", "page", "field")
KNOWN_FIELDS = frozenset(name for section in SECTIONS for name in section.fields)


@transaction.atomic
def save_assessment(
    *, project_id: int, actor: User, claims: Mapping[str, Mapping[str, Any]], expected_revision: int | None
) -> Project:
    """Store claims on checklist items of a proposal, as one edit; items that are not named keep theirs.

    claims: item code → claim ("met", "not_met", "not_applicable" or ""), note, document (its key or None), page, field
    (a column of the form); all of it empty removes the row. A draft: nothing is required. expected_revision: the
    revision that the form was opened on. Returns the project with its new revision.
    Raises ValidationError by item code, PermissionDenied, NotEditable, StaleEdit. Source: issue 4, self-assessment.
    """
    project = lock_for_edit(project_id, actor, expected_revision)
    known = ChecklistItem.objects.filter(edition=edition_in_force(), code__in=claims)
    codes = set(known.values_list("code", flat=True))
    papers = {paper.pk: paper for paper in project.documents.all()}
    errors: dict[str, Any] = {}
    for code, said in claims.items():
        try:
            if code not in codes:
                raise ValidationError(_("This item is not on the checklist (any more)."))
            _store(project, actor, code, _checked(said, papers))
        except ValidationError as error:
            errors[code] = error
    if errors:
        raise ValidationError(errors)
    count_edit(project, actor)
    return project


def _checked(said: Mapping[str, Any], papers: Mapping[int, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {name: check_text(said.get(name) or "") for name in FIELDS}
    for name in ("note", "page"):
        column: Any = SelfAssessment._meta.get_field(name)
        limit = column.max_length
        if len(values[name]) > limit:
            raise ValidationError(_("At most %(limit)s characters."), "max_length", {"limit": limit})
    if values["claim"] and values["claim"] not in SelfAssessment.Claim.values:
        raise ValidationError(_("Choose one of the answers."))
    if values["field"] and values["field"] not in KNOWN_FIELDS:
        raise ValidationError(_("Choose a field of the form."))
    key = said.get("document")
    if key and int(key) not in papers:
        raise ValidationError(_("Choose a document of this proposal."))
    return {**values, "document": papers[int(key)] if key else None}


def _store(project: Project, actor: User, code: str, values: dict[str, Any]) -> None:
    if not any(values.values()):
        project.assessments.filter(code=code).delete()
        return
    project.assessments.update_or_create(code=code, defaults={**values, "written_by": actor})
