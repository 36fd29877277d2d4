"""Nobody moves a state past the door: a reading of the source for the ways that django-fsm does not stop."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import DJANGO_APPS, ROOT

GUARDED = {"state", "seq"}
WRITERS = {"update", "create", "get_or_create", "update_or_create", "filter_update", "Project", "Case", "Review"}
BULK = {"bulk_update", "bulk_create", "abulk_update", "abulk_create"}
TABLES = re.compile(
    r"\b(UPDATE|DELETE\s+FROM|INSERT\s+INTO|REPLACE\s+INTO|TRUNCATE(\s+TABLE)?|ALTER\s+TABLE)\s+\W?"
    r"(projects_project|approvals_(decision|review|edge)\w*)",
    re.IGNORECASE,
)
# The machine moves states; the trigger files are the second door itself.
ALLOWED = {"approvals/machine.py", "approvals/triggers.py"}


def side_doors(root: Path) -> list[str]:
    """Every place in the apps that writes a guarded column or table in its own way, as `file:line what`."""
    found = []
    for app in DJANGO_APPS:
        for path in sorted((root / app).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if "migrations" not in path.parts and name not in ALLOWED:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                found += [f"{name}:{node.lineno} {what}" for node, what in findings(tree)]
    return found


def findings(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """The side doors of one module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            what = call(node)
            if what:
                yield node, what
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and TABLES.search(node.value):
            yield node, "raw SQL on a guarded table"
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store) and assigns(node):
            yield node, "assignment to a guarded field"


def call(node: ast.Call) -> str:
    """What is wrong with a call; "" when nothing is."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    words = {keyword.arg for keyword in node.keywords} & GUARDED
    if name in WRITERS and words:
        return f"{name}({', '.join(sorted(words))}=…)"
    mentioned = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)} & GUARDED
    if name in BULK and mentioned:
        return f"{name}(… {sorted(mentioned)} …)"
    if name in {"setattr", "__setattr__"} and mentioned:
        return "setattr of a guarded field"
    return ""


def assigns(node: ast.Attribute | ast.Subscript) -> bool:
    """Whether an assignment goes to `….state`, or round django-fsm through `….__dict__["state"]`.

    `self.state = …` is left to django-fsm, which refuses it in a model; elsewhere it is some other object's own state.
    """
    if isinstance(node, ast.Attribute):
        return node.attr == "state" and getattr(node.value, "id", "") != "self"
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    return key in GUARDED and isinstance(node.value, ast.Attribute) and node.value.attr == "__dict__"


def test_no_side_doors():
    assert side_doors(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "Project.objects.filter(pk=1).update(state='approved')",
        "Project.objects.filter(pk=1).update(title='x', seq=2)",
        "Project.objects.bulk_update(rows, ['title', 'state'])",
        "Project.objects.bulk_create(rows, update_conflicts=True, update_fields=['state'])",
        "Project(title='x', state='approved').save()",
        "Project.objects.create(title='x', state='approved')",
        "case.state = 'approved'",
        "case.__dict__['state'] = 'approved'",
        "setattr(case, 'state', 'approved')",
        "cursor.execute('UPDATE projects_project SET state = %s', ['approved'])",
        "cursor.execute('delete from approvals_decision')",
        "cursor.execute('TRUNCATE approvals_decision')",
        'cursor.execute("REPLACE INTO projects_project VALUES (1)")',
    ],
)
def test_side_door_is_seen(line, tmp_path):
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects" / "services.py").write_text(line, encoding="utf-8")
    assert len(side_doors(tmp_path)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "Project.objects.filter(state='approved').update(title='x')",
        "board = {'state': 1}\nboard['state'] = 2",
        "if case.state == 'approved': pass",
        "cursor.execute('SELECT state FROM projects_project')",
        "services.perform(case_id=1, action='approve', actor=None)",
    ],
)
def test_reading_a_state_is_no_side_door(line, tmp_path):
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects" / "services.py").write_text(line, encoding="utf-8")
    assert side_doors(tmp_path) == []
