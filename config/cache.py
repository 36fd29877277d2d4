"""The cache of a site with Redis: while Redis is silent each process remembers for itself, and no page fails."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

PAUSE = 10.0  # seconds for which a Redis that did not answer is not asked again
log = logging.getLogger(__name__)


class PatientCache(RedisCache):
    """Redis while it answers, else this process's own memory: counters of the sign-in then count for each process."""

    silent_until = 0.0  # of this process, by its monotonic clock

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        """Redis at `server`, and the memory that stands in for it."""
        super().__init__(server, params)
        self.spare = LocMemCache("while-redis-is-silent", {})

    @property
    def is_silent(self) -> bool:
        """Whether Redis did not answer when it was asked last."""
        return time.monotonic() < PatientCache.silent_until


def _either(name: str) -> Callable[..., Any]:
    """The method of Redis, or that of the memory where Redis does not answer."""

    def method(self: PatientCache, *args: Any, **kwargs: Any) -> Any:
        if not self.is_silent:
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                PatientCache.silent_until = time.monotonic() + PAUSE
                log.warning("Redis does not answer, %s: %s", type(error).__name__, error)
        return getattr(self.spare, name)(*args, **kwargs)

    method.__name__ = name
    return method


ASKED = ("add", "get", "set", "touch", "delete", "get_many", "set_many", "delete_many", "has_key", "incr", "clear")
for _name in ASKED:
    setattr(PatientCache, _name, _either(_name))
