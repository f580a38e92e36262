"""The provider's limits are kept by every call of the process, and never waited for too long."""

import asyncio
import threading
import time

import pytest

from agents.build import build_explainer
from agents.settings import AgentSettings
from tests.support.groq_answers import honest
from tests.support.groq_server import Reply, groq_server

N = 5


def settings(url, **changes):
    defaults = {
        "provider": "groq",
        "groq_api_key": "gsk-test-not-a-key",
        "groq_base_url": url,
        "deadline_s": 20.0,
    }
    return AgentSettings(**(defaults | changes))


def telling(**told):
    """An honest server whose answers carry rate limit headers."""
    headers = {f"x-ratelimit-{name.replace('_', '-')}": value for name, value in told.items()}

    def answer(request):
        return Reply(honest(request).content, headers=headers)

    return answer


def timed(retrieval, chosen):
    started = time.perf_counter()
    answer = build_explainer(retrieval, chosen).explain("ml:1", n=N)
    return answer, time.perf_counter() - started


def test_after_a_refusal_no_explanation_asks_before_the_time_is_over(retrieval):
    refused = Reply(status=429, headers={"retry-after": "90"})
    with groq_server(lambda request: refused) as server:
        answers = [timed(retrieval, settings(server.url)) for _ in range(3)]
        assert len(server.requests) == 1
    for answer, took_s in answers:
        assert answer.provider.degraded
        assert "rate limit" in (answer.provider.note or "")
        assert took_s < 3.0  # not waited for: it ends after the deadline


def test_spent_tokens_are_waited_for_when_they_come_back_in_time(retrieval):
    spent = telling(
        limit_tokens="8000", remaining_tokens="0", reset_tokens="1s", limit_requests="1000"
    )
    with groq_server(spent) as server:
        answer, took_s = timed(retrieval, settings(server.url, max_concurrency=1))
    assert not answer.provider.degraded
    assert len(server.requests) >= 3
    assert took_s > 0.5 * (len(server.requests) - 1)


def test_spent_tokens_that_come_back_too_late_are_not_waited_for(retrieval):
    spent = telling(limit_tokens="8000", remaining_tokens="10", reset_tokens="5m0s")
    with groq_server(spent) as server:
        answer, took_s = timed(retrieval, settings(server.url, deadline_s=5.0))
    assert answer.provider.degraded
    assert "room again in" in (answer.provider.note or "")
    assert len(server.requests) == 1
    assert took_s < 3.0


def test_a_day_without_requests_left_is_not_asked_about_again(retrieval):
    over = telling(limit_requests="1000", remaining_requests="0", reset_requests="24h0m0s")
    with groq_server(over) as server:
        for _ in range(2):
            answer, _ = timed(retrieval, settings(server.url))
            assert answer.provider.degraded
    assert len(server.requests) == 1


def test_the_requests_a_minute_hold_for_all_threads_together(retrieval):
    chosen = {"requests_per_minute": 4, "deadline_s": 8.0}
    with groq_server(honest) as server:
        work = [
            threading.Thread(target=timed, args=(retrieval, settings(server.url, **chosen)))
            for _ in range(6)
        ]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
    assert len(server.requests) == 4


@pytest.mark.parametrize("model", ["openai/gpt-oss-120b", "openai/gpt-oss-20b"])
def test_another_model_has_limits_of_its_own(retrieval, model):
    def refusing(request):
        if request.body["model"] == "openai/gpt-oss-120b":
            return Reply(status=429, headers={"retry-after": "90"})
        return honest(request)

    with groq_server(refusing) as server:
        timed(retrieval, settings(server.url))
        answer, _ = timed(retrieval, settings(server.url, groq_model=model))
    assert answer.provider.degraded == (model == "openai/gpt-oss-120b")


def test_cancelling_while_a_limit_is_waited_for_ends_the_wait(retrieval):
    spent = telling(limit_tokens="8000", remaining_tokens="0", reset_tokens="20s")

    async def cancel(server):
        explainer = build_explainer(retrieval, settings(server.url))
        task = asyncio.ensure_future(explainer.aexplain("ml:1", n=N))
        while not server.requests:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with groq_server(spent) as server:
        started = time.perf_counter()
        asyncio.run(cancel(server))
        assert time.perf_counter() - started < 3.0
    assert len(server.requests) == 1
