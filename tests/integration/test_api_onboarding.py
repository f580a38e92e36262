"""Onboarding over HTTP."""

import uuid

from fastapi.testclient import TestClient

GODFATHER, TITANIC, HEAT = 858, 1721, 6
PICKS = {
    "picks": [
        {"movie_id": GODFATHER, "verdict": "liked"},
        {"movie_id": TITANIC, "verdict": "not_for_me"},
    ]
}


def create(client: TestClient, body=PICKS, **headers):
    return client.post("/api/onboarding", json=body, headers=headers)


def test_the_list_says_why_each_film_is_there_and_can_be_cached(client: TestClient) -> None:
    response = client.get("/api/onboarding")
    movies = response.json()["movies"]
    assert response.json()["suggested_picks"] == 5
    assert all(film["theme"] in film["reason"] and film["popularity_rank"] >= 1 for film in movies)
    again = client.get("/api/onboarding", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_picks_create_a_viewer_whose_history_is_theirs_to_change(client: TestClient) -> None:
    created = create(client)
    body = created.json()
    viewer_id = body["viewer_id"]
    assert created.status_code == 201
    assert created.headers["cache-control"] == "no-store"
    assert body["recommendations"]["writable"] is True
    assert body["recommendations"]["n_interactions"] == 2
    listed = client.get(f"/api/recommendations?viewer_id={viewer_id}").json()
    assert listed["writable"] is True
    top = [film["movie_id"] for film in listed["recommendations"]]
    assert top == [film["movie_id"] for film in body["recommendations"]["recommendations"]]
    assert not {GODFATHER, TITANIC} & {*top}
    recorded = client.post(
        "/api/interactions",
        json={"viewer_id": viewer_id, "movie_id": HEAT, "kind": "rating", "rating": 4.0},
    )
    assert recorded.status_code == 201
    assert client.get(f"/api/taste-profile?viewer_id={viewer_id}").status_code == 200


def test_a_repeated_request_creates_one_viewer(client: TestClient) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = create(client, **key), create(client, **key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["viewer_id"] == again.json()["viewer_id"]
    assert again.json()["duplicate"] is True
    other = create(client, {"picks": []}, **key)
    assert other.status_code == 422
    assert other.json()["type"] == "/problems#invalid-interaction"


def test_ids_are_not_to_be_guessed(client: TestClient) -> None:
    ids = {create(client).json()["viewer_id"] for _ in range(5)}
    assert len(ids) == 5
    assert all(len(viewer_id) == 24 for viewer_id in ids)
    made_up = f"v-{'a' * 22}"
    assert client.get(f"/api/recommendations?viewer_id={made_up}").status_code == 404
    refused = client.post(
        "/api/interactions", json={"viewer_id": made_up, "movie_id": HEAT, "kind": "watch"}
    )
    assert refused.status_code == 404
    assert create(client, **{"Idempotency-Key": "1"}).status_code == 422


def test_bad_requests_are_problems_that_say_what_to_do(client: TestClient) -> None:
    liked = {"movie_id": HEAT, "verdict": "liked"}
    for body, status, said in [
        ({"picks": [liked, {**liked, "verdict": "not_for_me"}]}, 422, "twice"),
        ({"picks": [{**liked, "movie_id": 424242}]}, 404, "424242"),
        ({"picks": [{**liked, "verdict": "meh"}]}, 422, "verdict"),
        ({"picks": [liked] * 51}, 422, "50"),
        ({}, 422, "picks"),
    ]:
        response = create(client, body)
        assert response.status_code == status, body
        assert response.headers["content-type"] == "application/problem+json"
        assert said in response.json()["detail"]


def test_new_viewers_may_change_what_is_theirs_where_strangers_share_the_demo(make_client) -> None:
    client = make_client(demo_writable=False)
    viewer_id = create(client).json()["viewer_id"]
    body = {"movie_id": HEAT, "kind": "watch"}
    mine = client.post("/api/interactions", json={"viewer_id": viewer_id, **body})
    shared = client.post("/api/interactions", json={"viewer_id": "demo", **body})
    assert (mine.status_code, shared.status_code) == (201, 403)
