"""While a page is put together, what many of its parts ask is looked up once; nothing is kept anywhere else."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Answer = TypeVar("Answer")
_known: ContextVar[dict[Hashable, object] | None] = ContextVar("known_to_the_page", default=None)


@contextmanager
def reading_a_page() -> Iterator[None]:
    """While it lasts, `once` remembers. For pages that only read: a step asks what is in force at that moment."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def is_reading() -> bool:
    """Whether a page is being put together."""
    return _known.get() is not None


def once(key: Hashable, look_up: Callable[[], Answer]) -> Answer:
    """What `look_up` says; within a page it is asked once for each key."""
    known = _known.get()
    if known is None:
        return look_up()
    if key not in known:
        known[key] = look_up()
    return known[key]  # type: ignore[return-value] # kept under a key of its own
