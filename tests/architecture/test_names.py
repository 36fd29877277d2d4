"""Names and docstrings: no junk drawers, every module says what it is for, public services explain themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import APPS, ROOT

JUNK = {"utils", "util", "common", "helpers", "helper", "misc", "core", "tools", "base", "lib", "shared"}


def modules(root: Path, folders: tuple[str, ...]) -> Iterator[Path]:
    """Every module of these folders, migrations apart."""
    for folder in folders:
        yield from (path for path in sorted((root / folder).rglob("*.py")) if "migrations" not in path.parts)


def junk(root: Path) -> list[str]:
    """Modules and packages whose name says nothing."""
    return [str(path) for path in modules(root, APPS) if JUNK & {path.stem, path.parent.name}]


def undocumented(root: Path) -> list[str]:
    """Modules with code but without a first line that says what they are for."""
    found = []
    for path in modules(root, (*APPS, "tools", "tests")):
        text = path.read_text(encoding="utf-8")
        if text.strip() and not (ast.get_docstring(ast.parse(text)) or "").split("\n")[0].strip():
            found.append(str(path.relative_to(root)))
    return found


def unexplained(root: Path) -> list[str]:
    """Public functions of services and of the engine without a docstring."""
    found = []
    for path in modules(root, APPS):
        if path.stem != "services" and path.parent.name not in {"services", "duplicates"}:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node):
                found.append(f"{path.relative_to(root)}::{node.name}")
    return found


CHECKS = {"junk": junk, "undocumented": undocumented, "unexplained": unexplained}


@pytest.mark.parametrize("name", CHECKS)
def test_names_and_docstrings(name):
    assert CHECKS[name](ROOT) == []


@pytest.mark.parametrize("name", CHECKS)
def test_missing_name_or_docstring_is_seen(name, tmp_path):
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects" / "utils.py").write_text("X = 1\n", encoding="utf-8")
    (tmp_path / "projects" / "services.py").write_text('"""Services."""\ndef create():\n    pass\n', encoding="utf-8")
    assert len(CHECKS[name](tmp_path)) == 1
