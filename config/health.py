"""/healthz: the process answers. /readyz: database, guards, migrations, outbox, calendar, index, each with why."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from approvals.calendar_page import missing_notice
from approvals.database import differences, last_rows_fit
from config.startup import durability_problem
from notifications.queries import given_up, outbox_age
from planning.queries import working_calendar
from portfolio.database import missing as missing_notes
from portfolio.search_index import backlog

OLD_OUTBOX = 300  # seconds: a notice that waits longer means that no relay runs


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is alive."""
    return JsonResponse({"status": "ok"})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether this host should get traffic; 503 with reasons when not. Warnings do not stop traffic."""
    problems = {name: found for name, check in CHECKS.items() if (found := _ask(check))}
    warnings = {name: found for name, check in WARNINGS.items() if (found := _ask(check))}
    body = {"status": "unready" if problems else "ok", "problems": problems, "warnings": warnings}
    return JsonResponse(body, status=503 if problems else 200)


def _ask(check: Callable[[], object]) -> object:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - a check that cannot be made has failed, and says why
        return f"{type(error).__name__}: {error}"


def _migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _cache() -> str | None:
    cache.set("readyz", "1", 10)
    if getattr(cache, "is_silent", False):
        return "Redis does not answer; each process remembers for itself"
    return None if cache.get("readyz") == "1" else "the cache forgets at once"


def _outbox() -> str | None:
    age = outbox_age()
    return f"oldest undelivered notice is {age:.0f} s old" if age and age > OLD_OUTBOX else None


def _dead_letters() -> str | None:
    count = given_up()
    return f"{count} deliveries were given up and wait for a retry" if count else None


def _calendar() -> str | None:
    """From 1 November on the notice of public holidays for the next year is waited for."""
    year = missing_notice(working_calendar(), timezone.localdate())
    return f"no notice of public holidays for {year}" if year else None


def _database() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return str(error)
    return durability_problem()


CHECKS: dict[str, Callable[[], object]] = {
    "database": _database,
    "migrations": _migrations,
    "guards": differences,
    "history": last_rows_fit,
    "inventory": missing_notes,
}
WARNINGS: dict[str, Callable[[], object]] = {
    "cache": _cache,
    "outbox": _outbox,
    "dead letters": _dead_letters,
    "calendar": _calendar,
    "search index": backlog,
}
