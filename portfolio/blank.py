"""The blank form for an import: the right columns, lists to choose from, and a sheet that explains each column."""

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from accounts.models import Department
from portfolio.exporting import WIDTHS, headings, write_csv
from portfolio.imports.columns import REQUIRED
from portfolio.imports.workbook import EXPLAINS
from portfolio.models import BuildMode, CapabilityNode, Domain, ServiceObject, System
from portfolio.values import MAX_ALIASES

ROWS = 2000


def blank_csv() -> bytes:
    """One line: the columns."""
    return write_csv([headings()])


def blank_xlsx() -> bytes:
    """A workbook with drop-downs for everything that is chosen from a list."""
    book = Workbook()
    sheet = book.active
    sheet.title = "systems"
    names = headings()
    sheet.append(names)
    for index, name in enumerate(names, start=1):
        sheet.cell(1, index).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = WIDTHS.get(name, 16)
    sheet.freeze_panes = "C2"
    # Codes and phone numbers are texts: a spreadsheet would take their zeros away.
    for name in ("code", "contact_phone", "capability_code"):
        for row in range(2, 202):
            sheet.cell(row, names.index(name) + 1).number_format = "@"
    _explain(book.create_sheet(EXPLAINS))
    _offer(book, sheet, names)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _offer(book: Workbook, sheet: Any, names: Sequence[str]) -> None:
    """Drop-downs, each filled from a column of a hidden sheet."""
    lists = book.create_sheet("lists")
    lists.sheet_state = "hidden"
    for column, (name, values) in enumerate(choices().items(), start=1):
        lists.cell(1, column, name)
        for row, value in enumerate(values, start=2):
            lists.cell(row, column, value).data_type = "s"
        letter = get_column_letter(column)
        rule = DataValidation(
            type="list",
            formula1=f"lists!${letter}$2:${letter}${len(values) + 1}",
            allow_blank=True,
            showErrorMessage=True,
        )
        rule.error = _("Choose one of the list.")
        target = get_column_letter(names.index(name) + 1)
        rule.add(f"{target}2:{target}{ROWS}")
        sheet.add_data_validation(rule)


def choices() -> dict[str, list[str]]:
    """What may stand in the columns that are chosen from a list; named rows as "code name"."""
    return {
        "department": _named(Department),
        "status": list(System.Status.values),
        "build_mode": list(BuildMode.values),
        "mlps_level": ["1", "2", "3", "4", "5"],
        "on_gov_cloud": ["yes", "no"],
        "taxonomy": _named(CapabilityNode),
        "domain": _named(Domain),
        "object": list(ServiceObject.values),
    }


def _named(model: Any) -> list[str]:
    return [f"{code} {name}" for code, name in model.objects.values_list("code", "name")] or ["-"]


def _explain(sheet: Any) -> None:
    sheet.append([_("Column"), _("Required"), _("What stands in it")])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for name, meaning in explanations():
        sheet.append([name, _("yes") if name in REQUIRED else "", meaning])
    for letter, width in (("A", 20), ("B", 10), ("C", 90)):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=2, min_col=3, max_col=3):
        row[0].alignment = Alignment(wrap_text=True)


def explanations() -> list[tuple[str, str]]:
    """Every column and what stands in it, for the form's second sheet and the import page."""
    return [*_about_systems(), *_about_capabilities()]


def _about_systems() -> list[tuple[str, str]]:
    statuses = " · ".join(f"{value} {label}" for value, label in System.Status.choices)
    modes = " · ".join(f"{value} {label}" for value, label in BuildMode.choices)
    names = _("Earlier or other names, with semicolons between them; at most %(limit)s.") % {"limit": MAX_ALIASES}
    return [
        ("code", _("Code of the system: letters, digits, dots, hyphens. The same code again means the same system.")),
        ("name", _("Full name.")),
        ("aliases", names),
        ("department", _("Code or name of the department that owns it.")),
        ("status", statuses),
        ("build_mode", modes),
        ("built_on", _("Day it was built, or approved where it is not built yet: 2019-03-15.")),
        ("annual_om_cost", _("Yearly cost of operation and maintenance in 10,000 CNY, two decimals.")),
        ("build_cost", _("Cost of building in 10,000 CNY, two decimals.")),
        ("users", _("Number of users.")),
        ("mlps_level", _("Level of multi-level protection, 1 to 5.")),
        ("on_gov_cloud", _("Whether it runs on the government cloud: yes or no.")),
        ("description", _("What the system does.")),
        ("provides", _("Unified platforms: what it provides to departments.")),
        ("department_keeps", _("Unified platforms: what a department still does itself.")),
        ("contact_name", _("Whom to ask.")),
        ("contact_phone", _("Telephone of the contact.")),
    ]


def _about_capabilities() -> list[tuple[str, str]]:
    return [
        (
            "capability_code",
            _("Code of one capability; empty: it is numbered. One row per capability, system code on each."),
        ),
        ("capability_text", _("What the system can do, in one sentence.")),
        ("taxonomy", _("Code or name of the node in the capability taxonomy.")),
        ("domain", _("Code or name of the business domain.")),
        ("object", _("Whom it serves.")),
        ("capabilities", _("Instead of these five columns: all capabilities of a system as a JSON list in one cell.")),
    ]
