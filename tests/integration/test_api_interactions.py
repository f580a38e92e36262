from fastapi.testclient import TestClient

WATCH = {"viewer_id": "demo", "movie_id": 6, "kind": "watch"}


def _top(client: TestClient) -> list[int]:
    body = client.get("/api/recommendations?viewer_id=demo").json()
    return [item["movie_id"] for item in body["recommendations"]]


def _log(client: TestClient, query: str = "") -> dict:
    return client.get(f"/api/interactions?viewer_id=demo{query}").json()


def test_an_interaction_changes_the_next_list_and_says_so(client: TestClient) -> None:
    before = _top(client)
    response = client.post("/api/interactions", json=WATCH | {"movie_id": before[0]})
    assert response.status_code == 201
    body = response.json()
    assert body["event"]["movie_id"] == before[0]
    assert [item["movie_id"] for item in body["top"]] == _top(client)
    assert before[0] not in _top(client)


def test_the_same_key_records_once_and_returns_the_same_event(client: TestClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = client.post("/api/interactions", json=WATCH, headers=key)
    count = _log(client)["total"]
    second = client.post("/api/interactions", json=WATCH, headers=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["duplicate"] is True
    assert second.json()["event"]["event_id"] == first.json()["event"]["event_id"]
    assert second.json()["version"] == first.json()["version"]
    assert _log(client)["total"] == count


def test_a_key_does_not_stand_for_two_interactions(client: TestClient) -> None:
    key = {"Idempotency-Key": "k-2"}
    client.post("/api/interactions", json=WATCH, headers=key)
    other = client.post("/api/interactions", json=WATCH | {"kind": "click"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems#invalid-interaction")


def test_without_a_key_two_interactions_are_two(client: TestClient) -> None:
    events = [client.post("/api/interactions", json=WATCH).json()["event"] for _ in range(2)]
    assert events[0]["event_id"] != events[1]["event_id"]


def test_forgetting_does_what_its_preview_said(client: TestClient) -> None:
    event_id = _log(client)["items"][0]["event_id"]
    preview = client.post(
        "/api/counterfactuals", json={"viewer_id": "demo", "forget_event_ids": [event_id]}
    ).json()
    assert preview["saved"] is False
    assert [item["movie_id"] for item in preview["before"]] == _top(client)
    result = client.delete(f"/api/interactions/{event_id}?viewer_id=demo")
    assert result.status_code == 200
    after = [item["movie_id"] for item in preview["after"]]
    assert [item["movie_id"] for item in result.json()["top"]] == after == _top(client)
    again = client.delete(f"/api/interactions/{event_id}?viewer_id=demo")
    assert again.status_code == 404


def test_a_rating_on_trial_saves_nothing(client: TestClient) -> None:
    before = _top(client)
    rating = {"movie_id": before[0], "rating": 1.0}
    preview = client.post("/api/counterfactuals", json={"viewer_id": "demo", "rate": rating})
    assert before[0] not in [item["movie_id"] for item in preview.json()["after"]]
    assert _top(client) == before


def test_pages_of_the_history_meet_without_gap_or_overlap(client: TestClient) -> None:
    whole = [item["event_id"] for item in _log(client, "&limit=200")["items"]]
    pages, cursor = [], ""
    while True:
        page = _log(client, f"&limit=5{cursor}")
        pages += [item["event_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert pages == whole
    times = [item["timestamp_ms"] for item in _log(client, "&limit=200")["items"]]
    assert times == sorted(times, reverse=True)


def test_where_the_demo_viewer_is_shared_nobody_writes(make_client) -> None:
    shared = make_client(demo_writable=False)
    count = _log(shared)["total"]
    event_id = _log(shared)["items"][0]["event_id"]
    assert shared.post("/api/interactions", json=WATCH).status_code == 403
    assert shared.delete(f"/api/interactions/{event_id}?viewer_id=demo").status_code == 403
    assert _log(shared)["total"] == count
