import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from agents.rate_limit import ProviderQuota, RateLimitReached, read_duration, read_retry_after


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def told(limit, remaining, reset, *, name="tokens"):
    return {
        f"x-ratelimit-limit-{name}": str(limit),
        f"x-ratelimit-remaining-{name}": str(remaining),
        f"x-ratelimit-reset-{name}": reset,
    }


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def quota(clock):
    return ProviderQuota(requests_per_minute=3, clock=clock)


def wait_of(quota, tokens=100):
    """Seconds until a request of this size would be let through; 0 sends it."""
    try:
        asyncio.run(quota.admit(tokens, within_s=0.0))
    except RateLimitReached as error:
        return error.wait_s
    return 0.0


def test_a_minutes_requests_come_back_evenly(quota, clock):
    assert [wait_of(quota) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert wait_of(quota) == pytest.approx(20.0)
    clock.now += 20.0
    assert wait_of(quota) == 0.0
    assert wait_of(quota) == pytest.approx(20.0)


def test_tokens_are_unlimited_until_a_header_tells(quota):
    assert wait_of(quota, tokens=10**9) == 0.0


def test_a_setting_limits_tokens_until_a_header_tells(clock):
    quota = ProviderQuota(requests_per_minute=99, tokens_per_minute=6000, clock=clock)
    assert wait_of(quota, tokens=6000) == 0.0
    assert wait_of(quota, tokens=1000) == pytest.approx(10.0)
    quota.learn(200, told(8000, 5000, "22.5s"))
    assert wait_of(quota, tokens=5000) == 0.0


def test_what_is_left_and_when_it_is_back_come_from_the_headers(quota, clock):
    quota.learn(200, told(8000, 2000, "45s"))
    assert wait_of(quota, tokens=4000) == pytest.approx(15.0)  # 6000 in 45 s
    clock.now += 15.0
    assert wait_of(quota, tokens=4000) == pytest.approx(0.0)


def test_a_request_beyond_the_limit_is_sent_when_all_of_it_is_back(quota, clock):
    quota.learn(200, told(8000, 0, "60s"))
    assert wait_of(quota, tokens=20_000) == pytest.approx(60.0)
    clock.now += 60.0
    assert wait_of(quota, tokens=20_000) == 0.0


def test_a_days_requests_come_back_one_by_one(quota):
    quota.learn(200, told(1000, 0, "24h0m0s", name="requests"))
    assert wait_of(quota) == pytest.approx(86.4)


def test_a_refusal_closes_the_line_for_as_long_as_it_says(quota, clock):
    quota.learn(429, {"retry-after": "7"})
    quota.learn(429, {"retry-after": "2"})
    assert wait_of(quota) == pytest.approx(7.0)
    clock.now += 7.0
    assert wait_of(quota) == 0.0


def test_retry_after_without_a_refusal_means_nothing(quota):
    quota.learn(200, {"retry-after": "7"})
    assert wait_of(quota) == 0.0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        told("many", 1, "1s"),
        told(0, 0, "1s"),
        {"x-ratelimit-limit-tokens": "8000"},
        {"retry-after": "soon"},
    ],
)
def test_headers_that_say_nothing_change_nothing(quota, headers):
    quota.learn(429, headers)
    assert wait_of(quota, tokens=10**6) == 0.0


def test_a_reset_that_cannot_be_read_counts_by_the_minute(quota):
    quota.learn(200, told(6000, 0, "shortly"))
    assert wait_of(quota, tokens=1000) == pytest.approx(10.0)


def test_a_wait_that_is_short_enough_is_waited_for():
    quota = ProviderQuota(requests_per_minute=600)
    quota.learn(200, told(1000, 0, "1s"))
    asyncio.run(quota.admit(200, within_s=5.0))
    assert wait_of(quota, tokens=200) > 0.1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7.66s", 7.66),
        ("2m59.56s", 179.56),
        ("1h2m3s", 3723.0),
        ("12ms", 0.012),
        ("1m26.4s", 86.4),
        ("0s", 0.0),
        ("", None),
        ("7", None),
        ("1.2.3s", None),
        ("later", None),
    ],
)
def test_durations_are_read_as_groq_writes_them(text, seconds):
    assert read_duration(text) == (None if seconds is None else pytest.approx(seconds))


def test_retry_after_is_seconds_or_a_date():
    assert read_retry_after({"retry-after": "1.5"}) == 1.5
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert read_retry_after({"retry-after": later}) == pytest.approx(30.0, abs=2.0)
    assert read_retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0
    assert read_retry_after({"retry-after": "-3"}) == 0.0
    assert read_retry_after({}) is None
