"""Verify the history of every project against its hash chain."""

from collections.abc import Iterator

from approvals.database import differences, last_rows_fit
from approvals.models import Decision
from approvals.verify_case_file import digest
from projects.models import Project, Version
from projects.sections import digest_of


def problems() -> Iterator[str]:
    """What is wrong, in order; nothing when every chain is intact, every head fits, every version is unchanged."""
    yield from (f"database guard {name}" for name in differences())
    yield from _chains()
    yield from (f"{ref}: the newest decision does not match the project" for ref in last_rows_fit())
    yield from _states()
    for version in Version.objects.select_related("project").iterator(chunk_size=500):
        if digest_of(version.snapshot) != version.digest:
            yield f"{version.project.ref} version {version.number}: was changed after it was submitted"


def _chains() -> Iterator[str]:
    rows = Decision.objects.select_related("project", "actor", "version").order_by("project_id", "seq")
    project, previous, expected, broken = None, "", 1, False
    for row in rows.iterator(chunk_size=2000):
        if row.project_id != project:
            project, previous, expected, broken = row.project_id, "", 1, False
        if broken:
            continue
        reason = _fault(row, previous, expected)
        if reason:
            broken = True
            yield f"{row.project.ref} decision {expected}: {reason}"
        previous, expected = row.digest, expected + 1


def _fault(row: Decision, previous: str, expected: int) -> str | None:
    if row.seq != expected:
        return f"is missing (found {row.seq})"
    if row.previous != previous:
        return "does not continue from the row before it"
    if digest(row.as_row(), previous) != row.digest:
        return "was changed after it was written"
    return None


def _states() -> Iterator[str]:
    newest: dict[int, str] = {}
    for project_id, target in Decision.objects.order_by("project_id", "seq").values_list("project_id", "target"):
        newest[project_id] = target
    for pk, ref, state in Project.objects.values_list("pk", "ref", "state"):
        if newest.get(pk, "draft") != state:
            yield f"{ref}: is {state}, its last decision led to {newest.get(pk, 'draft')}"


def count() -> int:
    """How many decision rows there are."""
    return Decision.objects.count()
