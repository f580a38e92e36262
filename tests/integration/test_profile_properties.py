"""Whatever happens to a log, and in whatever order: the profile is what the log gives."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)

from retrieval.build import build_retrieval
from retrieval.domain.errors import UnknownEvent
from retrieval.domain.models import Interaction
from retrieval.domain.profile import effective_events
from retrieval.settings import RetrievalSettings
from retrieval.stored_state import pack_state
from tests.support.tiny_bundle import MOVIES, write_tiny_bundle

# Few moments and few movies, so that equal times and repeated movies are common.
moments = st.integers(0, 5).map(lambda day: 1_700_000_000_000 + day * 43_200_007)
movies = st.sampled_from([movie[0] for movie in MOVIES[:6]])
opinions = st.one_of(
    st.sampled_from(["watch", "click", "more_like_this", "less_like_this", "not_interested"]).map(
        lambda kind: {"kind": kind}
    ),
    st.integers(1, 10).map(lambda halves: {"kind": "rating", "rating": halves / 2}),
)


class ViewersLog(RuleBasedStateMachine):
    """One viewer's log, beside a plain dictionary of what it should hold."""

    ids = Bundle("ids")

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        home = Path(self.folder.name)
        write_tiny_bundle(home)
        self.room = build_retrieval(RetrievalSettings(home=home))
        self.room.store.create_viewer("anna", [], created_ms=0)
        self.expected: dict[str, Interaction] = {}
        self.count = 0

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(target=ids, movie=movies, opinion=opinions, moment=moments)
    def record(self, movie, opinion, moment):
        self.count += 1
        event, result = self.room.profiles.record(
            "anna", movie_id=movie, timestamp_ms=moment, event_id=f"e{self.count}", **opinion
        )
        assert not result.duplicate
        self.expected[event.event_id] = event
        return event.event_id

    @rule(event_id=ids)
    def repeat(self, event_id):
        event = self.expected[event_id]
        same = event.model_dump(exclude={"timestamp_ms"})
        assert self.room.profiles.record("anna", **same)[1].duplicate

    @rule(event_id=ids, opinion=opinions)
    def change_opinion(self, event_id, opinion):
        self.expected[event_id], _ = self.room.profiles.edit("anna", event_id, **opinion)

    @rule(event_id=ids, moment=moments)
    def date_anew(self, event_id, moment):
        self.expected[event_id], _ = self.room.profiles.edit("anna", event_id, timestamp_ms=moment)

    @rule(event_id=consumes(ids))
    def forget(self, event_id):
        self.room.profiles.forget("anna", event_id)
        del self.expected[event_id]
        with pytest.raises(UnknownEvent):
            self.room.profiles.forget("anna", event_id)

    @rule(movie=movies, opinion=opinions, moment=moments)
    def add_and_forget(self, movie, opinion, moment):
        before = self.room.profiles.history("anna")
        event, _ = self.room.profiles.record("anna", movie_id=movie, timestamp_ms=moment, **opinion)
        self.room.profiles.forget("anna", event.event_id)
        after = self.room.profiles.history("anna")
        assert after.events == before.events
        assert pack_state(after.state) == pack_state(before.state)

    @invariant()
    def the_log_holds_what_it_was_given(self):
        log = self.room.store.load_viewer("anna").events
        assert {event.event_id: event for event in log} == self.expected

    @invariant()
    def the_cached_profile_is_the_replayed_one_bit_for_bit(self):
        viewer = self.room.store.load_viewer("anna")
        replayed = self.room.profiles.replay_events(viewer.events).state
        if viewer.version:
            assert pack_state(viewer.profile.state) == pack_state(replayed)
        history = self.room.profiles.history("anna")
        assert list(history.events) == effective_events(self.expected.values())
        assert pack_state(history.state) == pack_state(replayed)

    @invariant()
    def the_order_of_arrival_does_not_matter(self):
        backwards = list(reversed(self.expected.values()))
        state = self.room.profiles.replay_events(backwards).state
        assert pack_state(state) == pack_state(self.room.profiles.history("anna").state)


TestViewersLog = ViewersLog.TestCase
TestViewersLog.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
