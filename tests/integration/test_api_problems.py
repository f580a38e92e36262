import pytest
from fastapi.testclient import TestClient

from retrieval.build import Retrieval
from retrieval.domain.errors import StateConflict, StateUnavailable

JSON = {"Content-Type": "application/json"}
CLICK = {"viewer_id": "demo", "movie_id": 6, "kind": "click"}


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "slug"),
    [
        ("GET", "/api/recommendations?viewer_id=nobody", {}, 404, "unknown-viewer"),
        ("GET", "/api/recommendations?viewer_id=ml:99999", {}, 404, "unknown-viewer"),
        ("GET", "/api/recommendations?viewer_id=demo&n=0", {}, 422, "invalid-request"),
        ("GET", "/api/recommendations", {}, 422, "invalid-request"),
        ("GET", "/api/movies/999999", {}, 404, "unknown-movie"),
        ("GET", "/api/movies/x", {}, 422, "invalid-request"),
        ("GET", "/api/why-not?viewer_id=demo&movie_id=999999", {}, 404, "unknown-movie"),
        ("GET", "/api/explanations/none", {}, 404, "unknown-explanation"),
        ("GET", "/api/interactions?viewer_id=demo&cursor=%21", {}, 400, "bad-input"),
        ("GET", "/api/interactions?viewer_id=demo&cursor=WzFd", {}, 400, "bad-input"),
        ("GET", "/api/nothing-here", {}, 404, "not-found"),
        ("POST", "/api/nothing-here", {}, 404, "not-found"),
        ("PUT", "/api/recommendations", {}, 405, "method-not-allowed"),
        ("GET", "/api/chat", {}, 405, "method-not-allowed"),
        ("POST", "/api/interactions", {"content": "{", "headers": JSON}, 400, "bad-request"),
        (
            "POST",
            "/api/interactions",
            {"content": b"\xff\xfe", "headers": JSON},
            400,
            "bad-request",
        ),
        ("POST", "/api/interactions", {"content": "{}"}, 415, "not-json"),
        ("POST", "/api/interactions", {"json": CLICK | {"movie_id": 999999}}, 404, "unknown-movie"),
        ("POST", "/api/interactions", {"json": CLICK | {"rating": 4}}, 422, "invalid-interaction"),
        ("POST", "/api/interactions", {"json": CLICK | {"kind": "stare"}}, 422, "invalid-request"),
        ("POST", "/api/interactions", {"json": CLICK | {"extra": 1}}, 422, "invalid-request"),
        (
            "POST",
            "/api/interactions",
            {"json": CLICK | {"viewer_id": "ml:1"}},
            403,
            "read-only-viewer",
        ),
        ("DELETE", "/api/interactions/none?viewer_id=demo", {}, 404, "unknown-event"),
        ("DELETE", "/api/interactions/none?viewer_id=ml:1", {}, 403, "read-only-viewer"),
        ("POST", "/api/counterfactuals", {"json": {"viewer_id": "demo"}}, 422, "invalid-request"),
        (
            "POST",
            "/api/counterfactuals",
            {"json": {"viewer_id": "demo", "forget_event_ids": ["none"]}},
            404,
            "unknown-event",
        ),
    ],
)
def test_every_error_is_a_problem(
    client: TestClient, method: str, path: str, options: dict, status: int, slug: str
) -> None:
    response = client.request(method, path, **options)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == f"/problems#{slug}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == path.partition("?")[0]
    assert problem["request_id"] == response.headers["x-request-id"]


def test_refused_fields_are_named(client: TestClient) -> None:
    response = client.post("/api/interactions", json={"movie_id": 0, "kind": "click"})
    fields = {item["field"] for item in response.json()["errors"]}
    assert fields == {"body.viewer_id", "body.movie_id"}


def test_the_allowed_methods_are_told(client: TestClient) -> None:
    assert client.put("/api/why-not").headers["allow"] == "GET"


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_refused(client: TestClient, announced: bool) -> None:
    large = b" " * 70_000
    content = large if announced else iter([large[:40_000], large[40_000:]])
    response = client.post("/api/chat", content=content, headers=JSON)
    assert response.status_code == 413
    assert response.json()["type"] == "/problems#body-too-large"
    assert response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("error", "status"), [(StateConflict("busy"), 409), (StateUnavailable("disk full"), 503)]
)
def test_trouble_with_the_state_can_be_tried_again(
    client: TestClient,
    retrieval: Retrieval,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(retrieval.profiles, "record", fail)
    response = client.post("/api/interactions", json=CLICK)
    assert response.status_code == status
    assert response.json()["detail"] == str(error)
    assert response.headers["retry-after"] == "1"


def test_a_crash_tells_no_internals_and_is_logged_with_its_request(
    client: TestClient,
    retrieval: Retrieval,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("secret path /home/me")

    monkeypatch.setattr(retrieval.recommender, "recommend", crash)
    response = client.get(
        "/api/recommendations?viewer_id=demo", headers={"X-Request-Id": "trace-7"}
    )
    assert response.status_code == 500
    assert response.json()["type"] == "/problems#internal"
    assert "secret" not in response.text
    assert response.json()["request_id"] == response.headers["x-request-id"] == "trace-7"
    assert "trace-7" in caplog.text
    assert "secret path" in caplog.text


def test_a_request_id_that_could_forge_a_log_line_is_replaced(client: TestClient) -> None:
    given = "a b;c" * 30
    response = client.get("/api/health", headers={"X-Request-Id": given})
    assert response.headers["x-request-id"] != given


def test_people_get_a_page_instead_of_json(client: TestClient) -> None:
    response = client.get("/no<script>such")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "<script>" not in response.text
    problems = client.get("/problems")
    assert 'id="unknown-movie"' in problems.text
