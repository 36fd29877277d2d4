"""Vectors of texts kept in the database: computed once for a text and an encoder, by whichever process needs them."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from duplicates.encoders import Encoder, Vectors
from projects.models import TextVector

BATCH = 500  # keys per query: SQLite takes at most 32,766 parameters, and plans well below that

_keeps = ContextVar("keeps_vectors", default=True)


@contextmanager
def nothing_kept() -> Iterator[None]:
    """For texts that are still being typed: their vectors are used once and not stored."""
    token = _keeps.set(False)
    try:
        yield
    finally:
        _keeps.reset(token)


class StoredEncoder:
    """An encoder that asks the table first. Half precision on both ways, so stored and fresh vectors are the same."""

    def __init__(self, inner: Encoder) -> None:
        self.name = inner.name
        self._inner = inner

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text; what is missing is encoded and stored."""
        keys = [key_of(text) for text in texts]
        known = self._stored(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            known.update(self._fresh(missing))
        return np.stack([known[key] for key in keys]).astype(np.float32)

    def _stored(self, keys: list[str]) -> dict[str, np.ndarray]:
        wanted, found = sorted(set(keys)), {}
        for start in range(0, len(wanted), BATCH):
            rows = TextVector.objects.filter(encoder=self.name, key__in=wanted[start : start + BATCH])
            for key, vector in rows.values_list("key", "vector"):
                found[key] = np.frombuffer(bytes(vector), dtype=np.float16)
        return found

    def _fresh(self, missing: dict[str, str]) -> dict[str, np.ndarray]:
        vectors = self._inner.encode(list(missing.values())).astype(np.float16)
        fresh = dict(zip(missing, vectors, strict=True))
        if _keeps.get() and np.isfinite(vectors).all():  # what a broken encoder says must not outlive it
            store(self.name, fresh)
        return fresh


def key_of(text: str) -> str:
    """SHA-256 of the text: a changed text is another key, so no vector is ever out of date."""
    return hashlib.sha256(text.encode()).hexdigest()


def store(encoder: str, vectors: dict[str, np.ndarray]) -> int:
    """Add vectors that are not there yet; two processes may compute the same text, and the first one's stays."""
    present = set(TextVector.objects.filter(encoder=encoder, key__in=list(vectors)).values_list("key", flat=True))
    rows = [
        TextVector(encoder=encoder, key=key, vector=np.asarray(vector, dtype=np.float16).tobytes())
        for key, vector in vectors.items()
        if key not in present
    ]
    TextVector.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
