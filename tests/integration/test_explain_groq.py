"""Explanations written over real HTTP by a server that speaks Groq's protocol."""

import json

import pytest

from agents.build import build_explainer, build_verifier
from agents.evidence_block import read_block
from agents.settings import AgentSettings
from tests.support.groq_answers import explanation_document, honest
from tests.support.groq_server import Reply, Request, groq_server

N = 5


def settings(url, **changes):
    defaults = {
        "provider": "groq",
        "groq_api_key": "gsk-test-not-a-key",
        "groq_base_url": url,
        "request_timeout_s": 5.0,
        "deadline_s": 20.0,
    }
    return AgentSettings(**(defaults | changes))


def spoiling(spoil):
    """Honest, but for what ``spoil`` does to the list's texts."""

    def answer(request: Request) -> Reply:
        answered = explanation_document(request)
        if "reasons" in answered:
            spoil(answered, read_block(request.prompt)["task"])
        return Reply(json.dumps(answered))

    return answer


def assert_complete_and_true(explanation, retrieval):
    verifier = build_verifier(retrieval.bundle)
    by_id = {item.id: item for item in explanation.evidence}
    claims = [*explanation.summary_claims, *(c for t in explanation.themes for c in t.claims)]
    claims += [r.reason for r in explanation.recommendations]
    assert len(explanation.recommendations) == N
    assert explanation.verification.checked == len(claims)
    for claim in claims:
        assert verifier.verify(claim.text, claim.evidence_ids, by_id) == []


def test_a_good_answer_is_used_as_it_is(retrieval):
    with groq_server(honest) as server:
        explanation = build_explainer(retrieval, settings(server.url)).explain("ml:1", n=N)
    assert_complete_and_true(explanation, retrieval)
    assert all("server" in r.reason.text for r in explanation.recommendations)
    counts = explanation.verification
    assert (counts.revised, counts.replaced) == (0, 0)
    assert explanation.provider.model_dump() == {
        "name": "groq",
        "model": "openai/gpt-oss-120b",
        "degraded": False,
        "note": None,
    }
    assert explanation.usage.input_tokens == 100 * len(server.requests)
    assert {node.node for node in explanation.usage.nodes} == {
        "cluster_analyzer",
        "script_analyzer",
        "pattern_synthesizer",
    }
    assert explanation.usage.cost_usd is None  # nobody knows this host's prices


def test_requests_carry_path_model_key_and_a_strict_schema(retrieval):
    with groq_server(honest) as server:
        build_explainer(retrieval, settings(server.url)).explain("ml:1", n=N)
    assert {request.path for request in server.requests} == {"/openai/v1/chat/completions"}
    assert set(server.schemas()) == {"ThemeReadings", "FilmReadings", "ListReasons"}
    for request in server.requests:
        assert request.headers["authorization"] == "Bearer gsk-test-not-a-key"
        assert request.body["model"] == "openai/gpt-oss-120b"
        assert request.body["stream"] is False
        assert request.body["reasoning_effort"] == "low"
        assert None not in request.body.values()
        schema = request.body["response_format"]["json_schema"]
        assert schema["strict"] is True
        assert schema["schema"]["additionalProperties"] is False


def test_a_model_without_schemas_is_shown_the_schema_and_asked_for_json(retrieval):
    chosen = {"groq_model": "qwen/qwen3.6-27b"}
    with groq_server(honest) as server:
        explanation = build_explainer(retrieval, settings(server.url, **chosen)).explain(
            "ml:1", n=N
        )
    assert explanation.verification.replaced == 0
    assert explanation.provider.model == "qwen/qwen3.6-27b"
    for request in server.requests:
        assert request.body["response_format"] == {"type": "json_object"}
        assert "reasoning_effort" not in request.body
        assert "JSON schema" in request.prompt


def test_a_base_url_with_the_client_path_does_not_double_it(retrieval):
    with groq_server(honest) as server:
        build_explainer(retrieval, settings(server.url + "/openai/v1/")).explain("ml:1", n=N)
    assert {request.path for request in server.requests} == {"/openai/v1/chat/completions"}


def test_a_false_claim_that_is_put_right_counts_as_revised(retrieval):
    def spoil(answered, task):
        if "rewrite" not in task:
            answered["reasons"][0]["text"] = "Titanic (1997) gives 99 % of it."

    with groq_server(spoiling(spoil)) as server:
        explanation = build_explainer(retrieval, settings(server.url)).explain("ml:1", n=N)
    assert_complete_and_true(explanation, retrieval)
    assert (explanation.verification.revised, explanation.verification.replaced) == (1, 0)
    assert server.schemas().count("ListReasons") == 2
    rewrite = read_block(server.requests[-1].prompt)["task"]["rewrite"]
    assert len(rewrite) == 1
    assert any("Titanic" in problem for problem in rewrite[0]["problems"])


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("It follows from The Man Who Sold Clouds (1987).", None),
        ("Your nine films give 83 % of it.", None),
        ("It is simply good.", ["contrib:1:2", "made:up"]),
        ("It is simply good.", []),
    ],
    ids=["invented title", "wrong numbers", "unknown ids", "no ids"],
)
def test_a_false_claim_that_stays_false_is_replaced_by_the_evidence(retrieval, text, ids):
    def spoil(answered, task):
        for reason in answered["reasons"]:
            reason["text"] = text
            if ids is not None:
                reason["evidence_ids"] = ids

    with groq_server(spoiling(spoil)) as server:
        explanation = build_explainer(retrieval, settings(server.url)).explain("ml:1", n=N)
    assert_complete_and_true(explanation, retrieval)
    assert explanation.verification.replaced == N
    assert explanation.verification.revised == N
    assert {r.reason.verdict for r in explanation.recommendations} == {"replaced"}
    assert all(text not in r.reason.text for r in explanation.recommendations)
    assert not explanation.provider.degraded
    assert server.schemas().count("ListReasons") == 2


def test_a_film_that_the_model_forgot_still_gets_a_reason(retrieval):
    def spoil(answered, task):
        answered["reasons"] = [r for r in answered["reasons"] if r["movie_id"] != task["films"][0]]

    with groq_server(spoiling(spoil)) as server:
        explanation = build_explainer(retrieval, settings(server.url)).explain("ml:1", n=N)
    assert_complete_and_true(explanation, retrieval)
    assert explanation.recommendations[0].reason.verdict == "replaced"


def test_a_viewer_with_films_that_others_had_costs_one_call(retrieval):
    with groq_server(honest) as server:
        explainer = build_explainer(retrieval, settings(server.url))
        for earlier in ("ml:1", "ml:2"):
            explainer.explain(earlier, n=30)
        cold = len(server.requests)
        explanation = explainer.explain("demo", n=N)
    assert cold > 1
    assert server.schemas()[cold:] == ["ListReasons"]
    written = [
        item
        for item in explanation.evidence
        if item.kind == "note" and item.data.source != "film-notes"
    ]
    assert written
    assert all(item.data.tags == ("slow-burn",) for item in written)
    assert all(item.data.source == "openai/gpt-oss-120b" for item in written)


def test_a_reading_outlives_the_process_that_paid_for_it(retrieval):
    with groq_server(honest) as server:
        first = build_explainer(retrieval, settings(server.url)).explain("demo", n=N)
        cold = len(server.requests)
        second = build_explainer(retrieval, settings(server.url)).explain("demo", n=N)
        assert server.schemas()[cold:] == ["ListReasons"]
        warm = len(server.requests)
        another = settings(server.url, groq_model="another/model")
        build_explainer(retrieval, another).explain("demo", n=N)
        assert len(server.requests) - warm > 1  # another model reads for itself
    notes = [[e for e in x.evidence if e.kind == "note"] for x in (first, second)]
    assert notes[0] == notes[1]


def test_films_are_read_in_batches_and_film_notes_need_no_call(retrieval):
    with groq_server(honest) as server:
        explanation = build_explainer(retrieval, settings(server.url, script_batch_size=3)).explain(
            "ml:1", n=10
        )
    noted = set(retrieval.bundle.film_notes)
    asked = [
        film["movie_id"]
        for request in server.requests
        if request.schema == "FilmReadings"
        for film in read_block(request.prompt)["task"]["films"]
    ]
    listed = [r.movie_id for r in explanation.recommendations]
    assert sorted(asked) == sorted(m for m in listed if m not in noted)
    assert server.schemas().count("FilmReadings") == -(-len(asked) // 3)


def test_an_instruction_in_a_title_stays_data(retrieval):
    with groq_server(honest) as server:
        explanation = build_explainer(retrieval, settings(server.url)).explain(
            "ml:1", n=10, movie_id=3000001
        )
    for request in server.requests:
        system = [m["content"] for m in request.body["messages"] if m["role"] == "system"]
        assert not any("Ignore All Previous" in text for text in system)
        assert request.prompt.count("</evidence>") == 1
    assert explanation.recommendations[0].movie_id == 3000001
    assert explanation.verification.replaced == 0
