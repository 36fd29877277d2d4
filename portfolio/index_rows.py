"""Writes the rows of the gram table: takes systems out of it and puts them in, and counts along."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from duplicates.index import IndexedEntry as Cut
from portfolio.index_models import IndexedEntry, IndexedSystem, IndexState
from portfolio.store import key_of

BATCH = 500  # rows a statement

_UPSERT = {
    "postgresql": (
        "INSERT INTO portfolio_gram (text, entries, systems) SELECT * FROM unnest(%s::text[], %s::int[], %s::int[]) "
        "ON CONFLICT (text) DO UPDATE SET entries = portfolio_gram.entries + EXCLUDED.entries, "
        "systems = portfolio_gram.systems + EXCLUDED.systems RETURNING text, id"
    ),
    "sqlite": (
        "INSERT INTO portfolio_gram (text, entries, systems) SELECT json_extract(value, '$[0]'), "
        "json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(%s) WHERE true "
        "ON CONFLICT (text) DO UPDATE SET entries = portfolio_gram.entries + EXCLUDED.entries, "
        "systems = portfolio_gram.systems + EXCLUDED.systems RETURNING text, id"
    ),
}
_INSERT = {
    "postgresql": "INSERT INTO {table} (gram_id, {row}) SELECT * FROM unnest(%s::int[], %s::int[])",
    "sqlite": "INSERT INTO {table} (gram_id, {row}) VALUES (%s, %s)",
}
_OWNERS = "SELECT id FROM portfolio_indexedsystem WHERE system_id IN ({})"
_THEIRS = f"SELECT id FROM portfolio_indexedentry WHERE owner_id IN ({_OWNERS})"  # noqa: S608 - constants only
_TABLES = (
    ("portfolio_entrygram", "entry_id", "entries", _THEIRS),
    ("portfolio_systemgram", "owner_id", "systems", _OWNERS),
)
_DELETE = "DELETE FROM {table} WHERE {row} IN ({whose})"
_COUNT_DOWN = (
    "UPDATE portfolio_gram SET {counted} = {counted} - c.n FROM "
    "(SELECT gram_id, COUNT(*) AS n FROM {table} WHERE {row} IN ({whose}) GROUP BY gram_id) c "
    "WHERE portfolio_gram.id = c.gram_id"
)


@dataclass(slots=True)
class Changed:
    """One system that has to be indexed anew: its key, code, digest, the version of its last change, and its grams."""

    pk: int
    code: str
    digest: int
    changed_in: int
    spoken: frozenset[str]
    entries: list[Cut]


def take_out(state: IndexState, rows: Sequence[IndexedSystem]) -> None:
    """Remove these systems, and count down what they held; the caller holds the state and saves it."""
    if not rows:
        return
    pks = [row.system_id for row in rows]
    marks = ", ".join(["%s"] * len(pks))
    with connection.cursor() as cursor:
        for table, row, counted, whose in _TABLES:
            names = {"table": table, "row": row, "counted": counted, "whose": whose.format(marks)}
            cursor.execute(_COUNT_DOWN.format(**names), pks)
            cursor.execute(_DELETE.format(**names), pks)
    gone, _ = IndexedEntry.objects.filter(owner_id__in=[row.pk for row in rows]).delete()
    IndexedSystem.objects.filter(pk__in=[row.pk for row in rows]).delete()
    _count(state, -len(rows), -gone, -sum(int(row.digest, 16) for row in rows))


def put_in(state: IndexState, changed: Sequence[Changed], built_from: str) -> None:
    """Add these systems, cut with the word lists `built_from`; the caller holds the state and saves it."""
    if not changed:
        return
    owners = IndexedSystem.objects.bulk_create(
        (IndexedSystem(system_id=one.pk, code=one.code, digest=f"{one.digest:064x}", built_from=built_from,
                       changed_in=one.changed_in) for one in changed),
        batch_size=BATCH,
    )  # fmt: skip
    rows, held = [], []
    for one, owner in zip(changed, owners, strict=True):
        rows += [_entry(owner.pk, entry) for entry in one.entries]
        held += [{key_of(gram) for gram in entry.grams} for entry in one.entries]
    entries = IndexedEntry.objects.bulk_create(rows, batch_size=BATCH)
    spoken = [{key_of(gram) for gram in one.spoken} for one in changed]
    numbers = _upsert(Counter(_flat(held)), Counter(_flat(spoken)))
    _insert("portfolio_entrygram", "entry_id", _pairs(numbers, held, [row.pk for row in entries]))
    _insert("portfolio_systemgram", "owner_id", _pairs(numbers, spoken, [row.pk for row in owners]))
    _count(state, len(owners), len(entries), sum(one.digest for one in changed))


def _entry(owner: int, entry: Cut) -> IndexedEntry:
    system, code = entry.place
    return IndexedEntry(
        owner_id=owner, system_code=system, code=code, taxonomy=entry.taxonomy or "", domain=entry.domain or ""
    )


def _flat(sets: Iterable[set[str]]) -> Iterator[str]:
    return (gram for grams in sets for gram in grams)


def _pairs(numbers: dict[str, int], sets: Sequence[set[str]], rows: Sequence[int]) -> list[tuple[int, int]]:
    return sorted((numbers[gram], row) for grams, row in zip(sets, rows, strict=True) for gram in grams)


def _upsert(entries: Counter[str], systems: Counter[str]) -> dict[str, int]:
    """Count the grams up, those that are new from nothing, in the order of grams; returns their numbers."""
    grams, numbers = sorted({*entries, *systems}), {}
    for start in range(0, len(grams), BATCH * 10):
        part = [(gram, entries[gram], systems[gram]) for gram in grams[start : start + BATCH * 10]]
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT[connection.vendor], _columns(part))
            numbers.update(cursor.fetchall())
    return numbers


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    if connection.vendor == "postgresql":
        return [list(column) for column in zip(*rows, strict=True)]
    return [json.dumps(rows)]


def _insert(table: str, row: str, pairs: list[tuple[int, int]]) -> None:
    sql = _INSERT[connection.vendor].format(table=table, row=row)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and pairs:
            cursor.execute(sql, _columns(pairs))
        else:
            cursor.executemany(sql, pairs)


def _count(state: IndexState, systems: int, entries: int, digests: int) -> None:
    state.systems += systems
    state.entries += entries
    state.fingerprint = total([state.fingerprint], digests)


def total(digests: Iterable[str], more: int = 0) -> str:
    """The sum of digests in hexadecimal, and of a number, modulo 2²⁵⁶."""
    return f"{(sum(int(digest, 16) for digest in digests) + more) % 2**256:064x}"
