"""What the pages of the requirement table and of the function list show, as plain values for the templates."""

from typing import Any

from django.utils.translation import gettext as _

from planning.queries import policy_row
from projects.forms.pasted import Pasted
from projects.forms.table_edit import PasteForm, TableEdit
from projects.models import Project
from projects.sections.ledger import ledger_of
from projects.sections.tracing import TraceGap, trace_gaps
from projects.trace_lines import estimate_lines
from projects.views import pages

SECTION_OF = {"trace": "needs", "functions": "budget"}


def title_of(name: str) -> str:
    """What the page is called."""
    return _("Requirement table") if name == "trace" else _("Function list and estimate")


def page(project: Project, changes: TableEdit, paste: PasteForm | None = None) -> dict[str, Any]:
    """One of the two tables, with what each capability costs, the gaps by name, and the box to paste into."""
    ledger, row = ledger_of(project), policy_row("function_points")
    parts = [*changes.parts, *([paste] if paste else [])]
    for form in changes.rows:
        code = form["capability"].initial
        form.points, form.money = ledger.points.get(code), ledger.money.get(code)
    return {
        **frame(project, changes.name),
        "changes": changes,
        "rows": changes.rows,
        "estimate_form": changes.estimate,
        "errors_of": parts,
        "has_errors": any(part.is_bound and not part.is_valid() for part in parts),
        "ledger": ledger,
        "estimate": estimate_lines(ledger, row.source),
        "paste": paste or PasteForm(initial={"revision": project.revision}),
    }


def frame(project: Project, name: str) -> dict[str, Any]:
    """What both tables and the check of what was pasted have in common."""
    found = trace_gaps(project)
    return {
        **pages.task_list(project, SECTION_OF[name]),
        "table": name,
        "title": title_of(name),
        "gaps": [_linked(project, gap) for gap in found if gap.blocks],
        "advice": [_linked(project, gap) for gap in found if not gap.blocks],
        "crumbs": pages.crumbs(project, title_of(name)),
    }


def pasted_page(project: Project, name: str, form: PasteForm, found: Pasted | None) -> dict[str, Any]:
    """What was understood of the pasted cells, each error with row and column, and the text to correct."""
    text = form.cleaned_data.get("text", "") if form.is_bound else ""
    again = PasteForm(initial={"revision": project.revision, "text": text})
    return {
        **frame(project, name),
        "found": found,
        "again": again,
        "has_errors": not (found and found.is_valid),
        "present": len(list(project.trace_rows.all() if name == "trace" else project.functions.all())),
    }


def differences(project: Project, name: str) -> list[dict[str, str]]:
    """What is stored now, as lines."""
    rows: Any = project.trace_rows.all() if name == "trace" else project.functions.all()
    return [{"label": title_of(name), "stored": "\n".join(str(row) for row in rows)}]


def _linked(project: Project, gap: TraceGap) -> dict[str, str]:
    return {"text": gap.message, "url": pages.gap_url(project, gap.section, gap.kind)}
