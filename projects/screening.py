"""Screening of a version: request, claim, compare, record. It fails closed: what cannot be compared is a failed run."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from threading import Lock

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from duplicates import Engine, Finding, Proposal, ProposalResult, RunRecord
from duplicates.encoders import CachedEncoder, USEncoder, choose
from duplicates.engine import fingerprint
from portfolio import queries as portfolio
from projects import screening_store as store
from projects.models import Project, ScreeningRun, Version
from projects.screening_input import limits, peers_of, proposal_of
from projects.screening_vectors import StoredEncoder
from projects.states import RunStatus

logger = logging.getLogger(__name__)

# A run that has been going for longer than this was left by a worker that died; somebody else may take it.
ABANDONED = timedelta(minutes=10)
EMPTY_INVENTORY = gettext_noop("The system registry is empty, so nothing can be compared.")
NOT_ENDED = (RunStatus.QUEUED, RunStatus.RUNNING)


class PlainError(Exception):
    """A failure whose text is written for the people who read the case; translated when shown."""


@dataclass(slots=True)
class _Workshop:
    """The engine of this process. Building it costs seconds, so it stays until the registry or a threshold changes."""

    key: tuple = ()
    engine: Engine | None = None


_workshop = _Workshop()
_bench = Lock()


def request_run(project: Project, version: Version) -> ScreeningRun:
    """Queue a screening of `version`; older runs of the project that have not ended are superseded.

    The caller holds the transaction and hands the run's id to a worker on commit. Returns the queued run. Raises
    ValueError when the version is another project's. Rule: domain reference §3.3 rows 10–11.
    """
    if version.project_id != project.pk:
        raise ValueError(f"version {version.pk} does not belong to project {project.pk}")
    waiting = ScreeningRun.objects.filter(project=project, status__in=NOT_ENDED)
    waiting.update(status=RunStatus.SUPERSEDED, finished_at=timezone.now())
    return ScreeningRun.objects.create(project=project, version=version)


def execute(run_id: int) -> ScreeningRun:
    """Run a queued screening; safe to call twice and from several workers, only one of them works.

    Returns the run as it is afterwards: succeeded with its findings, failed with a reason, or superseded. Raises
    ScreeningRun.DoesNotExist for an unknown id and nothing else: every other error becomes a failed run, which blocks
    the case (promise 2, screening fails closed).
    """
    run = _claim(run_id)
    if run is not None:
        try:
            _screen(run)
        except Exception as error:  # the run's record is where the error belongs: it blocks the case there
            logger.exception("screening run %s failed", run_id)
            _fail(run, error)
    return ScreeningRun.objects.select_related("project", "version").get(pk=run_id)


def preview(
    project: Project, text: str, taxonomy: str = "", domain: str = "", service_object: str = ""
) -> tuple[Finding, ...]:
    """What a capability that is being typed would meet in the registry; nothing is stored.

    Codes as in the exchange files; the best matches first, without the declared predecessor. Raises PlainError when the
    registry is empty (the page then says that no preview is possible).
    """
    with _bench:
        engine = _engine(_encoder()[0])
        found = engine.preview(text, taxonomy or None, domain or None, service_object or None, project.title)
    predecessor = project.predecessor.code if project.predecessor else None
    return tuple(finding for finding in found if finding.system != predecessor)


# --- the engine of this process -------------------------------------------------------------------------------------


@cache
def _encoder() -> tuple[CachedEncoder | None, str, str | None]:
    """The encoder that settings name, or why there is none: chosen once; it loads when a text has no vector yet."""
    return choose(StoredEncoder(USEncoder()) if settings.ENCODER == "use" else settings.ENCODER)


def _compare(proposal: Proposal, peers: Sequence[Proposal]) -> tuple[ProposalResult, RunRecord]:
    """The comparison and its record. An encoder that breaks on the way degrades it, and the record says so."""
    encoder, _name, degraded = _encoder()
    if encoder is not None:
        try:
            return _compare_with(encoder, proposal, peers, degraded)
        except PlainError:
            raise
        except Exception as error:
            logger.warning("the encoder %s broke; comparing without it", encoder.name, exc_info=True)
            degraded = f"{encoder.name}: {type(error).__name__}: {error}"
    return _compare_with(None, proposal, peers, degraded)


def _compare_with(
    encoder: CachedEncoder | None, proposal: Proposal, peers: Sequence[Proposal], degraded: str | None
) -> tuple[ProposalResult, RunRecord]:
    with _bench:  # one comparison at a time in a process: it is all arithmetic, and the engine keeps notes
        engine = _engine(encoder)
        result = engine.screen(proposal, peers=peers)
        reason = degraded or engine.record.degraded_reason
        return result, replace(engine.record, peers=len(peers), degraded_reason=reason)


def _engine(encoder: CachedEncoder | None) -> Engine:
    """The engine for the registry, rules and thresholds in force; the caller holds the bench."""
    systems, rules, thresholds = portfolio.inventory(), tuple(portfolio.negative_rules()), limits()
    if not systems:
        raise PlainError(EMPTY_INVENTORY)
    key = (fingerprint(systems), encoder, rules, thresholds)
    if _workshop.engine is None or _workshop.key != key:
        chosen = encoder or "lexical"
        _workshop.engine = Engine(systems, negative_rules=rules, thresholds=thresholds, encoder=chosen)
        _workshop.key = key
    return _workshop.engine


# --- inside ---------------------------------------------------------------------------------------------------------


def _claim(run_id: int) -> ScreeningRun | None:
    """Take the run by one conditional update; None when somebody else has it or it has ended."""
    now = timezone.now()
    free = Q(status=RunStatus.QUEUED) | Q(status=RunStatus.RUNNING, started_at__lt=now - ABANDONED)
    if not ScreeningRun.objects.filter(free, pk=run_id).update(status=RunStatus.RUNNING, started_at=now):
        return None
    return ScreeningRun.objects.select_related("version", "project").get(pk=run_id)


def _screen(run: ScreeningRun) -> None:
    newest = Version.objects.filter(project=run.project_id).order_by("-number").first()
    if newest is None or newest.pk != run.version_id:
        store.mine(run).update(status=RunStatus.SUPERSEDED, finished_at=timezone.now())
        return
    began = time.monotonic()
    proposal, peers = proposal_of(run.version), peers_of(run.project)
    result, record = _compare(proposal, [peer.proposal for peer in peers])
    taken = round((time.monotonic() - began) * 1000)
    store.save(run, store.Outcome(proposal, tuple(peers), result, record, taken))


def _fail(run: ScreeningRun, error: Exception) -> None:
    text = str(error) if isinstance(error, PlainError) else f"{type(error).__name__}: {error}"
    store.mine(run).update(status=RunStatus.FAILED, finished_at=timezone.now(), error=text[:2000])
