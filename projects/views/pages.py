"""What the pages of a proposal show, as plain values for the templates."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import sections
from projects.carry_over import BLOCK, carry_over
from projects.checklist import checklist_of
from projects.fact_tables import TITLES, FactTable, tables_as_typed
from projects.forms import SectionEdit, UploadForm
from projects.forms.editing import LEVELS
from projects.models import Project
from projects.sections import SECTIONS, Progress, Section, Status
from projects.sections.article3 import in_words
from projects.sections.requirements import wording
from projects.sections.tracing import TABLES
from projects.states import State
from projects.trace_lines import trace_of_project
from projects.views.part_lists import part_lists

BADGES = {Status.NOT_STARTED: "waiting", Status.IN_PROGRESS: "doing", Status.COMPLETE: "", Status.PROBLEM: "stopped"}


def section_url(project: Project, code: str) -> str:
    """Where one section is edited."""
    return reverse("projects:section", args=[project.ref, code])


def gap_url(project: Project, section: str, field: str) -> str:
    """Where a gap is closed: in one of the two tables, else in its section."""
    table = TABLES.get(field)
    return reverse(f"projects:{table}", args=[project.ref]) if table else section_url(project, section)


def check_url(project: Project) -> str:
    """Where every answer stands on one page."""
    return reverse("projects:check", args=[project.ref])


def next_url(project: Project, known: Section) -> str:
    """The section after this one; after the last, the check."""
    following = [section for section in SECTIONS if section.number == known.number + 1]
    return section_url(project, following[0].code) if following else reverse("projects:check", args=[project.ref])


def task_list(project: Project, current: str = "") -> dict[str, Any]:
    """The nine rows with their status, the meter, and every gap with the address where it is filled."""
    progress = sections.status(project)
    return {
        "project": project,
        "progress": progress,
        "tasks": [_task(project, row, current) for row in progress.sections],
        "gaps": [_linked(project, gap) for gap in progress.gaps],
        "advice": [_linked(project, gap) for gap in sections.advice(project)],
        "why_not": _why_not(progress),
        "percent": round(progress.done * 100 / progress.total),
        "crumbs": crumbs(project, _("Edit")),
    }


def section_page(project: Project, changes: SectionEdit, upload: UploadForm | None = None) -> dict[str, Any]:
    """One section beside the task list; `upload` is the form of the attachments where it was refused."""
    known = changes.section
    parts: list[Any] = [*changes.parts, *([upload] if upload else [])]
    context = task_list(project, known.code)
    context["gaps"] = [gap for gap in context["gaps"] if gap["section"] == known.code]
    context["advice"] = [gap for gap in context["advice"] if gap["section"] == known.code]
    return {
        **context,
        "section": known,
        "changes": changes,
        "form": changes.form,
        "rows": changes.rows,
        "part_lists": part_lists(changes),
        "errors_of": parts,
        "has_errors": any(_has_errors(part) for part in parts),
        "money": _money(project),
        "upload": upload or (UploadForm() if known.page == "attachments" else None),
        "wanted": sections.required_documents(project),
        "crumbs": crumbs(project, str(known.label)),
    }


def check_page(project: Project) -> dict[str, Any]:
    """Every section with its answers, and the step that the button takes."""
    context, tables = task_list(project), tables_as_typed(project)
    carried = carry_over(project) if project.state == State.DRAFT else []
    return {
        **context,
        "carried": carried,
        "carry_blocks": any(problem.severity == BLOCK for problem in carried),
        "summary": [_answers(project, row, tables) for row in context["progress"].sections],
        "later": [{**_linked(project, gap), "when": wording(row)} for row, gap in sections.later_gaps(project)],
        "action": "submit" if project.state == State.DRAFT else "resubmit",
        "money": _money(project),
        "stated": sections.standing_statements(project),
        "checklist": checklist_of(project),
        "trace": trace_of_project(project),
        "crumbs": crumbs(project, _("Check and submit")),
    }


def crumbs(project: Project, here: str) -> list[tuple[str, str]]:
    """Where the page is."""
    return [
        (_("Projects"), reverse("projects:index")),
        (project.ref, reverse("approvals:case", args=[project.ref])),
        (here, ""),
    ]


def differences(stored: Project, typed: SectionEdit) -> list[dict[str, str]]:
    """Columns of the section that are stored otherwise than they were typed."""
    found = []
    for name in typed.section.fields:
        kept, mine = display(stored, name), _typed(typed, name)
        if kept != mine:
            found.append({"label": str(typed.form.fields[name].label), "stored": kept})
    if typed.rows is not None:
        found.append({"label": str(typed.section.label), "stored": "\n".join(_rows(stored, typed.section))})
    tables = {table.name: table for table in tables_as_typed(stored).get(typed.section.code, ())}
    for name, rows in typed.part_rows.items():
        if rows.is_bound and rows.has_changed():
            text = "\n".join(" · ".join(filter(None, row)) for row in tables[name].rows) if name in tables else ""
            found.append({"label": str(TITLES[name][1]), "stored": text})
    return found


def display(project: Project, name: str) -> str:
    """A column as words; "" where nothing is filled in."""
    if name == "plan_items":
        return "\n".join(str(item) for item in project.plan_items.all())
    value = getattr(project, name)
    if name == "article3":
        return in_words(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "mlps_level":
        return "" if value is None else str(dict(LEVELS)[value])
    if name in {"kind", "build_mode"}:
        return str(getattr(project, f"get_{name}_display")())
    return "" if value is None else str(value)


def _typed(typed: SectionEdit, name: str) -> str:
    values = typed.form.cleaned_data
    if name == "plan_items":
        return "\n".join(str(item) for item in values.get(name) or ())
    return display(typed.form.instance, name)


def _rows(project: Project, known: Section) -> list[str]:
    rows = project.capabilities.all() if known.page == "capabilities" else project.budget_lines.all()
    return [str(row) for row in rows]


def _task(project: Project, row: sections.SectionStatus, current: str) -> dict[str, Any]:
    return {
        "no": row.section.number,
        "label": row.section.label,
        "url": section_url(project, row.section.code),
        "status": row.status.label,
        "kind": BADGES[row.status],
        "current": row.section.code == current,
    }


def _linked(project: Project, gap: sections.Gap) -> dict[str, str]:
    return {"text": gap.message, "url": gap_url(project, gap.section, gap.field), "section": gap.section}


def _why_not(progress: Progress) -> str:
    left = progress.open_numbers
    text = ngettext(
        "It can be submitted once section %(numbers)s is complete.",
        "It can be submitted once sections %(numbers)s are complete.",
        len(left),
    )
    return text % {"numbers": _(", ").join(map(str, left))} if left else ""


def _answers(project: Project, row: sections.SectionStatus, tables: dict[str, list[FactTable]]) -> dict[str, Any]:
    labels = {name: sections.label_of(project, name) for name in row.section.fields}
    return {
        "section": row.section,
        "status": row,
        "url": section_url(project, row.section.code),
        "tables": tables.get(row.section.code, []),
        "answers": [{"label": label, "value": display(project, name)} for name, label in labels.items()],
    }


def _money(project: Project) -> dict[str, Any]:
    lines = list(project.budget_lines.all())
    loose = sections.unmapped(project)
    return {
        "count": len(lines),
        "total": sum((line.amount for line in lines), Decimal(0)),
        "loose": sum((line.amount for line in loose), Decimal(0)),
    }


def _has_errors(part: Any) -> bool:
    if hasattr(part, "total_error_count"):
        return part.is_bound and part.total_error_count() > 0
    return part.is_bound and bool(part.errors)
