"""Candidate search in the inventory's own database: the gram table as the engine's CandidateStore."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from duplicates import ScreeningError, System
from duplicates.index import Place, chosen_grams, weight
from duplicates.lexicon import stamp
from portfolio.index_models import Gram, IndexedSystem, IndexState
from portfolio.queries import inventory

CHUNK = 5_000  # grams a query

_KNOWN = {
    "postgresql": "SELECT id, text, entries, systems FROM portfolio_gram WHERE text = ANY(%s)",
    "sqlite": "SELECT id, text, entries, systems FROM portfolio_gram WHERE text IN (SELECT value FROM json_each(%s))",
}
# The sums first, without looking at codes; then the lowest sum that can be among the best (with all its ties); and only
# for those the codes, which break the ties. CROSS JOIN makes SQLite start from the grams; OFFSET 0 keeps PostgreSQL,
# which expects a third of all sums to be among the best, from reading every code.
_BEST = {
    "postgresql": (
        "WITH asked AS (SELECT * FROM unnest(%s::int[], %s::int[]) AS a (gram_id, weight)), "
        "scored AS MATERIALIZED (SELECT p.{row} AS id, SUM(a.weight) AS score "
        "FROM asked a JOIN {table} p ON p.gram_id = a.gram_id GROUP BY p.{row}) "
        "SELECT {columns} FROM scored s CROSS JOIN LATERAL (SELECT * FROM {owner} WHERE id = s.id OFFSET 0) o "
        "WHERE s.score >= COALESCE("
        "(SELECT score FROM scored ORDER BY score DESC LIMIT 1 OFFSET %s), 0) "
        "ORDER BY s.score DESC, {order} LIMIT %s"
    ),
    "sqlite": (
        "WITH asked (gram_id, weight) AS (VALUES {asked}), "
        "scored AS MATERIALIZED (SELECT p.{row} AS id, SUM(a.weight) AS score "
        "FROM asked a CROSS JOIN {table} p ON p.gram_id = a.gram_id GROUP BY p.{row}) "
        "SELECT {columns} FROM scored s CROSS JOIN {owner} o ON o.id = s.id WHERE s.score >= COALESCE("
        "(SELECT score FROM scored ORDER BY score DESC LIMIT 1 OFFSET %s), 0) "
        "ORDER BY s.score DESC, {order} LIMIT %s"
    ),
}
_ENTRIES = {
    "row": "entry_id", "table": "portfolio_entrygram", "owner": "portfolio_indexedentry",
    "columns": "o.system_code, o.code", "order": "o.system_code{c}, o.code{c}",
}  # fmt: skip
_SYSTEMS = {
    "row": "owner_id", "table": "portfolio_systemgram", "owner": "portfolio_indexedsystem",
    "columns": "o.code", "order": "o.code{c}",
}  # fmt: skip
_TAGGED = (
    "SELECT system_code, code FROM portfolio_indexedentry WHERE taxonomy = %s AND domain = %s "
    "ORDER BY system_code{c}, code{c} LIMIT %s"
)
_OWNED = (
    "SELECT e.system_code, e.code FROM accounts_department d JOIN portfolio_system s ON s.department_id = d.id "
    "JOIN portfolio_indexedsystem i ON i.system_id = s.id JOIN portfolio_indexedentry e ON e.owner_id = i.id "
    "WHERE d.code = %s ORDER BY e.system_code{c}, e.code{c} LIMIT %s"
)
# By code point in every database, whatever language it sorts by; SQLite compares bytes of UTF-8, which is the same.
_BY_CODE_POINT = {"postgresql": ' COLLATE "C"', "sqlite": ""}


def key_of(gram: str) -> str:
    """How a gram stands in the table: as it is, or by its digest when it is too long or cannot be stored."""
    if len(gram) <= Gram.LONGEST and gram.isprintable():
        return gram
    return "#" + hashlib.sha256(gram.encode("utf-8", "surrogatepass")).hexdigest()


class SqlStore:
    """The index as it stands now; open a new one for every search (portfolio.search_index.current_store).

    Raises ScreeningError when the index was built from other word lists than this process has: nothing it answered
    would be right.
    """

    def __init__(self) -> None:
        state = IndexState.objects.filter(pk=IndexState.ONLY).first()
        if state is None or state.built_from != stamp():
            raise ScreeningError("the search index is not up to date: run manage.py reindex_inventory")
        self.size = state.entries
        self.owners = state.systems
        self.fingerprint = state.fingerprint

    def frequencies(self, grams: Collection[str]) -> Mapping[str, int]:
        """In how many entries each gram occurs; one query for 5,000."""
        return {gram: entries for gram, (_id, entries, _systems) in _known(grams).items() if entries}

    def search(self, grams: Collection[str], limit: int) -> list[Place]:
        """The best entries, best first; two queries."""
        known = {gram: (number, entries) for gram, (number, entries, _systems) in _known(grams).items()}
        return [(system, code) for system, code in _best(_ENTRIES, known, self.size, limit)]

    def search_owners(self, grams: Collection[str], limit: int) -> list[str]:
        """The systems whose name, aliases and description match best, best first; two queries."""
        known = {gram: (number, systems) for gram, (number, _entries, systems) in _known(grams).items()}
        return [code for (code,) in _best(_SYSTEMS, known, self.owners, limit)]

    def tagged(self, taxonomy: str, domain: str | None, limit: int) -> list[Place]:
        """The first entries that carry this node and this domain, by code; one query."""
        sql = _TAGGED.replace("{c}", _BY_CODE_POINT[connection.vendor])
        return [(system, code) for system, code in _rows(sql, [taxonomy, domain or "", limit])]

    def owned(self, department: str, limit: int) -> list[Place]:
        """The first entries of this department's systems, by code; one query."""
        if not department or "\x00" in department:  # PostgreSQL cannot even compare it
            return []
        sql = _OWNED.replace("{c}", _BY_CODE_POINT[connection.vendor])
        return [(system, code) for system, code in _rows(sql, [department, limit])]

    def systems(self, codes: Collection[str]) -> list[System]:
        """These systems with all their capabilities, in the order of codes; two queries for 500."""
        return inventory(codes)


def changes() -> int:
    """How many changes of the registry the index has seen: grows with every one of them."""
    return IndexState.objects.filter(pk=IndexState.ONLY).values_list("version", flat=True).first() or 0


def changed_since(version: int) -> list[str]:
    """Codes of the systems that were added or changed after `version` (changes() of an earlier moment), by code."""
    return sorted(IndexedSystem.objects.filter(changed_in__gt=version).values_list("code", flat=True))


def _known(grams: Collection[str]) -> dict[str, tuple[int, int, int]]:
    """Gram → its number and frequencies, for those that the table has."""
    by_key = {key_of(gram): gram for gram in grams}
    keys = list(by_key)
    found = {}
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        for number, text, entries, systems in _rows(_KNOWN[connection.vendor], [_list(part)]):
            found[by_key[text]] = (number, entries, systems)
    return found


def _best(names: Mapping[str, str], known: Mapping[str, tuple[int, int]], size: int, limit: int) -> list[Any]:
    chosen = chosen_grams(((count, gram) for gram, (_number, count) in known.items()), size)
    if not chosen or limit < 1:
        return []
    asked = [(known[gram][0], weight(count, size)) for count, gram in chosen]
    pairs = ", ".join(f"({number}, {worth})" for number, worth in asked)  # whole numbers: nothing to escape
    sql = _BEST[connection.vendor].format(**names, asked=pairs).replace("{c}", _BY_CODE_POINT[connection.vendor])
    if connection.vendor == "postgresql":
        numbers, weights = zip(*asked, strict=True)
        return _rows(sql, [list(numbers), list(weights), limit - 1, limit])
    return _rows(sql, [limit - 1, limit])


def _list(values: list[str]) -> Any:
    return values if connection.vendor == "postgresql" else json.dumps(values)


def _rows(sql: str, parameters: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
