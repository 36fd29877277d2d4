"""Who may import whom: import-linter's contracts hold, and each of them breaks when it is violated on purpose."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import APPS, ROOT

CONTRACTS = (
    "Apps depend downwards only",
    "Inside an app, too",
    "The matching engine is plain Python",
    "Only the machine and the state fields know django-fsm",
)
# file, line planted at its end, the import that the report must name
PLANTED = (
    ("projects/models.py", "import approvals.models", "projects.models -> approvals.models"),
    ("accounts/models.py", "import projects.models", "accounts.models -> projects.models"),
    ("portfolio/models.py", "import standards.models", "portfolio.models -> standards.models"),
    ("approvals/services.py", "import notifications.queries", "approvals.services -> notifications.queries"),
    ("projects/services.py", "import projects.views", "projects.services -> projects.views"),
    ("portfolio/models.py", "import portfolio.services", "portfolio.models -> portfolio.services"),
    ("duplicates/__init__.py", "import django", "duplicates -> django"),
    ("planning/services/rounds.py", "import django_fsm", "planning.services.rounds -> django_fsm"),
)


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts over the packages in `root`."""
    program = "from importlinter.cli import lint_imports_command as main; main()"
    command = [sys.executable, "-c", program, "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)


def test_layers_hold():
    pytest.importorskip("importlinter")
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_layers_break_when_violated(tmp_path):
    pytest.importorskip("importlinter")
    for app in APPS:
        shutil.copytree(ROOT / app, tmp_path / app, ignore=lambda _, names: {n for n in names if _is_data(n)})
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line, _ in PLANTED:
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    (tmp_path / "planning" / "unplaced.py").touch()
    done = lint(tmp_path)
    assert [name for name in CONTRACTS if f"{name} BROKEN" not in done.stdout] == []
    assert [found for _, _, found in PLANTED if found not in done.stdout] == []
    assert "unplaced" in done.stdout


def _is_data(name: str) -> bool:
    return "." in name and not name.endswith(".py")
