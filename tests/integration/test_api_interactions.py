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


def test_an_interaction_is_changed_and_the_list_with_it(client: TestClient) -> None:
    event = client.post("/api/interactions", json=WATCH | {"kind": "rating", "rating": 5.0}).json()[
        "event"
    ]
    path = f"/api/interactions/{event['event_id']}?viewer_id=demo"
    changed = client.patch(path, json={"rating": 1.0})
    assert changed.status_code == 200
    body = changed.json()
    assert body["event"] == event | {"rating": 1.0}
    assert (body["duplicate"], body["version"]) == (False, 2)
    assert [item["movie_id"] for item in body["top"]] == _top(client)
    dated = client.patch(path, json={"timestamp_ms": 1_000_000_000_123, "kind": "watch"}).json()
    assert dated["event"]["timestamp_ms"] == 1_000_000_000_123
    assert dated["event"]["rating"] is None
    assert _log(client, "&limit=200")["items"][-1] == dated["event"]


def test_changes_that_make_no_sense_are_refused(client: TestClient) -> None:
    event_id = client.post("/api/interactions", json=WATCH).json()["event"]["event_id"]
    path = f"/api/interactions/{event_id}?viewer_id=demo"
    refused = {
        (422, "invalid-request"): [{}, {"movie_id": 1}, {"kind": "stare"}],
        (422, "invalid-interaction"): [{"rating": 4.0}, {"kind": "rating"}],
    }
    for (status, slug), bodies in refused.items():
        for body in bodies:
            response = client.patch(path, json=body)
            assert (response.status_code, response.json()["type"]) == (status, f"/problems#{slug}")
    assert (
        client.patch("/api/interactions/none?viewer_id=demo", json={"kind": "click"}).status_code
        == 404
    )
    assert (
        client.patch("/api/interactions/none?viewer_id=ml:1", json={"kind": "click"}).status_code
        == 403
    )
