"""The requirement table and the function list of a proposal as a workbook that the import reads back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portfolio.exporting import write_sheets
from projects.forms.pasted import KINDS, headings
from projects.models import Project
from projects.trace_lines import trace_of_project

Cell = str | int | Decimal | None
WIDTHS = {"trace": (40, 30, 14, 40, 14, 40, 10, 12), "functions": (14, 40, 10, 8, 12, 10)}


def workbook(project: Project, table: str) -> bytes:
    """The bytes of the file. project: with its parts prefetched. table: trace or functions."""
    found = trace_of_project(project)
    lines, line_of = (found["lines"], _trace) if table == "trace" else (found["functions"], _function)
    title = _("Requirement table") if table == "trace" else _("Function list")
    rows: list[Sequence[Any]] = [headings(KINDS[table]), *map(line_of, lines)]
    return write_sheets({title: rows}, freeze="A2", widths=WIDTHS[table])


def _trace(line: dict[str, Any]) -> list[Cell]:
    texts = [line["text"], line["duty"], line["capability"], line["criterion"], line["need"], line["capability_text"]]
    return [*(text or "" for text in texts), line.get("points"), line.get("money")]


def _function(line: dict[str, Any]) -> list[Cell]:
    return [line["capability"] or "", line["name"], line["type"], line["count"], line["reuse_label"], line["points"]]
