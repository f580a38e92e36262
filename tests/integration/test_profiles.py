"""Log and profile through the public interface, on every backend where it could matter."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from retrieval.build import Retrieval, build_retrieval
from retrieval.domain.errors import (
    InvalidInteraction,
    ReadOnlyViewer,
    StateConflict,
    UnknownEvent,
)
from retrieval.domain.profile import PAPER, WHYLENS
from retrieval.profiles import Profiles
from retrieval.rebuild import check_profiles, rebuild_profiles
from retrieval.settings import RetrievalSettings
from retrieval.stored_state import arithmetic_digest, pack_state
from tests.support.tiny_bundle import MOVIES, VERSION

HEAT, TOY_STORY, BLADE_RUNNER = 6, 1, 541
KIN_OF_TOY_STORY = [movie[0] for movie in MOVIES if movie[4] == 4 and movie[0] != TOY_STORY]


@pytest.fixture
def room(state_settings: RetrievalSettings) -> Retrieval:
    return build_retrieval(state_settings)


def bits(room: Retrieval, viewer_id: str = "demo") -> bytes:
    return pack_state(room.profiles.history(viewer_id).state)


def replayed_bits(room: Retrieval, viewer_id: str = "demo") -> bytes:
    log = room.store.load_viewer(viewer_id).events
    return pack_state(room.profiles.replay_events(log).state)


def test_the_same_event_twice_is_one_event_and_comes_back_as_it_was_stored(room):
    first = room.profiles.record(
        "demo", movie_id=HEAT, kind="watch", event_id="k1", timestamp_ms=1_700_000_000_001
    )
    again = room.profiles.record(
        "demo", movie_id=HEAT, kind="watch", event_id="k1", timestamp_ms=1_700_000_999_999
    )
    assert (first[1].duplicate, again[1].duplicate) == (False, True)
    assert again[0] == first[0]
    assert again[1].version == first[1].version
    with pytest.raises(InvalidInteraction, match="k1"):
        room.profiles.record("demo", movie_id=BLADE_RUNNER, kind="watch", event_id="k1")


def test_an_event_is_forgotten_once(room):
    room.profiles.record("demo", movie_id=HEAT, kind="watch", event_id="k1")
    room.profiles.forget("demo", "k1")
    before = bits(room)
    with pytest.raises(UnknownEvent, match="k1"):
        room.profiles.forget("demo", "k1")
    assert bits(room) == before == replayed_bits(room)


def test_an_edited_event_counts_as_if_it_had_always_been_so(room):
    profiles = room.profiles
    profiles.record("demo", movie_id=HEAT, kind="rating", rating=5.0, event_id="k1")
    profiles.record("demo", movie_id=TOY_STORY, kind="watch")
    event, result = profiles.edit("demo", "k1", rating=1.0)
    assert (event.rating, event.kind, result.version, result.duplicate) == (1.0, "rating", 3, False)
    assert bits(room) == replayed_bits(room)
    event, _ = profiles.edit("demo", "k1", kind="watch")
    assert (event.kind, event.rating) == ("watch", None)
    event, _ = profiles.edit("demo", "k1", timestamp_ms=1_000_000_000_000)
    assert profiles.history("demo").events[0] == event
    assert bits(room) == replayed_bits(room)
    assert room.store.load_viewer("demo").profile is not None


def test_an_edit_that_changes_nothing_writes_nothing(room):
    room.profiles.record("demo", movie_id=HEAT, kind="rating", rating=5.0, event_id="k1")
    event, result = room.profiles.edit("demo", "k1", rating=5.0)
    assert (event.rating, result.version, result.duplicate) == (5.0, 1, True)


def test_impossible_edits_are_refused_and_change_nothing(room):
    room.profiles.record("demo", movie_id=HEAT, kind="watch", event_id="k1")
    before = bits(room)
    with pytest.raises(InvalidInteraction):
        room.profiles.edit("demo", "k1", rating=4.0)
    with pytest.raises(InvalidInteraction):
        room.profiles.edit("demo", "k1", kind="rating")
    with pytest.raises(InvalidInteraction, match="future"):
        room.profiles.edit("demo", "k1", timestamp_ms=9_999_999_999_999)
    with pytest.raises(UnknownEvent):
        room.profiles.edit("demo", "k2", kind="click")
    with pytest.raises(ReadOnlyViewer):
        room.profiles.edit("ml:1", "ml:1:858", rating=1.0)
    assert bits(room) == before


def test_a_write_that_others_always_overtake_says_so(room, state_settings):
    """The other writer is real: it records between this one's read and its write."""

    class Overtaken:
        def __init__(self, store):
            self.store = store

        def __getattr__(self, name):
            return getattr(self.store, name)

        def load_viewer(self, viewer_id, *, known=None):
            viewer = self.store.load_viewer(viewer_id, known=known)
            room.profiles.record(viewer_id, movie_id=TOY_STORY, kind="click")
            return viewer

    room.profiles.history("demo")
    slow = Profiles(room.bundle, Overtaken(room.store), write_attempts=4)
    with pytest.raises(StateConflict, match="4 times in a row; nothing was recorded"):
        slow.record("demo", movie_id=HEAT, kind="watch", event_id="mine")
    log = room.store.load_viewer("demo").events
    assert "mine" not in {event.event_id for event in log}
    assert sum(event.kind == "click" for event in log) == 4
    assert bits(room) == replayed_bits(room)


def test_a_new_bundle_makes_every_profile_anew_at_its_first_touch(room, state_settings, tiny_home):
    room.profiles.record("demo", movie_id=HEAT, kind="watch")
    room.store.create_viewer("anna", [], created_ms=0)
    room.profiles.record("anna", movie_id=TOY_STORY, kind="watch")
    old = bits(room)
    second = tiny_home / "bundles" / "tiny-2"
    shutil.copytree(tiny_home / "bundles" / VERSION, second)
    manifest = json.loads((second / "manifest.json").read_text(encoding="utf-8"))
    (second / "manifest.json").write_text(json.dumps(manifest | {"version": "tiny-2"}), "utf-8")
    np.save(second / "item_vectors.npy", -np.load(second / "item_vectors.npy"))
    newer = build_retrieval(state_settings.model_copy(update={"bundle": str(second)}))
    assert check_profiles(newer.profiles, newer.store).outdated == 2
    assert bits(newer) == replayed_bits(newer) != old
    report = check_profiles(newer.profiles, newer.store)
    assert (report.same, report.outdated, report.wrong) == (1, 1, ())
    assert newer.profiles.record("anna", movie_id=HEAT, kind="click")[1].version == 2
    assert bits(newer, "anna") == replayed_bits(newer, "anna")
    assert check_profiles(newer.profiles, newer.store).same == 2


def test_another_arithmetic_has_another_name():
    names = [arithmetic_digest(recipe) for recipe in (WHYLENS, PAPER)]
    names.append(arithmetic_digest(dataclasses.replace(WHYLENS, ema_rate=0.31)))
    names.append(arithmetic_digest(dataclasses.replace(WHYLENS, prior_weight=9.0)))
    assert len(set(names)) == 4
    assert arithmetic_digest(WHYLENS) == names[0]


def test_a_wrong_profile_is_found_and_made_anew(room):
    room.profiles.record("demo", movie_id=HEAT, kind="watch")
    room.store.create_viewer("anna", [], created_ms=0)
    room.profiles.record("anna", movie_id=TOY_STORY, kind="watch")
    right = room.store.load_viewer("demo").profile
    ema = right.state.ema.copy()
    ema[0] = np.nextafter(ema[0], 1.0)  # the smallest lie there is
    wrong = dataclasses.replace(right, state=dataclasses.replace(right.state, ema=ema))
    room.store.save_profile("demo", wrong)
    report = check_profiles(room.profiles, room.store)
    assert (report.viewers, report.same, report.wrong) == (2, 1, ("demo",))
    assert check_profiles(room.profiles, room.store).wrong == ("demo",)  # nothing was mended
    rebuild_profiles(room.profiles, room.store)
    report = check_profiles(room.profiles, room.store)
    assert (report.same, report.wrong) == (2, ())


@pytest.mark.parametrize(
    ("kind", "rating"),
    [
        ("less_like_this", None),
        ("not_interested", None),
        ("rating", 2.0),
        ("rating", 0.5),
    ],
)
@pytest.mark.parametrize("viewer", ["demo", "newcomer"])
def test_a_dislike_sends_the_kin_down_the_list(retrieval, viewer, kind, rating):
    if viewer == "newcomer":
        retrieval.store.create_viewer(viewer, [], created_ms=0)
    recommender = retrieval.recommender
    before = recommender.snapshot(viewer)
    assert TOY_STORY in [r.movie_id for r in recommender.recommend(viewer, n=500).recommendations]
    retrieval.profiles.record(viewer, movie_id=TOY_STORY, kind=kind, rating=rating)
    after = recommender.snapshot(viewer, as_of_ms=before.as_of_ms)
    falls = [
        recommender.place(after, kin).rank - recommender.place(before, kin).rank
        for kin in KIN_OF_TOY_STORY
    ]
    scores = [
        recommender.place(after, kin).score - recommender.place(before, kin).score
        for kin in KIN_OF_TOY_STORY
    ]
    assert max(scores) < 0
    # The movie itself left the list, so whoever stood below it gains one place for nothing.
    assert sum(falls) > -len(falls)
    assert TOY_STORY not in [
        r.movie_id for r in recommender.recommend(viewer, n=500).recommendations
    ]


def test_a_hidden_movie_comes_back_when_its_event_is_forgotten(retrieval):
    def listed() -> bool:
        ranking = retrieval.recommender.recommend("demo", n=500)
        return TOY_STORY in [r.movie_id for r in ranking.recommendations]

    assert listed()
    event, _ = retrieval.profiles.record("demo", movie_id=TOY_STORY, kind="not_interested")
    assert not listed()
    retrieval.profiles.forget("demo", event.event_id)
    assert listed()
