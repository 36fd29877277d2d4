"""Save a section of a proposal: its columns, its capabilities, its budget lines."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from projects.limits import check_month, check_text
from projects.models import Project
from projects.sections import section_of
from projects.sections.article3 import clean_answers
from projects.services.locking import count_edit, lock_for_edit
from projects.services.parts import (
    replace_goals,
    replace_partners,
    replace_requests,
    replace_reuse,
    replace_scopes,
)
from projects.services.rows import replace_capabilities, replace_lines

MONTHS = ("starts_on", "ends_on")
MLPS_LEVELS = (0, 1, 2, 3, 4)
# Lists that belong to a section, in the order in which they are replaced: later ones refer to earlier ones.
LISTS: dict[str, dict[str, Callable[[Project, Sequence[Mapping[str, Any]]], None]]] = {
    "overview": {"partners": replace_partners},
    "solution": {"capabilities": replace_capabilities, "reuse": replace_reuse},
    "resources": {"data_requests": replace_requests},
    "management": {"goals": replace_goals},
    "budget": {"lines": replace_lines, "fund_scopes": replace_scopes},
}


@transaction.atomic
def save_section(
    *, project_id: int, actor: User, section: str, data: Mapping[str, Any], expected_revision: int | None
) -> Project:
    """Save the given columns of one section, and its lists where `data` has them, as one edit.

    section: its code. data: values by column; a name of LISTS replaces that whole list (see save_capabilities,
    save_budget and services.parts), a list that is not named stays. A draft may be incomplete; each value must be sane.
    expected_revision: the revision that the form was opened on. Returns the project with its new revision.
    Raises KeyError (unknown section), ValidationError by field, PermissionDenied, NotEditable, StaleEdit.
    """
    known = section_of(section)
    columns = dict(data)
    lists = {name: columns.pop(name) for name in LISTS.get(section, ()) if name in columns}
    if stray := set(columns) - set(known.fields):
        raise KeyError(f"not in section {section}: {sorted(stray)}")
    project = lock_for_edit(project_id, actor, expected_revision)
    plan_items = columns.pop("plan_items", None)
    _set(project, columns)
    if plan_items is not None:
        project.plan_items.set(plan_items)
    for name, rows in lists.items():
        LISTS[section][name](project, rows)
    count_edit(project, actor, *columns)
    return project


def save_capabilities(
    *, project_id: int, actor: User, rows: Sequence[Mapping[str, Any]], expected_revision: int | None
) -> Project:
    """Replace the list of capabilities; codes stay with their rows.

    rows: {code ("" for a new row), text, taxonomy (node or None), domain (or None), service_object, remove (optional)}.
    A new row takes a code that the list does not mention any more, else the next number. Raises as save_section.
    """
    data = {"capabilities": rows}
    return save_section(
        project_id=project_id, actor=actor, section="solution", data=data, expected_revision=expected_revision
    )


def save_budget(
    *, project_id: int, actor: User, rows: Sequence[Mapping[str, Any]], expected_revision: int | None
) -> Project:
    """Replace the list of budget lines.

    rows: {name, amount (万元), category, capability (code or None), fund_source, remove (optional)}.
    Raises as save_section.
    """
    data = {"lines": rows}
    return save_section(
        project_id=project_id, actor=actor, section="budget", data=data, expected_revision=expected_revision
    )


def _set(project: Project, columns: Mapping[str, Any]) -> None:
    errors: dict[str, Any] = {}
    for name, value in columns.items():
        try:
            setattr(project, name, _clean(project, name, value))
        except ValidationError as error:
            errors[name] = error
    if not errors and project.starts_on and project.ends_on and project.ends_on < project.starts_on:
        errors["ends_on"] = _("The end lies before the start.")
    if errors:
        raise ValidationError(errors)


def _clean(project: Project, name: str, value: Any) -> Any:
    column: Any = project._meta.get_field(name)
    if isinstance(column, models.ForeignKey):
        return value
    if isinstance(column, models.CharField | models.TextField):
        value = check_text(value or "")
        if column.max_length and len(value) > column.max_length:
            raise ValidationError(_("At most %(limit)s characters."), "max_length", {"limit": column.max_length})
    if name == "article3":
        value = clean_answers(value)
    if name in MONTHS:
        check_month(value)
    if name == "mlps_level" and value is not None and value not in MLPS_LEVELS:
        raise ValidationError(_("Choose a level from 0 to 4."), "invalid")
    return column.clean(value, project)
