"""Every function of `api.functions` in its own process, beside the whole application."""

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tiny_bundle import write_tiny_bundle

ROOT = Path(__file__).parents[2]
RUN = """
import importlib, json, sys
handler = importlib.import_module(sys.argv[1]).handler
replies = [handler(event, None) for event in json.load(sys.stdin)]
json.dump({"replies": replies, "loaded": sorted(sys.modules)}, sys.stdout)
"""
WHOLE = "api.lambda_handler"
FUNCTIONS = sorted(
    f"api.functions.{path.stem}"
    for path in (ROOT / "api" / "functions").glob("*.py")
    if path.stem not in ("__init__", "cold_start", "handler")
)
# (method, path, query, body), what each function is there for
REQUESTS = {
    "catalog": [
        ("GET", "/api/movies", "query=heat", None),
        ("GET", "/api/movies/6", "", None),
        ("GET", "/api/themes", "", None),
        ("GET", "/api/ready", "", None),
        ("GET", "/api/openapi.json", "", None),
        ("GET", "/", "", None),
        ("GET", "/js/data.js", "", None),
        ("GET", "/nowhere", "", None),
    ],
    "chat": [
        ("POST", "/api/chat", "", {"viewer_id": "ml:1", "message": "why the first one?"}),
        ("GET", "/api/chat/threads", "viewer_id=ml:1", None),
    ],
    "explain": [
        ("GET", "/api/why-not", "viewer_id=ml:1&movie_id=6&n=3", None),
        ("POST", "/api/counterfactuals", "", {"viewer_id": "ml:1", "forget_event_ids": ["ml:1:6"]}),
        ("POST", "/api/explanations", "", {"viewer_id": "ml:1", "n": 3}),
    ],
    "interactions": [
        ("GET", "/api/interactions", "viewer_id=ml:1", None),
        ("POST", "/api/interactions", "", {"viewer_id": "demo", "movie_id": 6, "kind": "watch"}),
    ],
    "onboarding": [
        ("GET", "/api/onboarding", "", None),
        ("POST", "/api/onboarding", "", {"picks": [{"movie_id": 5, "verdict": "liked"}]}),
    ],
    "recommendations": [
        ("GET", "/api/recommendations", "viewer_id=ml:1&n=10", None),
        ("GET", "/api/recommendations", "viewer_id=ml:2&n=5&genres=Drama&diversity=0.7", None),
        ("GET", "/api/recommendations", "viewer_id=ml:9", None),
        ("GET", "/api/recommendations", "viewer_id=ml:1&n=0", None),
    ],
    "taste_profile": [("GET", "/api/taste-profile", "viewer_id=ml:1", None)],
}
PAGES = ["/", "/problems", "/js/data.js", "/css/page.css", "/api/openapi.json"]
# Names and moments that every answer has of its own.
OWN = re.compile(
    r'"(?:id|created_at|as_of|thread_id|event_id|timestamp_ms|latency_ms)":(?:"[^"]*"|[\d.]+)'
)


@pytest.fixture(scope="module")
def recorded() -> dict:
    path = Path(__file__).parent / "apigw_events.json"
    return json.loads(path.read_text(encoding="utf-8"))["recommendations"]


def _event(recorded: dict, method: str, path: str, query: str, body: dict | None) -> dict:
    event = copy.deepcopy(recorded)
    event |= {"rawPath": path, "rawQueryString": query}
    event["requestContext"]["http"] |= {"method": method, "path": path}
    event["headers"] |= {"x-request-id": "the-same", "idempotency-key": "k" * 32}
    if body is not None:
        event["headers"]["content-type"] = "application/json"
        event["body"] = json.dumps(body)
    return event


def _invoke(module: str, home: Path, events: list[dict]) -> dict:
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, module],
        input=json.dumps(events),
        env={**os.environ, "WHYLENS_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_tiny_bundle(tmp_path / "home")
    return tmp_path / "home"


def test_every_function_is_asked_here() -> None:
    assert [f"api.functions.{name}" for name in sorted(REQUESTS)] == FUNCTIONS


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_a_function_answers_its_routes_as_the_whole_application_does(
    name: str, recorded: dict, tmp_path: Path
) -> None:
    events = [_event(recorded, *request) for request in REQUESTS[name]]
    answers = []
    for module in (f"api.functions.{name}", WHOLE):
        write_tiny_bundle(tmp_path / module)
        answers.append(_invoke(module, tmp_path / module, events)["replies"])
    part, whole = answers
    for request, ours, theirs in zip(REQUESTS[name], part, whole, strict=True):
        assert ours["statusCode"] == theirs["statusCode"], request
        assert OWN.sub("", ours["body"]) == OWN.sub("", theirs["body"]), request
        if request[1] not in ("/api/explanations", "/api/chat"):  # these name their ids
            assert ours["headers"] == theirs["headers"], request
    assert part[0]["statusCode"] == 200


def test_a_list_is_made_without_what_it_does_not_need(recorded: dict, home: Path) -> None:
    loaded = _invoke("api.functions.recommendations", home, [recorded])["loaded"]
    unneeded = {
        *("agents", "boto3", "botocore", "chromadb", "groq", "httpx", "langchain_core"),
        *("langchain_groq", "langgraph", "langsmith", "pandas", "pyarrow", "pyspark", "rapidfuzz"),
        *("retrieval.evidence", "retrieval.domain.evidence", "rich", "scipy", "sklearn"),
        *("training", "typer", "uvicorn"),
    }
    assert unneeded.isdisjoint(loaded)


def test_every_route_is_served_by_exactly_one_function(recorded: dict, tmp_path: Path) -> None:
    write_tiny_bundle(tmp_path / WHOLE)
    asked = _event(recorded, "GET", "/api/openapi.json", "", None)
    described = json.loads(_invoke(WHOLE, tmp_path / WHOLE, [asked])["replies"][0]["body"])
    routes = [
        (method.upper(), re.sub(r"\{\w+\}", "1", path))
        for path, operations in described["paths"].items()
        for method in operations
    ]
    routes += [("GET", path) for path in PAGES]
    events = [_event(recorded, method, path, "", None) for method, path in routes]
    served: dict[tuple[str, str], list[str]] = {route: [] for route in routes}
    for module in FUNCTIONS:
        write_tiny_bundle(tmp_path / module)
        replies = _invoke(module, tmp_path / module, events)["replies"]
        for route, reply in zip(routes, replies, strict=True):
            if not _is_refused(reply):
                served[route].append(module)
    assert len(routes) > 20
    assert {route: by for route, by in served.items() if len(by) != 1} == {}


def _is_refused(reply: dict) -> bool:
    """Whether there is no such route, which is not the same as no such film."""
    if reply["headers"]["content-type"] != "application/problem+json":
        return reply["statusCode"] == 404
    kind = json.loads(reply["body"])["type"]
    return kind in ("/problems#not-found", "/problems#method-not-allowed")
