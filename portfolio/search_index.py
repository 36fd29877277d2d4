"""Keeps the gram table in step with the registry: in the transaction that changes it, or before a search answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists

import duplicates
from duplicates.index import indexed
from duplicates.lexicon import adopt, stamp
from portfolio.index_models import IndexedSystem, IndexNote, IndexState
from portfolio.index_rows import Changed, put_in, take_out, total
from portfolio.models import SynonymGroup, System
from portfolio.queries import digest, numbered
from portfolio.store import SqlStore

BATCH = 2_000  # systems at a time
MANY = 1_000  # so many changed systems are worth new statistics for PostgreSQL's planner


@dataclass(slots=True)
class Brought:
    """What was done to bring the index up to date: numbers of systems."""

    looked_at: int = 0
    indexed: int = 0
    removed: int = 0


def words_in_force() -> str:
    """Let this process cut texts with the city's own synonym groups as well; returns the stamp of all word lists.

    The index is built from one stamp: engine version, shipped word lists and these groups.
    """
    return adopt([group.row for group in SynonymGroup.objects.filter(is_active=True)])


def current_store() -> SqlStore:
    """The candidate search over the registry as it is now: whatever changed unseen is indexed first."""
    refresh()
    return SqlStore()


def refresh(*, wait: bool = True) -> Brought:
    """Index what has changed, been added or been removed; two queries when nothing has.

    Inside a transaction that changed systems it belongs to that transaction: both are kept or neither. One at a time
    writes (a lock on IndexState), so no count is lost and no two wait for each other's grams. Without `wait`, while
    somebody else is writing, the notes stay for the next search: an edit need not wait for a long import. When the
    word lists are others than those the index was built from, every system is looked at.
    """
    words_in_force()
    if _is_current():
        return Brought()
    with transaction.atomic():
        state = _locked(wait=wait)
        if state is None:
            return Brought()
        noted = _take_notes()
        if state.built_from != stamp():
            return _verify(state)
        return _bring(state, sorted(noted), Brought())


def reindex() -> Brought:
    """Look at every system and index those that differ from what the index holds; safe at any time."""
    words_in_force()
    with transaction.atomic():
        state = _held()
        _take_notes()
        return _verify(state)


def rebuild() -> Brought:
    """Forget the index and build it again; searches see the old one until it is done."""
    words_in_force()
    with transaction.atomic():
        state = _held()
        with connection.cursor() as cursor:
            for table in ("entrygram", "systemgram", "gram", "indexedentry"):
                cursor.execute(f"DELETE FROM portfolio_{table}")  # noqa: S608 - constants only
        IndexedSystem.objects.update(built_from="")  # they stay, to tell what has really changed
        digests = IndexedSystem.objects.values_list("digest", flat=True)
        state.entries, state.systems, state.fingerprint = 0, len(digests), total(digests)
        _take_notes()
        return _verify(state)


def backlog() -> str | None:
    """What stands between the registry and its index; None when a search can be answered at once."""
    state = IndexState.objects.filter(pk=IndexState.ONLY).first()
    if state is None or state.built_from != words_in_force():
        return "the index is built from other word lists; the next search or reindex_inventory brings it up to date"
    waiting = IndexNote.objects.values("system_id").distinct().count()
    return f"{waiting} changed systems are not in the index yet; the next search brings them in" if waiting else None


# --- what is out of date --------------------------------------------------------------------------------------------


def _is_current() -> bool:
    states = IndexState.objects.annotate(noted=Exists(IndexNote.objects.all()))
    return states.filter(pk=IndexState.ONLY, built_from=stamp(), noted=False).exists()


def _locked(*, wait: bool = True) -> IndexState | None:
    """The state, held until the transaction ends; None when it is held by somebody else and we do not `wait`."""
    if not IndexState.objects.filter(pk=IndexState.ONLY).exists():
        IndexState.objects.bulk_create([IndexState(pk=IndexState.ONLY)], ignore_conflicts=True)
    return IndexState.objects.select_for_update(skip_locked=not wait).filter(pk=IndexState.ONLY).first()


def _held() -> IndexState:
    state = _locked()
    assert state is not None  # whoever waits gets it
    return state


def _take_notes() -> set[int]:
    """The systems noted so far. Removed before the systems are read: what changes in between leaves a new note."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portfolio_indexnote RETURNING system_id")
        return {system for (system,) in cursor.fetchall()}


def _verify(state: IndexState) -> Brought:
    present = System.objects.order_by("pk").values_list("pk", flat=True)
    known = IndexedSystem.objects.order_by("system_id").values_list("system_id", flat=True)
    brought = _bring(state, sorted({*present, *known}), Brought())
    state.built_from = stamp()
    state.save(update_fields=["built_from"])
    return brought


def _bring(state: IndexState, pks: Sequence[int], brought: Brought) -> Brought:
    """Make the index say of these systems what the registry says; the caller holds the lock."""
    state.version += 1
    for start in range(0, len(pks), BATCH):
        part = pks[start : start + BATCH]
        known = {row.system_id: row for row in IndexedSystem.objects.filter(system_id__in=part)}
        present = numbered(part)
        changed = [(pk, facts) for pk, facts in present if _differs(known.get(pk), facts)]
        gone = set(known) - {pk for pk, _facts in present}
        stale = [known[pk] for pk in (*gone, *(pk for pk, _facts in changed)) if pk in known]
        take_out(state, stale)
        put_in(state, [_cut(pk, facts, known.get(pk), state) for pk, facts in changed], stamp())
        brought.looked_at += len(part)
        brought.indexed += len(changed)
        brought.removed += len(gone)
    if brought.indexed + brought.removed:
        state.save()
    if brought.indexed >= MANY and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE portfolio_gram, portfolio_entrygram, portfolio_systemgram, portfolio_indexedentry")
    return brought


def _differs(row: IndexedSystem | None, facts: duplicates.System) -> bool:
    return row is None or row.built_from != stamp() or row.digest != f"{digest(facts):064x}"


def _cut(pk: int, facts: duplicates.System, row: IndexedSystem | None, state: IndexState) -> Changed:
    spoken, entries = indexed(facts)
    number = digest(facts)
    unchanged = row is not None and row.digest == f"{number:064x}"
    return Changed(pk, facts.code, number, row.changed_in if row and unchanged else state.version, spoken, entries)
