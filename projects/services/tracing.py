"""Replace the requirement table and the function list of a proposal, with the factors of its estimate."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from planning.models import Need
from planning.queries import policy
from projects.limits import check_text
from projects.models import FunctionItem, Project, ProposedCapability, TraceRow
from projects.services.locking import count_edit, lock_for_edit

MAX_ROWS = 400
MAX_COUNT = 9999
Row = Mapping[str, Any]
TEXTS = {"need_text": 500, "duty_item": 300, "criterion": 500}


@transaction.atomic
def save_trace(*, project_id: int, actor: User, rows: Sequence[Row], expected_revision: int | None) -> Project:
    """Make `rows` the requirement table of the proposal, as one edit.

    rows: {need (number of a need of the pool that the proposal came from, or ""), need_text, duty_item, capability
    (code or ""), criterion, remove (optional)}. A line of a pool need with no words of its own takes the need's.
    expected_revision: the revision that the form was opened on. Returns the project with its new revision.
    Raises ValidationError {"trace": …}, PermissionDenied, NotEditable, StaleEdit. Source: checklist item RQ-01.
    """
    project = lock_for_edit(project_id, actor, expected_revision)
    kept = _kept("trace", rows)
    codes, needs = _capabilities(project), _needs(project)
    present = list(project.trace_rows.all())
    lines = [*present[: len(kept)], *(TraceRow(project=project) for _row in kept[len(present) :])]
    for position, (line, row) in enumerate(zip(lines, kept, strict=True), start=1):
        line.position = position
        _fill_trace(line, row, codes, needs)
    _store(TraceRow.objects, lines, present, ["position", "need", "capability", *TEXTS])
    count_edit(project, actor)
    return project


@transaction.atomic
def save_functions(
    *,
    project_id: int,
    actor: User,
    rows: Sequence[Row] | None,
    expected_revision: int | None,
    factors: Mapping[str, str] | None = None,
    reason: str | None = None,
) -> Project:
    """Make `rows` the counted functions of the proposal, with the factors of the estimate, as one edit.

    rows: {capability (code or ""), name, type (ILF, EIF, EI, EO, EQ), count (1 to 9999), reuse (a code of the policy
    row or ""), remove (optional)}; None: the list stays. factors: factor code → option code of the policy row; reason:
    why the amount deviates from the estimate; None: stays. Returns the project with its new revision.
    Raises ValidationError {"functions": …}, PermissionDenied, NotEditable, StaleEdit. Source: checklist item RQ-09.
    """
    project = lock_for_edit(project_id, actor, expected_revision)
    rule = policy("function_points")
    if rows is not None:
        _replace_functions(project, _kept("functions", rows), {option["code"] for option in rule["reuse"]})
    if factors is not None:
        project.estimate_factors = _factors(factors, rule)
    if reason is not None:
        project.estimate_reason = _text("reason", reason, 2000)
    count_edit(project, actor, "estimate_factors", "estimate_reason")
    return project


def _replace_functions(project: Project, kept: Sequence[Row], reuse: set[str]) -> None:
    codes = _capabilities(project)
    present = list(project.functions.all())
    items = [*present[: len(kept)], *(FunctionItem(project=project) for _row in kept[len(present) :])]
    for position, (item, row) in enumerate(zip(items, kept, strict=True), start=1):
        item.position = position
        _fill_function(item, row, codes, reuse)
    _store(FunctionItem.objects, items, present, ["position", "capability", "name", "type", "count", "reuse"])


def _store(table: Any, rows: Sequence[Any], present: Sequence[Any], fields: Sequence[str]) -> None:
    """Rows keep their key in their place; what is there beyond the new end goes."""
    table.bulk_update([row for row in rows if row.pk], fields)
    table.bulk_create([row for row in rows if not row.pk])
    table.filter(pk__in=[row.pk for row in present[len(rows) :]]).delete()


def _fill_trace(line: TraceRow, row: Row, codes: Mapping[str, ProposedCapability], needs: Mapping[str, Need]) -> None:
    code = row.get("need") or ""
    if code and code not in needs:
        raise ValidationError({"trace": _("The proposal did not come from the need %(code)s.") % {"code": code}})
    line.need = needs[code] if code else None
    for name, limit in TEXTS.items():
        setattr(line, name, _text("trace", row.get(name), limit))
    if line.need and not line.need_text:
        line.need_text = line.need.title
    line.capability = _capability("trace", row, codes)


def _fill_function(item: FunctionItem, row: Row, codes: Mapping[str, ProposedCapability], reuse: set[str]) -> None:
    item.name = _text("functions", row.get("name"), 200)
    if not item.name:
        raise ValidationError({"functions": _("A function needs a name.")})
    item.type, item.reuse = str(row.get("type") or ""), str(row.get("reuse") or "")
    for value, known in ((item.type, set(FunctionItem.Type.values)), (item.reuse, {"", *reuse})):
        if value not in known:
            raise ValidationError({"functions": _("Not one of the choices: %(value)s.") % {"value": value}})
    count = row.get("count")
    if not isinstance(count, int) or not 1 <= count <= MAX_COUNT:
        raise ValidationError({"functions": _("A count is a whole number from 1 to %(limit)s.") % {"limit": MAX_COUNT}})
    item.count = count
    item.capability = _capability("functions", row, codes)


def _factors(chosen: Mapping[str, str], rule: Row) -> dict[str, str]:
    known = {factor["code"]: {option["code"] for option in factor["options"]} for factor in rule["factors"]}
    for code, option in chosen.items():
        if option not in known.get(code, set()):
            raise ValidationError({"factors": _("Not one of the choices: %(value)s.") % {"value": option}})
    return dict(sorted(chosen.items()))


def _capabilities(project: Project) -> dict[str, ProposedCapability]:
    return {capability.code: capability for capability in project.capabilities.all()}


def _needs(project: Project) -> dict[str, Need]:
    """Needs that the proposal came from, and those that its lines already name."""
    named = Need.objects.filter(trace_rows__project=project).distinct()
    return {need.code: need for need in (*project.needs.all(), *named)}


def _capability(field: str, row: Row, codes: Mapping[str, ProposedCapability]) -> ProposedCapability | None:
    code = row.get("capability") or ""
    if code and code not in codes:
        raise ValidationError({field: _("Unknown capability: %(code)s.") % {"code": code}})
    return codes[code] if code else None


def _kept(field: str, rows: Sequence[Row]) -> list[Row]:
    kept = [row for row in rows if not row.get("remove")]
    if len(kept) > MAX_ROWS:
        raise ValidationError({field: _("At most %(limit)s rows.") % {"limit": MAX_ROWS}})
    return kept


def _text(field: str, value: Any, limit: int) -> str:
    try:
        text = check_text(value or "")
    except ValidationError as error:
        raise ValidationError({field: error}) from error
    if len(text) > limit:
        raise ValidationError({field: _("Enter a text of at most %(limit)s characters.") % {"limit": limit}})
    return text
