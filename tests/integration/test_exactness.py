"""The promises that explanations rest on, kept for viewers and films of real size."""

import random
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.build import services_over
from api.settings import ApiSettings
from retrieval.build import Retrieval, build_retrieval
from retrieval.domain.models import EventId, ViewerId
from retrieval.profiles import DEMO_VIEWER
from retrieval.settings import RetrievalSettings
from tests.support.movielens_bundle import VERSION, write_movielens_bundle

N_VIEWERS, N_FORGOTTEN = 100, 50
LONGEST = 100
"""The longest list that the API gives."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exactness")
    write_movielens_bundle(folder)
    return folder


@pytest.fixture(scope="module")
def room(home: Path) -> Retrieval:
    return build_retrieval(RetrievalSettings(home=home))


def some_users(room: Retrieval, n: int) -> list[int]:
    return random.Random(7).sample(room.bundle.dataset_viewer_ids(), n)


def test_contributions_and_residual_are_the_score_for_a_hundred_viewers(room):
    for user_id in some_users(room, N_VIEWERS):
        ranking = room.recommender.recommend(ViewerId(f"ml:{user_id}"), n=10)
        assert len(ranking.recommendations) == 10
        for item in ranking.recommendations:
            total = sum(contribution.value for contribution in item.contributions)
            assert abs(item.score - total - item.residual) < 1e-9
            assert abs(item.residual) < 1e-9


def test_ranks_promised_for_forgetting_are_those_after_forgetting(home, tmp_path):
    """Viewers of the dataset cannot be changed, so the demo viewer gets their logs."""
    checked = 0
    for user_id in some_users(build_retrieval(RetrievalSettings(home=home)), 6):
        own = RetrievalSettings(
            home=tmp_path / str(user_id), bundle=str(home / "bundles" / VERSION)
        )
        room = build_retrieval(own)
        room.store.create_viewer(DEMO_VIEWER, room.bundle.dataset_events(user_id), created_ms=0)
        app = create_app(services_over(room, home=own.home), ApiSettings())
        with TestClient(app) as client:
            checked += sum(keeps_its_promise(client, promise) for promise in promises(client))
    assert checked >= N_FORGOTTEN


def promises(client: TestClient) -> list[dict[str, Any]]:
    explained = client.post("/api/explanations", json={"viewer_id": "demo", "n": 10}).json()
    return [item for item in explained["recommendations"] if item["counterfactual"]]


def keeps_its_promise(client: TestClient, promise: dict[str, Any]) -> bool:
    """Forget the event named first, look, and record it again."""
    demo = {"viewer_id": "demo"}
    # An event that was recorded again has another id, and the same movie.
    movie_id = int(promise["counterfactual"]["without_event_id"].rpartition(":")[2])
    log = client.get("/api/interactions", params=demo | {"limit": 200}).json()["items"]
    event = next((item for item in log if item["movie_id"] == movie_id), None)
    if event is None:  # on a later page
        return False
    gone = client.delete(f"/api/interactions/{event['event_id']}", params=demo)
    assert gone.status_code == 200
    listed = client.get("/api/recommendations", params=demo | {"n": LONGEST}).json()
    ranks = {item["movie_id"]: item["rank"] for item in listed["recommendations"]}
    promised = promise["counterfactual"]["rank_after"]
    assert ranks.get(promise["movie_id"]) == (promised if promised <= LONGEST else None)
    names = ("movie_id", "kind", "rating", "timestamp_ms")
    again = {name: event[name] for name in names if event.get(name) is not None}
    back = client.post("/api/interactions", json=demo | again)
    assert back.status_code == 201, back.text
    return True


def test_forgetting_a_second_opinion_brings_the_first_one_back(room):
    viewer = ViewerId("of-two-minds")
    user_id = some_users(room, 1)[0]
    room.store.create_viewer(viewer, room.bundle.dataset_events(user_id), created_ms=0)
    loved = room.recommender.recommend(viewer).recommendations[0].movie_id
    room.profiles.record(viewer, movie_id=loved, kind="rating", rating=5.0)
    room.profiles.record(
        viewer, movie_id=loved, kind="rating", rating=0.5, event_id=EventId("later")
    )
    before = room.recommender.snapshot(viewer)
    imagined = room.recommender.without_events(before, [EventId("later")])
    room.profiles.forget(viewer, EventId("later"))
    after = room.recommender.snapshot(viewer, as_of_ms=before.as_of_ms)
    assert imagined.events == after.events
    assert after.events[-1].rating == 5.0
    assert imagined.user_vector.total.tobytes() == after.user_vector.total.tobytes()
