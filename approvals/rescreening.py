"""When the registry changes: screen the open cases again that the change may concern, and those alone."""

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from approvals.models import Case, RegistryCheck
from approvals.signals import run_queued
from portfolio.search_index import backlog, current_store, refresh
from portfolio.store import changed_since, changes
from projects.models import ScreeningRun
from projects.queries import current_version
from projects.screening import request_run
from projects.screening_affected import concerned_by
from projects.states import RunStatus, State

# Where the duplicate findings are still ahead or being settled: a new run takes their place.
SCREENED_AGAIN = frozenset({State.SCREENING, State.REVIEW, State.ADJUDICATION})
# Where they have been settled: the case is not taken back, but whoever decides is told.
TOLD = frozenset({State.EXPERT_REVIEW, State.DECISION})
LOOKED_AT = (RunStatus.RUNNING, RunStatus.SUCCEEDED)


def rescreen_affected() -> list[int]:
    """Look at every open case whose run has not been held against the newest changes of the registry.

    A case that a change may concern is screened again while its findings are still to be settled; later it is marked
    instead. Runs that wait or have failed are left alone: they will see, or are waiting for somebody to start, a
    comparison with the registry as it is. Safe to repeat: what has been looked at is not looked at again.
    Returns the ids of the queued runs; a receiver of `run_queued` carries them out after the commit.
    """
    refresh(wait=False)
    if backlog():
        return []  # an import is under way: the next sweep sees what it brought
    store, now = current_store(), changes()
    queued = []
    for run in _behind(now):
        check = RegistryCheck.objects.filter(run=run).first()
        changed = changed_since(check.seen if check else 0)
        concerned = concerned_by(run.version, changed, store) if changed else []
        fresh = _note(run, concerned, now)
        if fresh is not None:
            queued.append(fresh.pk)
    return queued


def watch(run_id: int) -> None:
    """Before a run compares: from here on changes of the registry are changes since this run."""
    refresh()
    RegistryCheck.objects.get_or_create(run_id=run_id, defaults={"seen": changes()})


def _behind(now: int) -> list[ScreeningRun]:
    """The newest run of every open case, if it has not been looked at since; by project."""
    newest = ScreeningRun.objects.filter(project=OuterRef("project")).order_by("-pk").values("pk")[:1]
    found = ScreeningRun.objects.filter(
        pk=Subquery(newest), project__state__in=SCREENED_AGAIN | TOLD, status__in=LOOKED_AT
    )
    behind = found.filter(Q(registry_check=None) | Q(registry_check__seen__lt=now))
    return list(behind.select_related("version__project").order_by("project"))


def _note(run: ScreeningRun, concerned: list[str], now: int) -> ScreeningRun | None:
    """Write down the look, under the case's lock; the new run when one is due."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).get(pk=run.project_id)
        version, latest = current_version(case), case.runs.order_by("-pk").first()
        if version is None or latest is None or latest.pk != run.pk or not latest.stands_for(version):
            return None  # somebody was quicker: the newer run will be looked at by itself
        check, _created = RegistryCheck.objects.select_for_update().get_or_create(run=run)
        check.seen = now
        if concerned and case.state in TOLD:
            check.since = sorted({*check.since, *concerned})
        check.save()
        if not concerned or case.state not in SCREENED_AGAIN:
            return None
        fresh = request_run(case, version)
        RegistryCheck.objects.create(run=fresh, seen=now, because=concerned)
        run_queued.send(sender=ScreeningRun, run_id=fresh.pk)
        return fresh
