"""The table of required facts as Markdown, for docs/requirements.md."""

from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import override

from projects.models import Project
from projects.sections import REQUIRED, SECTIONS, Required
from projects.sections.requirements import STAGES
from projects.states import State

HEAD = """# Required facts

Generated from `projects/sections/requirements.py` by `manage.py workflow_docs`; do not edit.
The table drives the form (the words beside a field), the completeness meter, the guards of `submit`, `accept` and
`approve`, the check page, and the panel of the reviewers. A row that is a *problem* is about what is there and
breaks a rule; both kinds block. *At submission*: looked at only while the unit can still edit, since it rests on the
registry of systems, and what changes there afterwards counts for nobody who has submitted.
"""


def requirements_markdown() -> str:
    """docs/requirements.md: one table for each state, in the order of the sections."""
    parts = [HEAD]
    for state, words in STAGES.items():
        rows = [row for row in REQUIRED if row.from_state is state]
        parts.append(f"## {capfirst(_both(words))} ({len(rows)}): `{State(state).value}`\n")
        parts.append(_table(rows))
    return "\n".join(parts).rstrip() + "\n"


def _table(rows: list[Required]) -> str:
    lines = ["| section | fact | what | of which proposals | open row is | source |", "|---|---|---|---|---|---|"]
    numbers = {section.code: section.number for section in SECTIONS}
    for row in rows:
        column: Any = None if row.label else Project._meta.get_field(row.fact)
        label = row.label or column.verbose_name
        when = _both(row.when) if row.when else "all / 全部"
        at_submission = " (at submission)" if row.at_submission else ""
        cells = [f"{numbers[row.section]} {row.section}", f"`{row.fact}`", _both(label), when]
        lines.append(f"| {' | '.join(cells)} | {row.severity.value}{at_submission} | {row.source} |")
    return "\n".join(lines) + "\n"


def _both(text: str | Promise) -> str:
    with override("en"):
        english = capfirst(str(text))
    with override("zh-hans"):
        chinese = capfirst(str(text))
    return f"{english} / {chinese}" if english != chinese else english
