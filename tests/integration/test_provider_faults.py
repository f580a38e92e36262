"""Whatever a provider does wrong, the answer is complete, marked, in time, and without a storm.

Explanations and the chat go through the same faults with the real client, over real HTTP.
"""

import asyncio
import logging
import time

import pytest

from agents.build import build_chat, build_explainer, build_verifier
from agents.settings import AgentSettings
from tests.support.groq_answers import honest
from tests.support.groq_server import Reply, groq_server, unused_url

N = 5
KEY = "gsk-test-not-a-key"
QUESTION = "why not The Godfather?"


def settings(url, **changes):
    defaults = {
        "provider": "groq",
        "groq_api_key": KEY,
        "groq_base_url": url,
        "request_timeout_s": 5.0,
        "deadline_s": 20.0,
    }
    return AgentSettings(**(defaults | changes))


class Explaining:
    """The explanation of a list."""

    def __init__(self, retrieval, home):
        self.retrieval = retrieval

    async def answer(self, chosen):
        return await build_explainer(self.retrieval, chosen).aexplain("ml:1", n=N)

    def claims(self, answer):
        assert len(answer.recommendations) == N
        return [
            *answer.summary_claims,
            *(claim for theme in answer.themes for claim in theme.claims),
            *(recommendation.reason for recommendation in answer.recommendations),
        ]


class Chatting:
    """One turn of the chat."""

    def __init__(self, retrieval, home):
        self.retrieval, self.home = retrieval, home

    async def answer(self, chosen):
        chat = build_chat(self.retrieval, chosen, home=self.home)
        return await chat.ask("demo", QUESTION)

    def claims(self, answer):
        assert answer.intent == "why_not"
        assert "The Godfather (1972)" in answer.text
        return answer.claims


@pytest.fixture(params=[Explaining, Chatting])
def surface(request, retrieval, tiny_home):
    return request.param(retrieval, tiny_home)


def answer_of(surface, chosen):
    return asyncio.run(surface.answer(chosen))


def assert_complete_and_true(surface, answer):
    verifier = build_verifier(surface.retrieval.bundle)
    by_id = {item.id: item for item in answer.evidence}
    claims = surface.claims(answer)
    assert claims
    for claim in claims:
        assert verifier.verify(claim.text, claim.evidence_ids, by_id) == []


def assert_degraded(answer, reason):
    assert answer.provider.degraded
    assert reason in (answer.provider.note or "")
    assert "offline" in (answer.provider.note or "")
    assert sum(node.fallbacks for node in answer.usage.nodes) > 0


def refusal(status, code):
    return Reply(status=status, error={"message": "m", "code": code})


WAITS = Reply(status=429, headers={"retry-after": "0.4"})
FAULTS = {
    "malformed JSON": (Reply('{"themes": [{"theme'), 2, "JSON object"),
    "not JSON": (Reply("Sure! Here are your films."), 2, "JSON object"),
    "wrong shape": (Reply('{"films": 3}'), 2, "JSON object"),
    "truncated": (Reply('{"themes": []}', finish_reason="length"), 2, "cut off"),
    "body is no JSON": (Reply(raw=b"<html>busy</html>"), 2, "could not be read"),
    "no choices": (Reply(raw=b'{"choices": []}'), 2, "could not be read"),
    "400, its own JSON is bad": (refusal(400, "json_validate_failed"), 2, "JSON object"),
    "429": (Reply(status=429), 3, "rate limit"),
    "429, soon": (WAITS, 3, "rate limit"),
    "429, much later": (Reply(status=429, headers={"retry-after": "120"}), 1, "120 s"),
    "500": (Reply(status=500), 3, "status 500"),
    "503": (Reply(status=503), 3, "status 503"),
    "401": (Reply(status=401), 1, "GROQ_API_KEY"),
    "403": (Reply(status=403), 1, "GROQ_API_KEY"),
    "404, no model": (refusal(404, "model_not_found"), 1, "'openai/gpt-oss-120b'"),
    "404, no such path": (Reply(status=404), 1, "GROQ_BASE_URL"),
    "400": (Reply(status=400), 1, "status 400"),
    "400, retired model": (refusal(400, "model_decommissioned"), 1, "GROQ_MODEL"),
    "413": (Reply(status=413), 1, "WHYLENS_MAX_OUTPUT_TOKENS"),
    "closed connection": (Reply(hang_up=True), 3, "could not be reached"),
    "cut body": (Reply(cut=True), 3, "could not be reached"),
    "nothing until the timeout": (Reply(delay_s=5.0), 3, "in time"),
}
"""Answer to every request; requests in all, of three that are allowed; what the reader is told."""


@pytest.mark.parametrize(("fault", "requests", "reason"), FAULTS.values(), ids=FAULTS)
def test_a_fault_ends_in_a_complete_marked_answer_without_a_storm(
    surface, fault, requests, reason, caplog
):
    caplog.set_level(logging.DEBUG)
    with groq_server(lambda request: fault) as server:
        chosen = settings(server.url, max_attempts=3, request_timeout_s=0.5, deadline_s=8.0)
        started = time.perf_counter()
        answer = answer_of(surface, chosen)
        took_s = time.perf_counter() - started
    assert_complete_and_true(surface, answer)
    assert_degraded(answer, reason)
    assert len(server.requests) == requests
    assert took_s < 8.0
    assert reason in caplog.text  # the operator is told, once
    assert sum(record.levelno >= logging.WARNING for record in caplog.records) == 1
    assert KEY not in answer.model_dump_json() + caplog.text


def test_a_good_provider_leaves_nothing_marked(surface):
    with groq_server(honest) as server:
        answer = answer_of(surface, settings(server.url))
    assert_complete_and_true(surface, answer)
    assert not answer.provider.degraded
    assert answer.verification.replaced == answer.verification.revised == 0
    assert sum(node.calls for node in answer.usage.nodes) == len(server.requests)
    assert sum(node.fallbacks for node in answer.usage.nodes) == 0


@pytest.mark.parametrize(
    "fault",
    [Reply(status=503), WAITS, Reply(cut=True), Reply("no JSON")],
    ids=["503", "429, soon", "cut", "malformed"],
)
def test_a_fault_that_heals_is_retried_and_leaves_no_trace(surface, fault):
    with groq_server(honest) as server:
        server.script.append(fault)
        answer = answer_of(surface, settings(server.url))
    assert_complete_and_true(surface, answer)
    assert not answer.provider.degraded
    assert answer.verification.replaced == 0


def test_a_refused_connection_gives_a_complete_marked_answer(surface):
    answer = answer_of(surface, settings(unused_url()))
    assert_complete_and_true(surface, answer)
    assert_degraded(answer, "could not be reached")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"deadline_s": 0.4}, "deadline"), ({"node_timeout_s": 0.4}, "longer than 0.4 s")],
    ids=["of the run", "of a node"],
)
def test_a_time_limit_ends_the_wait(surface, changes, reason):
    with groq_server(lambda request: Reply(delay_s=5.0)) as server:
        started = time.perf_counter()
        answer = answer_of(surface, settings(server.url, **changes))
        took_s = time.perf_counter() - started
    assert_complete_and_true(surface, answer)
    assert_degraded(answer, reason)
    assert took_s < 2.5
    assert len(server.requests) == 1
    assert server.disconnects == 1


def test_what_was_written_before_the_deadline_stays(retrieval, tiny_home):
    """The themes and films are read in time; the list's texts are not."""
    with groq_server(
        lambda request: Reply(delay_s=5.0) if request.schema == "ListReasons" else honest(request)
    ) as server:
        answer = answer_of(Explaining(retrieval, tiny_home), settings(server.url, deadline_s=2.0))
    nodes = {node.node: node for node in answer.usage.nodes}
    assert nodes["cluster_analyzer"].fallbacks == nodes["script_analyzer"].fallbacks == 0
    assert nodes["pattern_synthesizer"].fallbacks >= 1
    read = [e for e in answer.evidence if e.kind == "note" and e.data.source != "film-notes"]
    assert {e.data.source for e in read} == {"openai/gpt-oss-120b"}
    assert_degraded(answer, "deadline")


@pytest.mark.parametrize(
    "fault",
    [Reply(status=500), Reply(status=429), WAITS, Reply("no JSON"), Reply(cut=True)],
    ids=["500", "429", "429, soon", "malformed", "cut"],
)
def test_a_fault_in_the_fan_out_stays_with_the_calls_that_run_at_once(retrieval, tiny_home, fault):
    """Nine films in nine requests, three at once: nobody else tries what has failed."""
    with groq_server(
        lambda request: fault if request.schema == "FilmReadings" else honest(request)
    ) as server:
        chosen = settings(server.url, script_batch_size=1, max_concurrency=3, max_attempts=2)
        explanation = build_explainer(retrieval, chosen).explain("ml:1", n=10)
    assert len(explanation.recommendations) == 10
    assert_degraded(explanation, "")
    assert server.schemas().count("FilmReadings") <= 6
    assert "ListReasons" not in server.schemas()  # the run has given the provider up
    nodes = {node.node: node.fallbacks for node in explanation.usage.nodes}
    assert nodes["cluster_analyzer"] == 0
    assert nodes["script_analyzer"] >= 6
    assert nodes["pattern_synthesizer"] == 1


def test_cancelling_hangs_up_and_sends_nothing_more(surface):
    async def cancel(chosen, server):
        task = asyncio.ensure_future(surface.answer(chosen))
        while not server.requests:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.5)

    with groq_server(lambda request: Reply(delay_s=10.0)) as server:
        started = time.perf_counter()
        asyncio.run(cancel(settings(server.url), server))
        assert time.perf_counter() - started < 5.0
    assert server.disconnects == len(server.requests) == 1
