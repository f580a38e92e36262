import numpy as np
import pytest

from retrieval.build import build_stores
from retrieval.domain.errors import StateConflict, UnknownViewer
from retrieval.domain.models import EventId, Interaction, MovieId, ViewerId
from retrieval.domain.profile import UserState
from retrieval.ports import LogChange, StateStore, StoredProfile, StoredViewer
from retrieval.settings import RetrievalSettings

ANNA = ViewerId("anna")


@pytest.fixture
def store(state_settings: RetrievalSettings) -> StateStore:
    return build_stores(state_settings)[0]


def watched(event_id: str, movie_id: int = 1, at_ms: int = 10) -> Interaction:
    return Interaction(
        event_id=EventId(event_id), movie_id=MovieId(movie_id), kind="watch", timestamp_ms=at_ms
    )


def profile(version: int, value: float = 0.1, made_by: str = "b1") -> StoredProfile:
    vector = np.array([value, 1 / 3, -2e-17])
    return StoredProfile(UserState(vector, vector * 3, 10, version), version, made_by)


def ids(viewer) -> set[str]:
    return {event.event_id for event in viewer.events}


def test_a_new_viewer_keeps_the_first_log(store):
    assert not store.has_viewer(ANNA)
    assert store.create_viewer(ANNA, [watched("a"), watched("b", 2)], created_ms=77)
    assert not store.create_viewer(ANNA, [watched("c")], created_ms=78)
    assert store.has_viewer(ANNA)
    viewer = store.load_viewer(ANNA)
    assert sorted(viewer.events, key=lambda e: e.event_id) == [watched("a"), watched("b", 2)]
    assert (viewer.version, viewer.profile, viewer.created_ms) == (0, None, 77)


def test_every_field_of_an_event_survives(store):
    rating = Interaction(
        event_id=EventId("é 🎬 #/%"),
        movie_id=MovieId(2**31 - 1),
        kind="rating",
        rating=4.5,
        timestamp_ms=1_790_000_000_123,
    )
    store.create_viewer(ViewerId("Zoë #1/%"), [rating], created_ms=0)
    assert store.load_viewer(ViewerId("Zoë #1/%")).events == [rating]


def test_all_viewers_are_listed(store):
    names = {ViewerId(f"viewer {i}") for i in range(30)}
    for name in names:
        store.create_viewer(name, [], created_ms=0)
    assert set(store.viewer_ids()) == names


def test_vectors_survive_bit_for_bit(store):
    store.create_viewer(ANNA, [], created_ms=0)
    store.commit(ANNA, LogChange(added=watched("a")), profile(1))
    loaded = store.load_viewer(ANNA).profile
    assert loaded.state.ema.tobytes() == profile(1).state.ema.tobytes()
    assert loaded.state.weighted_sum.tobytes() == profile(1).state.weighted_sum.tobytes()
    assert (loaded.version, loaded.made_by) == (1, "b1")
    assert (loaded.state.last_event_ms, loaded.state.n_events) == (10, 1)


def test_a_write_from_an_outdated_version_changes_nothing(store):
    store.create_viewer(ANNA, [watched("old")], created_ms=0)
    store.commit(ANNA, LogChange(added=watched("a")), profile(1))
    outdated = [LogChange(added=watched("b")), LogChange(removed=EventId("old"))]
    for change in outdated:
        with pytest.raises(StateConflict, match="version 1, not 0"):
            store.commit(ANNA, change, profile(1, 9.9))
        with pytest.raises(StateConflict, match="version 1, not 6"):
            store.commit(ANNA, change, profile(7, 9.9))
    viewer = store.load_viewer(ANNA)
    assert (ids(viewer), viewer.version) == ({"old", "a"}, 1)
    assert viewer.profile.state.ema.tobytes() == profile(1).state.ema.tobytes()


def test_removing_an_event_removes_nothing_else(store):
    store.create_viewer(ANNA, [watched("a"), watched("b", 2)], created_ms=0)
    store.commit(ANNA, LogChange(removed=EventId("a")), profile(1))
    viewer = store.load_viewer(ANNA)
    assert (viewer.events, viewer.version) == ([watched("b", 2)], 1)


def test_an_event_is_replaced_in_one_step(store):
    store.create_viewer(ANNA, [watched("a"), watched("b", 2)], created_ms=0)
    later = watched("a", at_ms=99)
    store.commit(ANNA, LogChange(added=later, removed=EventId("a")), profile(1))
    viewer = store.load_viewer(ANNA)
    assert sorted(viewer.events, key=lambda e: e.event_id) == [later, watched("b", 2)]
    assert viewer.version == 1


def test_a_cached_profile_of_another_version_is_not_served(store):
    store.create_viewer(ANNA, [], created_ms=0)
    store.save_profile(ANNA, profile(7))
    assert store.load_viewer(ANNA).profile is None
    store.save_profile(ANNA, profile(0))
    assert store.load_viewer(ANNA).profile is not None


def test_a_cached_profile_is_replaced_at_the_same_version(store):
    store.create_viewer(ANNA, [], created_ms=0)
    store.commit(ANNA, LogChange(added=watched("a")), profile(1))
    store.save_profile(ANNA, profile(1, 0.7, made_by="b2"))
    viewer = store.load_viewer(ANNA)
    assert (viewer.version, viewer.profile.made_by, ids(viewer)) == (1, "b2", {"a"})
    assert viewer.profile.state.weighted_sum[0] == 0.7


def test_a_log_that_is_still_the_same_is_not_read_again(store):
    store.create_viewer(ANNA, [watched("old")], created_ms=0)
    store.commit(ANNA, LogChange(added=watched("a")), profile(1))
    known = store.load_viewer(ANNA)
    assert store.load_viewer(ANNA, known=known) is known
    store.commit(ANNA, LogChange(added=watched("b")), profile(2))
    now = store.load_viewer(ANNA, known=known)
    assert (ids(now), now.version) == ({"old", "a", "b"}, 2)


def test_a_version_alone_does_not_prove_that_a_log_is_the_same(store):
    """A database restored from a backup reaches the same version again with other events."""
    store.create_viewer(ANNA, [watched("old")], created_ms=0)
    store.commit(ANNA, LogChange(added=watched("a")), profile(1))
    elsewhere = StoredViewer([watched("old"), watched("x")], 1, profile(1, 0.9), 0)
    assert ids(store.load_viewer(ANNA, known=elsewhere)) == {"old", "a"}
    without = StoredViewer([watched("old")], 1, None, 0)
    assert ids(store.load_viewer(ANNA, known=without)) == {"old", "a"}


def test_unknown_viewers_are_named(store):
    nobody = ViewerId("nobody")
    with pytest.raises(UnknownViewer, match="nobody"):
        store.load_viewer(nobody)
    for change in (LogChange(added=watched("a")), LogChange(removed=EventId("a"))):
        with pytest.raises(UnknownViewer, match="nobody"):
            store.commit(nobody, change, profile(1))
    assert not store.has_viewer(nobody)


def test_a_long_log_is_kept_whole_while_events_come_and_go(store):
    first = [watched(f"first {i:04d}", i + 1, i) for i in range(2_100)]
    store.create_viewer(ANNA, first, created_ms=0)
    expected = {event.event_id: event for event in first}
    version = 0
    for i in range(70):
        version += 1
        added = watched(f"then {i}", 9_000 + i, 5_000 + i)
        store.commit(ANNA, LogChange(added=added), profile(version))
        expected[added.event_id] = added
    for name in ("first 0000", "first 1500", "then 3", "then 69"):
        version += 1
        store.commit(ANNA, LogChange(removed=EventId(name)), profile(version))
        del expected[EventId(name)]
    edited = watched("first 0700", 701, 99_999)
    version += 1
    store.commit(ANNA, LogChange(edited, edited.event_id), profile(version))
    expected[edited.event_id] = edited
    viewer = store.load_viewer(ANNA)
    assert len(viewer.events) == len(expected)
    assert {event.event_id: event for event in viewer.events} == expected
    assert viewer.version == version == viewer.profile.version


def test_an_event_that_alone_filled_a_log_can_go(store):
    store.create_viewer(ANNA, [watched("a")], created_ms=0)
    store.commit(ANNA, LogChange(removed=EventId("a")), profile(1))
    assert store.load_viewer(ANNA).events == []
