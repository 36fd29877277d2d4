"""Celery tasks hold nothing: take ids, fetch, call one service."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT


def overloaded(root: Path) -> list[str]:
    """Tasks whose body is more than a single call."""
    found = []
    for path in sorted([*root.glob("*/tasks.py"), *root.glob("*/tasks/*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any("task" in ast.unparse(d) for d in node.decorator_list):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                if len(body) != 1 or not isinstance(getattr(body[0], "value", None), ast.Call):
                    found.append(f"{path.relative_to(root)}::{node.name}")
    return found


def test_tasks_are_single_calls():
    assert list(ROOT.glob("*/tasks.py"))
    assert overloaded(ROOT) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("services.deliver(pk)", 0),
        ("return services.deliver(Notice.objects.get(pk=pk))", 0),
        ("'''Deliver one.'''\n    services.deliver(pk)", 0),
        ("notice = Notice.objects.get(pk=pk)\n    services.deliver(notice)", 1),
        ("for pk in pks: services.deliver(pk)", 1),
        ("pass", 1),
    ],
)
def test_task_with_logic_is_seen(body, found, tmp_path):
    (tmp_path / "notifications").mkdir()
    text = f"from celery import shared_task\n@shared_task(name='deliver')\ndef deliver(pk):\n    {body}\n"
    (tmp_path / "notifications" / "tasks.py").write_text(text, encoding="utf-8")
    assert len(overloaded(tmp_path)) == found
