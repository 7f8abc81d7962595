"""How often a key may ask: sliding windows in Redis, the same for every gateway process.

Answers tell of them as the draft `RateLimit header fields for HTTP` says: `RateLimit-Policy` what is allowed,
`RateLimit` what is left.
"""

import math
import time
from dataclasses import dataclass

import redis
from limits import RateLimitItem, parse
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from shared.errors import RateLimitedError
from shared.settings import Settings

_PREFIX = "eg:limit"


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a request.

    Attributes:
        headers: What its answer is to tell of the limits.
        refusal: The error when it was one too many.
    """

    headers: dict[str, str]
    refusal: RateLimitedError | None = None


class Limiter:
    """Counts requests and creations of each key.

    Args:
        config: Says how many are allowed.
        client: Where they are counted. Its errors (`redis.RedisError`) pass through.
    """

    def __init__(self, config: Settings, client: redis.Redis) -> None:
        uri = config.redis_url.get_secret_value()
        storage = RedisStorage(uri, connection_pool=client.connection_pool, key_prefix=_PREFIX)
        self._windows = SlidingWindowCounterRateLimiter(storage)
        self._all = {"requests": _item(config.request_limit)}
        self._creating = {**self._all, "jobs": _item(config.create_limit)}

    def count(self, key: str, *, creates: bool) -> Counted:
        """Count a request of `key`, as a creation too where it `creates` something."""
        policies, left, refusal = [], [], None
        for name, item in (self._creating if creates else self._all).items():
            if item is None or refusal:
                continue
            allowed = self._windows.hit(item, name, key)
            stats = self._windows.get_window_stats(item, name, key)
            reset = max(1, math.ceil(stats.reset_time - time.time()))
            policies.append(f'"{name}";q={item.amount};w={item.get_expiry()}')
            left.append(f'"{name}";r={max(0, stats.remaining)};t={reset}')
            if not allowed:
                told = f"At most {item.amount} {name} in {item.get_expiry()} s."
                refusal = RateLimitedError(told, retry_after=reset)
        told_of = {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(left)}
        return Counted(told_of if policies else {}, refusal)


def _item(text: str) -> RateLimitItem | None:
    return None if text == "0" else parse(text)
