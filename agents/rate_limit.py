"""What a provider still grants this process: requests and tokens.

Knows no model and no prompt. Three limits hold at once:

* requests a minute, from the settings: no header of Groq's tells it;
* ``x-ratelimit-*-requests`` and ``x-ratelimit-*-tokens``, as the last answer told them; at Groq
  the first counts a day, the second a minute;
* ``retry-after`` of a refusal: until then nothing is sent at all.

LangChain's `BaseRateLimiter` is no door for this: it is told neither the size of a request nor how
long its caller can wait, so it could only sleep past the deadline.

Source: https://console.groq.com/docs/rate-limits
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Final

from retrieval.domain.errors import WhylensError

__all__ = ["ProviderQuota", "RateLimitReached", "read_duration", "read_retry_after"]

_MINUTE_S: Final = 60.0
_WINDOWS_S: Final = {"requests": 86_400.0, "tokens": _MINUTE_S}
"""How long a spent limit takes to come back when no header says."""
_REFUSALS: Final = frozenset({429, 503})
_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?")
_UNITS_S: Final = (3600.0, 60.0, 1.0, 0.001)


class RateLimitReached(WhylensError):
    """The next request may only be sent later than its caller can wait."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        """Seconds until there is room."""
        super().__init__(
            "the provider's rate limit is used up (429);"
            f" there is room again in about {max(1, round(wait_s))} s"
        )


@dataclass(slots=True)
class _Bucket:
    """What is left of one limit. What was spent comes back evenly."""

    limit: float
    left: float
    per_s: float
    """How much comes back in a second, above 0."""
    told_at: float

    def wait_s(self, amount: float, now: float) -> float:
        # More than the limit never fits; the provider itself has to say so.
        return max(0.0, (min(amount, self.limit) - self._left(now)) / self.per_s)

    def spend(self, amount: float, now: float) -> None:
        self.left, self.told_at = self._left(now) - amount, now

    def _left(self, now: float) -> float:
        return min(self.limit, self.left + (now - self.told_at) * self.per_s)


class ProviderQuota:
    """The limits of one provider and model. Safe between threads and event loops."""

    def __init__(
        self,
        *,
        requests_per_minute: int,
        tokens_per_minute: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start with full limits.

        Args:
            requests_per_minute: Never sent more than this, at least 1.
            tokens_per_minute: Until a header tells; None waits for the header.
            clock: Seconds, never going back.
        """
        self._clock = clock
        self._lock = Lock()
        self._closed_until = clock()
        self._buckets = {"minute": self._full(requests_per_minute)}
        if tokens_per_minute is not None:
            self._buckets["tokens"] = self._full(tokens_per_minute)

    async def admit(self, tokens: int, *, within_s: float) -> None:
        """Wait until a request may be sent, and count it.

        Args:
            tokens: What the request may use, prompt and answer.
            within_s: How long the caller can wait.

        Raises:
            RateLimitReached: There is no room in that time; nothing was waited for.
        """
        ends_at = self._clock() + within_s
        while (wait := self._take(tokens)) > 0.0:
            if self._clock() + wait > ends_at:
                raise RateLimitReached(wait)
            await asyncio.sleep(wait)

    def learn(self, status: int, headers: Mapping[str, str]) -> None:
        """Take the limits from an answer, whatever its status."""
        with self._lock:
            now = self._clock()
            for name in _WINDOWS_S:
                bucket = _told_bucket(name, headers, now)
                if bucket is not None:
                    self._buckets[name] = bucket
            wait = read_retry_after(headers) if status in _REFUSALS else None
            if wait is not None:
                self._closed_until = max(self._closed_until, now + wait)

    def _take(self, tokens: int) -> float:
        """Count a request that may go out now (0), or say how many seconds it has to wait."""
        amounts = {"minute": 1, "requests": 1, "tokens": tokens}
        with self._lock:
            now = self._clock()
            waits = [bucket.wait_s(amounts[name], now) for name, bucket in self._buckets.items()]
            wait = max(self._closed_until - now, *waits)
            if wait <= 0.0:
                for name, bucket in self._buckets.items():
                    bucket.spend(amounts[name], now)
            return wait

    def _full(self, per_minute: int) -> _Bucket:
        return _Bucket(per_minute, per_minute, per_minute / _MINUTE_S, self._clock())


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of ``retry-after``, whether it says seconds or a date; None when it says neither."""
    text = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # not a date, or one without a time zone
        return None


def read_duration(text: str) -> float | None:
    """Seconds of a duration such as ``2m59.56s``, ``7.66s`` or ``12ms``; None for anything else."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    try:
        parts = [float(part or 0) for part in found.groups()]
    except ValueError:
        return None
    return sum(part * unit for part, unit in zip(parts, _UNITS_S, strict=True))


def _told_bucket(name: str, headers: Mapping[str, str], now: float) -> _Bucket | None:
    try:
        limit = float(headers[f"x-ratelimit-limit-{name}"])
        left = float(headers[f"x-ratelimit-remaining-{name}"])
    except (KeyError, ValueError):
        return None
    if limit <= 0:
        return None
    reset_s = read_duration(headers.get(f"x-ratelimit-reset-{name}", ""))
    spent = limit - left
    per_s = spent / reset_s if spent > 0 and reset_s else limit / _WINDOWS_S[name]
    return _Bucket(limit, left, per_s, now)
