"""Other methods doing retrieval alone on the same synthetic capabilities: what the engine's speed is compared with."""

from __future__ import annotations

import importlib
import os
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from duplicates.normalise import normalise
from duplicates.segment import terms

HIT = 20
MOST_FUZZY = 200_000  # comparing with every row takes minutes beyond that
DATABASE = "postgresql://postgres@127.0.0.1:5432/test"
Rows = Sequence[Sequence[str]]
Search = Callable[[str], list[str]]


class Absent(Exception):
    """A method that cannot be measured here; the message says why."""


def measure(rows: Rows, questions: Sequence[tuple[list[str], list[str]]]) -> dict[str, dict[str, Any]]:
    """Name → {retrieval_ms for one proposal (median), hit20}, or {skipped: why}.

    ``questions``: per proposal its texts and the codes of the rows they were made from (C and the row's number).
    """
    found: dict[str, dict[str, Any]] = {}
    for name, method in METHODS.items():
        try:
            with method(rows) as search:
                found[name] = _figures(search, questions)
        except Absent as error:
            found[name] = {"skipped": str(error)}
    return found


def _figures(search: Search, questions: Sequence[tuple[list[str], list[str]]]) -> dict[str, Any]:
    spent, hits, total = [], 0, 0
    for texts, sources in questions:
        start = time.perf_counter()
        answers = [search(text) for text in texts]
        spent.append((time.perf_counter() - start) * 1000)
        hits += sum(source in answer for source, answer in zip(sources, answers, strict=True))
        total += len(sources)
    return {"retrieval_ms": round(statistics.median(spent), 2), "hit20": round(hits / total, 4)}


def _words(text: str) -> list[str]:
    normal = normalise(text)
    return [normal.text[term.start : term.end] for term in terms(normal)]


@contextmanager
def fts5(rows: Rows) -> Iterator[Search]:
    """SQLite's full-text index over the words the texts were made of."""
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table caps using fts5(words, tokenize = 'unicode61')")
    numbered = ((number, " ".join(row)) for number, row in enumerate(rows, 1))
    base.executemany("insert into caps(rowid, words) values (?, ?)", numbered)

    def search(text: str) -> list[str]:
        words = " OR ".join(f'"{term}"' for term in _words(text))
        query = "select rowid from caps where caps match ? order by rank limit ?"
        return [f"C{row[0] - 1}" for row in base.execute(query, (words or '""', HIT))]

    yield search
    base.close()


@contextmanager
def ts_rank(rows: Rows) -> Iterator[Search]:
    """PostgreSQL's full-text index (GIN, any word, ts_rank), in a temporary table."""
    address = os.environ.get("DATABASE_URL", "")
    address = address if address.startswith("postgres") else DATABASE
    try:
        psycopg = importlib.import_module("psycopg")
        base = psycopg.connect(address, connect_timeout=3)
    except Exception as error:  # no driver, no server, another database: whatever it is, the peer is absent
        raise Absent(f"PostgreSQL is not there ({type(error).__name__})") from None
    with base, base.cursor() as cursor:
        cursor.execute("create temporary table caps (id int, words tsvector)")
        with cursor.copy("copy caps (id, words) from stdin") as copy:
            for number, row in enumerate(rows):
                copy.write_row((number, " ".join(f"'{word}'" for word in sorted(set(row)))))
        cursor.execute("create index on caps using gin (words)")
        cursor.execute("analyze caps")

        def search(text: str) -> list[str]:
            words = " | ".join(f"'{word}'" for word in _words(text) if "'" not in word and "\\" not in word)
            query = (
                "select id from caps, to_tsquery('simple', %s) q where words @@ q "
                "order by ts_rank(words, q) desc limit %s"
            )
            cursor.execute(query, (words, HIT))
            return [f"C{row[0]}" for row in cursor.fetchall()]

        yield search
        base.rollback()


@contextmanager
def rapidfuzz(rows: Rows) -> Iterator[Search]:
    """The edit ratio with every row."""
    if len(rows) > MOST_FUZZY:
        raise Absent(f"compares with every row: not run above {MOST_FUZZY:,}")
    try:
        module = importlib.import_module("rapidfuzz")
    except ImportError:
        raise Absent("rapidfuzz is not installed (requirements/dev.txt)") from None
    joined = ["".join(row) for row in rows]

    def search(text: str) -> list[str]:
        found = module.process.extract(text, joined, scorer=module.fuzz.ratio, limit=HIT)
        return [f"C{number}" for _, _, number in found]

    yield search


METHODS = {"sqlite_fts5": fts5, "pg_ts_rank": ts_rank, "rapidfuzz_ratio": rapidfuzz}
