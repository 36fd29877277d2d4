"""manage.py workflow_docs [--check]: write docs/workflow.md, permissions.md, requirements.md from the tables."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.report import permission_table
from approvals.report import workflow_markdown
from projects.report import requirements_markdown

WRITERS = {
    "workflow.md": workflow_markdown,
    "permissions.md": permission_table,
    "requirements.md": requirements_markdown,
}


class Command(BaseCommand):
    """Write, or with --check compare."""

    help = "Write docs/workflow.md, permissions.md and requirements.md; --check fails when one is stale."

    def add_arguments(self, parser: CommandParser) -> None:
        """--check: compare only."""
        parser.add_argument("--check", action="store_true", help="fail when a file is stale, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare the files."""
        for name, writer in WRITERS.items():
            path, text = settings.BASE_DIR / "docs" / name, writer()
            if options["check"]:
                if not path.exists() or path.read_text(encoding="utf-8") != text:
                    raise CommandError(f"docs/{name} is stale: run manage.py workflow_docs")
            else:
                path.write_text(text, encoding="utf-8")
        self.stdout.write("docs are current" if options["check"] else "written")
