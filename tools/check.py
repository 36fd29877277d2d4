"""`make check`: every check that needs no test run, all of them even when one fails, and a summary."""

import os
import subprocess
import sys
import time

import environment

PYTHON = str(environment.PYTHON)
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as main; main()"
CHECKS = (
    ("style", (PYTHON, "-m", "ruff", "check", "--quiet", ".")),
    ("layout", (PYTHON, "-m", "ruff", "format", "--check", "--quiet", ".")),
    ("layers", (PYTHON, "-c", LINT_IMPORTS, "--no-logo")),
    ("types", (PYTHON, "-m", "mypy")),
    ("django", (PYTHON, "manage.py", "check", "--fail-level", "WARNING")),
    ("migrations", (PYTHON, "manage.py", "makemigrations", "--check", "--dry-run")),
    ("generated docs", (PYTHON, "manage.py", "workflow_docs", "--check")),
    ("translations", (PYTHON, "tools/translations.py", "check")),
    ("sizes", (PYTHON, "tools/sizes.py")),
)


def main() -> int:
    """Run the checks named on the command line, or all; 0 when every one holds."""
    sys.stdout.reconfigure(errors="replace")
    environment.ensure(environment.DEV)
    chosen = [(name, command) for name, command in CHECKS if not sys.argv[1:] or name in sys.argv[1:]]
    results = [(name, *run(name, command)) for name, command in chosen]
    print("\nSummary")
    for name, holds, seconds in results:
        print(f"  {'ok    ' if holds else 'FAILED'}  {name:<16} {seconds:5.1f} s")
    return 0 if all(holds for _, holds, _ in results) else 1


def run(name: str, command: tuple[str, ...]) -> tuple[bool, float]:
    """Run one check; its output is shown only when it fails."""
    started = time.monotonic()
    settings = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        command, cwd=environment.ROOT, env=settings, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        print(f"\n=== {name} ===\n{done.stdout.decode(errors='replace').rstrip()}", flush=True)
    return done.returncode == 0, time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
