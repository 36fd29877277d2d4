"""The workflow tables as Markdown and as a diagram, for docs/workflow.md."""

from django.utils.translation import override

from approvals.reviews import REVIEW_STEPS
from approvals.step import Step
from approvals.workflow import WORKFLOW
from projects.states import ENDINGS, INITIAL, State

HEAD = """# Workflow

Generated from `approvals/workflow.py` and `approvals/reviews.py` by `manage.py workflow_docs`; do not edit.
Columns: what a person sees first in English, then in Chinese; *opinion* means that the actor must say why.
"""


def workflow_markdown() -> str:
    """docs/workflow.md: diagram, states, both tables."""
    parts = [
        HEAD,
        "## The way\n",
        diagram(WORKFLOW, "draft"),
        f"## States\n\n{_states()}",
        f"## Steps of a project ({len(WORKFLOW)})\n\n{_table(WORKFLOW)}",
        "## Steps of one review\n",
        diagram(REVIEW_STEPS, "not_started"),
        _table(REVIEW_STEPS),
    ]
    return "\n".join(parts).rstrip() + "\n"


def diagram(table: tuple[Step, ...], start: str) -> str:
    """A Mermaid state diagram; withdrawals are left out of the picture, they leave every open state."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {start}"]
    for step in table:
        if step.action != "withdraw":
            lines.append(f"    {step.source.value} --> {step.target.value}: {step.action}")
    lines += [f"    {state.value} --> [*]" for state in State if state in ENDINGS and table is WORKFLOW]
    return "\n".join([*lines, "```\n"])


def _both(text: object) -> str:
    with override("en"):
        english = str(text)
    with override("zh-hans"):
        chinese = str(text)
    return f"{english} / {chinese}" if english != chinese else english


def _states() -> str:
    lines = ["| code | state | |", "|---|---|---|"]
    for state in State:
        role = "start" if state == INITIAL else "end" if state in ENDINGS else ""
        lines.append(f"| `{state.value}` | {_both(state.label)} | {role} |")
    return "\n".join(lines) + "\n"


def _table(table: tuple[Step, ...]) -> str:
    lines = ["| from | action | to | who | step | guards | effects | entered |", "|---|---|---|---|---|---|---|---|"]
    for step in table:
        guards = ", ".join(f"`{guard.__name__}`" for guard in step.guards)
        effects = ", ".join(f"`{effect.__name__}`" for effect in (*step.first, *step.then))
        entered = ", ".join([*(["opinion"] if step.comment else []), *step.fields])
        who = ", ".join(role.value for role in step.by)
        lines.append(
            f"| `{step.source.value}` | `{step.action}` | `{step.target.value}` | {who} | {_both(step.label)} "
            f"| {guards} | {effects} | {entered} |"
        )
    return "\n".join(lines) + "\n"
