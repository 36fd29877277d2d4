"""Replace the lists of a proposal, capabilities and budget lines, without losing what refers to their rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.models import ServiceObject
from projects.limits import check_money, check_month, check_text
from projects.models import BudgetLine, Project, ProposedCapability
from projects.states import Category, FundSource

MAX_CAPABILITIES = 200
MAX_LINES = 300
Row = Mapping[str, Any]


def replace_capabilities(project: Project, rows: Sequence[Row]) -> None:
    """Make `rows` the capabilities of the project. Raises ValidationError {"capabilities": …}."""
    refuse_too_many("capabilities", rows, MAX_CAPABILITIES)
    kept = [row for row in rows if not row.get("remove")]
    present = {capability.code: capability for capability in project.capabilities.all()}
    codes = _codes(project, rows, kept, present)
    project.capabilities.exclude(code__in=codes).delete()
    for position, (code, row) in enumerate(zip(codes, kept, strict=True), start=1):
        capability = present.get(code) or ProposedCapability(project=project, code=code)
        capability.position = position
        _fill_capability(capability, row)
        capability.save()


def replace_lines(project: Project, rows: Sequence[Row]) -> None:
    """Make `rows` the budget lines of the project. Raises ValidationError {"lines": …}."""
    refuse_too_many("lines", rows, MAX_LINES)
    codes = {capability.code: capability for capability in project.capabilities.all()}
    present = list(project.budget_lines.all())
    kept = [row for row in rows if not row.get("remove")]
    for position, row in enumerate(kept):
        line = present[position] if position < len(present) else BudgetLine(project=project)
        line.position = position + 1
        _fill_line(line, row, codes)
        line.save()
    project.budget_lines.filter(pk__in=[line.pk for line in present[len(kept) :]]).delete()


def _codes(project: Project, rows: Iterable[Row], kept: Sequence[Row], present: Mapping[str, Any]) -> list[str]:
    """A code for each kept row: its own, else one whose row the page did not know yet, else the next number.

    A page that saves itself in the background does not learn the code of a row it has just created, and sends that row
    again without one: the codes that the list does not mention are exactly those rows, in order.
    """
    mentioned = {row.get("code") or "" for row in rows}
    if strangers := mentioned - present.keys() - {""}:
        raise ValidationError({"capabilities": _("Unknown capability: %(code)s.") % {"code": sorted(strangers)[0]}})
    own = [row["code"] for row in kept if row.get("code")]
    if len(own) != len(set(own)):
        raise ValidationError({"capabilities": _("A capability is listed twice.")})
    free = iter([code for code in present if code not in mentioned])
    number = _last_number(project, present)
    codes = []
    for row in kept:
        code = row.get("code") or next(free, "")
        if not code:
            number += 1
            code = f"{project.ref}-{number:02d}"
        codes.append(code)
    return codes


def _last_number(project: Project, present: Iterable[str]) -> int:
    """The highest number ever submitted or present: a code must not mean two capabilities."""
    used = set(present)
    for snapshot in project.versions.values_list("snapshot", flat=True):
        used |= {row["code"] for row in snapshot["solution"]["capabilities"]}
    numbers = [int(tail) for tail in (code.rpartition("-")[2] for code in used) if tail.isascii() and tail.isdigit()]
    return max(numbers, default=0)


def _fill_capability(capability: ProposedCapability, row: Row) -> None:
    capability.text = plain("capabilities", row.get("text"), 500)
    capability.taxonomy = row.get("taxonomy")
    capability.domain = row.get("domain")
    capability.service_object = one_of("capabilities", row.get("service_object") or "", ["", *ServiceObject.values])


def _fill_line(line: BudgetLine, row: Row, codes: Mapping[str, ProposedCapability]) -> None:
    line.name = plain("lines", row.get("name"), 120)
    try:
        line.amount = check_money(row.get("amount"))
    except ValidationError as error:
        raise ValidationError({"lines": error}) from error
    line.category = one_of("lines", row.get("category") or Category.SOFTWARE.value, Category.values)
    line.fund_source = one_of("lines", row.get("fund_source") or "", ["", *FundSource.values])
    _fill_details(line, row)
    code = row.get("capability") or None
    if code is not None and code not in codes:
        raise ValidationError({"lines": _("Unknown capability: %(code)s.") % {"code": code}})
    line.capability = codes[code] if code else None


def _fill_details(line: BudgetLine, row: Row) -> None:
    """Vendor, site and months, each of them optional."""
    line.vendor = plain("lines", row.get("vendor"), 120, required=False)
    line.site = plain("lines", row.get("site"), 120, required=False)
    try:
        line.period_from, line.period_to = (check_month(row.get(name) or "") for name in ("period_from", "period_to"))
    except ValidationError as error:
        raise ValidationError({"lines": error}) from error
    if line.period_from and line.period_to and line.period_to < line.period_from:
        raise ValidationError({"lines": _("The end lies before the start.")})


def plain(field: str, value: Any, limit: int, *, required: bool = True) -> str:
    """A text of at most `limit` characters. Raises ValidationError under the name of the list."""
    try:
        text = check_text(value or "")
    except ValidationError as error:
        raise ValidationError({field: error}) from error
    if (required and not text) or len(text) > limit:
        raise ValidationError({field: _("Enter a text of at most %(limit)s characters.") % {"limit": limit}})
    return text


def one_of(field: str, value: str, choices: Iterable[str]) -> str:
    """The value, if it is one of the choices. Raises ValidationError under the name of the list."""
    if value not in choices:
        raise ValidationError({field: _("Not one of the choices: %(value)s.") % {"value": value}})
    return value


def refuse_too_many(field: str, rows: Sequence[Row], limit: int) -> None:
    """Raises ValidationError where a list is longer than `limit` rows."""
    if len(rows) > limit:
        raise ValidationError({field: _("At most %(limit)s rows.") % {"limit": limit}})
