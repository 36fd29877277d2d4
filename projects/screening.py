"""Screening of a version: request, claim, compare, record. It fails closed: what cannot be compared is a failed run."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from threading import Lock
from typing import TypeVar

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from duplicates import Capability, Engine, Finding, Proposal, ProposalResult, RunRecord, System
from duplicates.corpus import DenseIndex
from duplicates.encoders import CachedEncoder, RemoteEncoder, USEncoder, choose
from duplicates.entries import of_system
from duplicates.index import Remembered
from duplicates.lexicon import stamp
from duplicates.overlaps import Survey, survey
from portfolio import queries as portfolio
from portfolio.search_index import current_store
from projects import screening_store as store
from projects.models import Project, ScreeningRun, Version
from projects.screening_hints import hints_of
from projects.screening_input import limits, peers_of, proposal_of
from projects.screening_vectors import StoredEncoder, nothing_kept
from projects.states import RunStatus

logger = logging.getLogger(__name__)

# A run that has been going for longer than this was left by a worker that died; somebody else may take it.
ABANDONED = timedelta(minutes=10)
EMPTY_INVENTORY = gettext_noop("The system registry is empty, so nothing can be compared.")
BUSY = gettext_noop("The comparison is busy with other proposals at this moment.")
PATIENCE = 3.0  # seconds that a person waits for the engine while somebody else's comparison has it
NOT_ENDED = (RunStatus.QUEUED, RunStatus.RUNNING)


class PlainError(Exception):
    """A failure whose text is written for the people who read the case; translated when shown."""


@dataclass(slots=True)
class _Workshop:
    """The engine of this process. What it has read stays until the registry, a word list or a threshold changes."""

    key: tuple = ()
    engine: Engine | None = None
    dense_key: tuple = ()
    dense: DenseIndex | None = None


T = TypeVar("T")
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
    typed = Capability("preview", text, taxonomy or None, domain or None, service_object or None)
    return previews(project, [typed]).findings[0]


@dataclass(frozen=True, slots=True)
class Previews:
    """Findings per capability, in the order asked; why the encoder took no part ("" when it did); what was compared."""

    findings: list[tuple[Finding, ...]]
    degraded: str
    systems: int


def previews(project: Project, typed: Sequence[Capability]) -> Previews:
    """As preview, for several capabilities with one engine; its budget does not count. Raises PlainError."""

    def look(encoder: CachedEncoder | None, degraded: str | None) -> Previews:
        with _at_the_bench(PATIENCE):
            engine = _engine(encoder)
            with nothing_kept():
                found = [
                    engine.preview(item.text, item.taxonomy, item.domain, item.object, project.title) for item in typed
                ]
            record = engine.record
        return Previews(
            [_known(project, one) for one in found], degraded or record.degraded_reason or "", record.systems
        )

    return _with_fallback(look)


def rehearse(proposal: Proposal, peers: Sequence[Proposal]) -> tuple[ProposalResult, RunRecord]:
    """A whole comparison that stores nothing. Raises PlainError (empty registry, engine busy) and what breaks in it."""
    return _compare(proposal, peers, PATIENCE)


def _known(project: Project, found: Sequence[Finding]) -> tuple[Finding, ...]:
    predecessor = project.predecessor.code if project.predecessor else None
    return tuple(finding for finding in found if finding.system != predecessor)


def survey_registry() -> tuple[Survey, list[System], RunRecord]:
    """What the systems of the registry share with each other, the systems, and what ran; nothing is stored.

    Raises PlainError when the registry is empty, and whatever the engine raises without its encoder.
    """
    systems = portfolio.inventory()

    def look(encoder: CachedEncoder | None, degraded: str | None) -> tuple[Survey, list[System], RunRecord]:
        with _at_the_bench():
            engine = _engine(encoder)
            found = survey(systems, engine)
            return found, systems, replace(engine.record, degraded_reason=degraded or engine.record.degraded_reason)

    return _with_fallback(look)


# --- the engine of this process -------------------------------------------------------------------------------------


@cache
def _encoder() -> tuple[CachedEncoder | None, str, str | None]:
    """The encoder that settings name, or why there is none: chosen once; it loads when a text has no vector yet."""
    if settings.ENCODER == "lexical":
        return choose("lexical")
    if settings.ENCODER == "use":
        return choose(StoredEncoder(USEncoder()))
    remote = RemoteEncoder(settings.ENCODER, settings.EMBEDDINGS_MODEL, settings.EMBEDDINGS_KEY)
    return choose(StoredEncoder(remote))


def _compare(proposal: Proposal, peers: Sequence[Proposal], patience: float = -1) -> tuple[ProposalResult, RunRecord]:
    """The comparison and its record; patience: seconds to wait for the engine, -1 without end."""
    return _with_fallback(lambda encoder, degraded: _compare_with(encoder, proposal, peers, degraded, patience))


def _with_fallback(act: Callable[[CachedEncoder | None, str | None], T]) -> T:
    """Act with the encoder; one that breaks on the way degrades the comparison, and the record says so."""
    encoder, _name, degraded = _encoder()
    if encoder is not None:
        try:
            return act(encoder, degraded)
        except PlainError:
            raise
        except Exception as error:
            logger.warning("the encoder %s broke; comparing without it", encoder.name, exc_info=True)
            degraded = f"{encoder.name}: {type(error).__name__}: {error}"
    return act(None, degraded)


@contextmanager
def _at_the_bench(patience: float = -1) -> Iterator[None]:
    """One comparison at a time in a process: it is all arithmetic, and the engine keeps notes."""
    if not _bench.acquire(timeout=patience):
        raise PlainError(BUSY)
    try:
        yield
    finally:
        _bench.release()


def _compare_with(
    encoder: CachedEncoder | None, proposal: Proposal, peers: Sequence[Proposal], degraded: str | None, patience: float
) -> tuple[ProposalResult, RunRecord]:
    with _at_the_bench(patience):
        engine = _engine(encoder)
        result = engine.screen(proposal, peers=peers)
        reason = degraded or engine.record.degraded_reason
        return result, replace(engine.record, peers=len(peers), degraded_reason=reason)


def _engine(encoder: CachedEncoder | None) -> Engine:
    """The engine for the registry, words, rules and thresholds in force; the caller holds the bench.

    Candidates come from the gram table; only the systems that hold one are loaded. Raises PlainError on an empty
    registry.
    """
    found = current_store()
    if not found.owners:
        raise PlainError(EMPTY_INVENTORY)
    rules, thresholds = tuple(portfolio.negative_rules()), limits()
    key = (found.fingerprint, stamp(), encoder, rules, thresholds)
    if _workshop.engine is None or _workshop.key != key:
        _workshop.engine = Engine(
            store=Remembered(found),
            inventory=(found.owners, found.fingerprint),
            dense=_nearest(found.fingerprint, encoder),
            negative_rules=rules,
            thresholds=thresholds,
            encoder=encoder or "lexical",
        )
        _workshop.key = key
    return _workshop.engine


def _nearest(fingerprint: str, encoder: CachedEncoder | None) -> DenseIndex | None:
    """The vectors of the whole registry; they stay in this process while the registry and the encoder are the same."""
    if encoder is None:
        return None
    if _workshop.dense is None or _workshop.dense_key != (fingerprint, encoder):
        known = [entry for system in portfolio.inventory() for entry in of_system(system)]
        _workshop.dense, _workshop.dense_key = DenseIndex(known, encoder), (fingerprint, encoder)
    return _workshop.dense


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
    others = [peer.proposal for peer in peers]
    result, record = _compare(proposal, others)
    result = replace(result, hints=hints_of(proposal, others, result.findings))
    taken = round((time.monotonic() - began) * 1000)
    store.save(run, store.Outcome(proposal, tuple(peers), result, record, taken))


def _fail(run: ScreeningRun, error: Exception) -> None:
    text = str(error) if isinstance(error, PlainError) else f"{type(error).__name__}: {error}"
    store.mine(run).update(status=RunStatus.FAILED, finished_at=timezone.now(), error=text[:2000])
