import json

import pytest
from fastapi.testclient import TestClient

WHY = {"viewer_id": "demo", "message": "why did you recommend the first one?"}
SSE = {"Accept": "text/event-stream"}


def _ask(client: TestClient, **body: object) -> dict:
    response = client.post("/api/chat", json=WHY | body)
    assert response.status_code == 200, response.text
    return response.json()


def _events(text: str) -> list[tuple[str, dict]]:
    events = []
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith(":")]
        fields = dict(line.split(": ", 1) for line in lines)
        if fields:
            events.append((fields["event"], json.loads(fields["data"])))
    return events


def test_the_answer_names_the_film_that_counts_most(client: TestClient) -> None:
    listed = client.get("/api/recommendations?viewer_id=demo&n=1").json()["recommendations"]
    strongest = listed[0]["contributions"][0]["title"].rsplit(" (", 1)[0]
    answer = _ask(client)
    assert strongest in answer["text"]
    known = {item["id"] for item in answer["evidence"]}
    assert answer["claims"]
    for claim in answer["claims"]:
        assert set(claim["evidence_ids"]) <= known


def test_a_stream_says_the_answer_word_by_word_and_then_whole(client: TestClient) -> None:
    response = client.post("/api/chat", json=WHY, headers=SSE)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-security-policy"]
    events = _events(response.text)
    kinds = [kind for kind, _ in events]
    assert kinds[0] == "status"
    assert kinds[-1] == "answer"
    assert kinds.count("answer") == 1
    said = "".join(data["text"] for kind, data in events if kind == "delta")
    assert said == events[-1][1]["text"]


def test_a_thread_remembers_can_be_read_and_deleted(client: TestClient) -> None:
    first = _ask(client)
    second = _ask(client, message="and the second one?", thread_id=first["thread_id"])
    assert (second["thread_id"], second["turn"]) == (first["thread_id"], 2)
    url = f"/api/chat/threads/{first['thread_id']}?viewer_id=demo"
    turns = client.get(url).json()["turns"]
    assert [turn["answer"] for turn in turns] == [first["text"], second["text"]]
    listed = client.get("/api/chat/threads?viewer_id=demo").json()
    assert [(item["thread_id"], item["n_turns"]) for item in listed] == [(first["thread_id"], 2)]
    assert client.delete(url).status_code == 204
    assert client.get(url).json()["type"] == "/problems#unknown-thread"
    assert client.get("/api/chat/threads?viewer_id=demo").json() == []


def test_a_thread_belongs_to_its_viewer(client: TestClient) -> None:
    thread_id = _ask(client)["thread_id"]
    url = f"/api/chat/threads/{thread_id}?viewer_id=ml:1"
    assert client.get(url).status_code == 404
    assert client.delete(url).status_code == 404
    stolen = client.post("/api/chat", json=WHY | {"viewer_id": "ml:1", "thread_id": thread_id})
    assert stolen.status_code == 404


@pytest.mark.parametrize("headers", [{}, SSE])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"viewer_id": "nobody"}, 404),
        ({"message": "   "}, 400),
        ({"message": "x" * 3_000}, 400),
        ({"thread_id": "a b"}, 400),
        ({"thread_id": ""}, 422),
    ],
)
def test_what_cannot_be_asked_is_a_problem_also_for_streams(
    client: TestClient, headers: dict, body: dict, status: int
) -> None:
    response = client.post("/api/chat", json=WHY | body, headers=headers)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"


def test_where_strangers_share_the_demo_viewer_nobody_lists_or_changes(make_client) -> None:
    shared = make_client(demo_writable=False)
    thread_id = _ask(shared)["thread_id"]
    assert shared.get("/api/chat/threads?viewer_id=demo").status_code == 403
    total = shared.get("/api/interactions?viewer_id=demo").json()["total"]
    for message in ("forget Casablanca", "yes"):
        shared.post("/api/chat", json=WHY | {"message": message, "thread_id": thread_id})
    assert shared.get("/api/interactions?viewer_id=demo").json()["total"] == total
