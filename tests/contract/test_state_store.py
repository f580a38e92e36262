import numpy as np
import pytest

from retrieval.domain.errors import (
    InvalidInteraction,
    StateConflict,
    UnknownEvent,
    UnknownViewer,
)
from retrieval.domain.models import EventId, Interaction, MovieId, ViewerId
from retrieval.domain.profile import UserState
from retrieval.ports import StateStore, StoredProfile
from retrieval.sqlite_store import SqliteStateStore

ANNA = ViewerId("anna")


@pytest.fixture(params=["sqlite"])
def store(tmp_path) -> StateStore:
    return SqliteStateStore(tmp_path / "state.sqlite3")


def watched(event_id: str, movie_id: int = 1, at_ms: int = 10) -> Interaction:
    return Interaction(
        event_id=EventId(event_id), movie_id=MovieId(movie_id), kind="watch", timestamp_ms=at_ms
    )


def profile(version: int, value: float = 0.1, bundle: str = "b1") -> StoredProfile:
    vector = np.array([value, 1 / 3, -2e-17])
    return StoredProfile(UserState(vector, vector * 3, 10, version), version, bundle)


def test_a_new_viewer_keeps_the_first_log(store):
    assert not store.has_viewer(ANNA)
    assert store.create_viewer(ANNA, [watched("a"), watched("b", 2)])
    assert not store.create_viewer(ANNA, [watched("c")])
    events, version = store.load_log(ANNA)
    assert {event.event_id for event in events} == {"a", "b"}
    assert version == 0


def test_vectors_survive_bit_for_bit(store):
    store.create_viewer(ANNA, [])
    store.record(ANNA, watched("a"), profile(1), expected_version=0)
    loaded = store.load_profile(ANNA)
    assert loaded.state.ema.tobytes() == profile(1).state.ema.tobytes()
    assert loaded.state.weighted_sum.tobytes() == profile(1).state.weighted_sum.tobytes()
    assert (loaded.version, loaded.bundle, loaded.state.last_event_ms) == (1, "b1", 10)


def test_a_write_from_an_outdated_version_changes_nothing(store):
    store.create_viewer(ANNA, [])
    store.record(ANNA, watched("a"), profile(1), expected_version=0)
    with pytest.raises(StateConflict):
        store.record(ANNA, watched("b"), profile(1, 9.9), expected_version=0)
    events, version = store.load_log(ANNA)
    assert ([event.event_id for event in events], version) == (["a"], 1)
    assert store.load_profile(ANNA).state.ema.tobytes() == profile(1).state.ema.tobytes()


def test_the_same_event_twice_is_one_event(store):
    store.create_viewer(ANNA, [])
    first = store.record(ANNA, watched("a"), profile(1), expected_version=0)
    again = store.record(ANNA, watched("a", at_ms=99), profile(2), expected_version=1)
    assert (first.duplicate, again.duplicate, again.version) == (False, True, 1)
    assert len(store.load_log(ANNA)[0]) == 1


def test_an_event_id_cannot_be_reused_for_something_else(store):
    store.create_viewer(ANNA, [])
    store.record(ANNA, watched("a"), profile(1), expected_version=0)
    with pytest.raises(InvalidInteraction):
        store.record(ANNA, watched("a", movie_id=2), profile(2), expected_version=1)


def test_forgetting_removes_the_event_and_nothing_else(store):
    store.create_viewer(ANNA, [watched("a"), watched("b", 2)])
    store.forget(ANNA, EventId("a"), profile(1), expected_version=0)
    events, version = store.load_log(ANNA)
    assert ([event.event_id for event in events], version) == (["b"], 1)
    with pytest.raises(UnknownEvent):
        store.forget(ANNA, EventId("a"), profile(2), expected_version=1)


def test_an_outdated_cached_profile_is_not_served(store):
    store.create_viewer(ANNA, [])
    store.save_profile(ANNA, profile(7))
    assert store.load_profile(ANNA) is None
    store.save_profile(ANNA, profile(0))
    assert store.load_profile(ANNA) is not None


def test_unknown_viewers_are_named(store):
    with pytest.raises(UnknownViewer, match="nobody"):
        store.load_log(ViewerId("nobody"))
    assert store.load_profile(ViewerId("nobody")) is None


def test_explanations_are_kept(store):
    assert store.load_explanation("x1") is None
    store.save_explanation("x1", ANNA, '{"title": "Amélie 🎬"}')
    assert store.load_explanation("x1") == '{"title": "Amélie 🎬"}'
