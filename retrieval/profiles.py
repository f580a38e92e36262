"""Viewers and their histories: who may be read, who may be written, and how a write stays whole.

Three kinds of viewer share one address space: ``demo`` (seeded once, writable), ``ml:<userId>``
(a viewer of the dataset, read only) and any viewer that the state store holds.
"""

import logging
import random
import re
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

import numpy as np

from retrieval.bundle import Bundle
from retrieval.demo_viewer import DEMO_VIEWER, demo_events
from retrieval.domain.arrays import Matrix
from retrieval.domain.errors import (
    ReadOnlyViewer,
    StateConflict,
    StateUnavailable,
    UnknownViewer,
)
from retrieval.domain.event_log import build_event, check_repeated, edit_event, find_event
from retrieval.domain.models import EventId, Interaction, InteractionKind, MovieId, ViewerId
from retrieval.domain.profile import (
    EventEffects,
    UserState,
    apply_event,
    effective_events,
    effects_of,
    replay,
)
from retrieval.domain.ranking import Rows
from retrieval.ports import LogChange, StateStore, StoredProfile, StoredViewer
from retrieval.recently_used import RecentlyUsed
from retrieval.stored_state import arithmetic_digest

__all__ = ["DEMO_VIEWER", "Profiles", "RecordResult", "ViewerHistory"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

_DATASET_VIEWER = re.compile(r"ml:(\d{1,12})")
_FIRST_BACKOFF_S: Final = 0.002
_LONGEST_BACKOFF_S: Final = 0.5
_REMEMBERED: Final = 256
"""Viewers whose history is kept in memory, for as long as the store says it is the same."""


class RecordResult(NamedTuple):
    """What a write did."""

    version: int
    """The viewer's version after the write."""
    duplicate: bool
    """The log said so already, so nothing changed."""


class ViewerHistory(NamedTuple):
    """A viewer's log with the state that follows from it."""

    log: tuple[Interaction, ...]
    """All that was recorded, in no particular order."""
    events: tuple[Interaction, ...]
    """Effective events in order."""
    rows: Rows
    """Row of each event's movie in the bundle's arrays, shape ``(n_events,)``."""
    effects: EventEffects
    """What each event does to the running vectors."""
    items: Matrix
    """Item vectors of the events' movies, shape ``(n_events, n_factors)``."""
    state: UserState
    clock_ms: int | None
    """The moment to rank for: None means now; dataset viewers stand at their last event."""


class _Known(NamedTuple):
    """What was read or written last; the store is asked whether it still holds."""

    viewer: StoredViewer
    history: ViewerHistory | None


class Profiles:
    """Reads histories and writes interactions, keeping log and vectors in step."""

    def __init__(
        self,
        bundle: Bundle,
        store: StateStore,
        *,
        write_attempts: int = 20,
        demo_writable: bool = True,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """Serve the viewers of a bundle and a store.

        Args:
            bundle: Item vectors and dataset viewers.
            store: Everybody else.
            write_attempts: Optimistic attempts before `StateConflict` is raised.
            demo_writable: Whether the demo viewer's history can change; not where strangers
                share it.
            now_ms: The clock, milliseconds since 1970.
        """
        self._bundle = bundle
        self._store = store
        self._write_attempts = write_attempts
        self._demo_writable = demo_writable
        self._now_ms = now_ms
        self._made_by = f"{bundle.version} {arithmetic_digest(bundle.recipe)}"
        self._recent: RecentlyUsed[ViewerId, _Known] = RecentlyUsed(_REMEMBERED)
        self._dataset_history = lru_cache(maxsize=_REMEMBERED)(self._compute_dataset_history)

    def history(self, viewer_id: ViewerId) -> ViewerHistory:
        """A viewer's effective events and state.

        Raises:
            UnknownViewer: Neither the dataset nor the store knows the viewer.
            StateUnavailable: The store cannot be read.
        """
        user_id = self._dataset_user(viewer_id)
        if user_id is not None:
            return self._dataset_history(user_id)
        viewer = self._load(viewer_id)
        known = self._recent.get(viewer_id)
        if known is not None and known.viewer is viewer and known.history is not None:
            return known.history
        cached = self.cached_state(viewer)
        history = self._history(viewer.events, cached)
        if cached is None:
            profile = self._profile(history.state, viewer.version)
            self._save_profile(viewer_id, profile)
            viewer = replace(viewer, profile=profile)
        self._recent.put(viewer_id, _Known(viewer, history))
        return history

    def is_writable(self, viewer_id: ViewerId) -> bool:
        """Whether interactions of this viewer can be recorded at all."""
        if viewer_id == DEMO_VIEWER:
            return self._demo_writable
        return _DATASET_VIEWER.fullmatch(viewer_id) is None

    def record(
        self,
        viewer_id: ViewerId,
        *,
        movie_id: MovieId,
        kind: InteractionKind,
        rating: float | None = None,
        timestamp_ms: int | None = None,
        event_id: EventId | None = None,
    ) -> tuple[Interaction, RecordResult]:
        """Add an interaction and bring the vectors up to date, before anything else is ranked.

        Args:
            viewer_id: Who.
            movie_id: What.
            kind: How.
            rating: Stars, with kind ``rating`` only.
            timestamp_ms: When; now by default. An event older than the newest one is put in its
                place by a replay.
            event_id: Makes the call idempotent: the same id again changes nothing.

        Returns:
            The event as the log holds it, and what the write did.

        Raises:
            UnknownViewer, UnknownMovie: No such viewer or movie.
            ReadOnlyViewer: A dataset viewer.
            InvalidInteraction: The fields contradict each other, the time lies in the future, or
                the event id was used for something else.
            StateConflict: Other writers were faster at every attempt.
            StateUnavailable: The store cannot be written. Where its answer was lost on the way the
                event may be there: repeat the call with the same ``event_id``.
        """
        self._check_writable(viewer_id)
        self._bundle.row(movie_id)
        now = self._now_ms()
        event = build_event(
            event_id=event_id or EventId(f"ev-{uuid.uuid4().hex[:20]}"),
            movie_id=movie_id,
            kind=kind,
            rating=rating,
            timestamp_ms=now if timestamp_ms is None else timestamp_ms,
            now_ms=now,
        )

        def write() -> tuple[Interaction, RecordResult]:
            viewer = self._load(viewer_id)
            for known in viewer.events:
                if known.event_id == event.event_id:
                    check_repeated(known, event)
                    return known, RecordResult(viewer.version, duplicate=True)
            events = [*viewer.events, event]
            state = self._state_with(viewer, event, events)
            return event, self._commit(viewer_id, viewer, LogChange(added=event), events, state)

        return self._with_retries(viewer_id, write)

    def edit(
        self,
        viewer_id: ViewerId,
        event_id: EventId,
        *,
        kind: InteractionKind | None = None,
        rating: float | None = None,
        timestamp_ms: int | None = None,
    ) -> tuple[Interaction, RecordResult]:
        """Change how or when an interaction was, and replay the log with it.

        Args:
            viewer_id: Who.
            event_id: The event; it keeps its id and its movie.
            kind: The new kind; as it was by default. Stars go when the kind is no rating any more.
            rating: The new stars, with kind ``rating`` only; as they were by default.
            timestamp_ms: The new time; as it was by default.

        Returns:
            The event as the log holds it now, and what the write did.

        Raises:
            UnknownEvent: The log holds no such event.
            UnknownMovie: The bundle has its movie no more; the event may be forgotten.
            UnknownViewer, ReadOnlyViewer, InvalidInteraction, StateConflict, StateUnavailable: As
                for `record`.
        """
        self._check_writable(viewer_id)

        def write() -> tuple[Interaction, RecordResult]:
            viewer = self._load(viewer_id)
            old = find_event(viewer.events, event_id)
            self._bundle.row(old.movie_id)
            new = edit_event(
                old,
                kind=kind,
                rating=rating,
                timestamp_ms=timestamp_ms,
                now_ms=self._now_ms(),
            )
            if new == old:
                return old, RecordResult(viewer.version, duplicate=True)
            events = [new if event is old else event for event in viewer.events]
            change = LogChange(added=new, removed=event_id)
            state = self.replay_events(events).state
            return new, self._commit(viewer_id, viewer, change, events, state)

        return self._with_retries(viewer_id, write)

    def forget(self, viewer_id: ViewerId, event_id: EventId) -> RecordResult:
        """Remove an interaction and replay the log without it.

        Raises:
            UnknownViewer, UnknownEvent, ReadOnlyViewer, StateConflict, StateUnavailable.
        """
        self._check_writable(viewer_id)

        def write() -> RecordResult:
            viewer = self._load(viewer_id)
            old = find_event(viewer.events, event_id)
            events = [event for event in viewer.events if event is not old]
            state = self.replay_events(events).state
            return self._commit(viewer_id, viewer, LogChange(removed=event_id), events, state)

        return self._with_retries(viewer_id, write)

    def replay_events(self, log: Sequence[Interaction]) -> ViewerHistory:
        """The history that a log gives, which need not be saved anywhere."""
        return self._history(log, None)

    def cached_state(self, viewer: StoredViewer) -> UserState | None:
        """The cached state, if this bundle and this arithmetic made it."""
        profile = viewer.profile
        return profile.state if profile and profile.made_by == self._made_by else None

    def replayed_profile(self, viewer: StoredViewer) -> StoredProfile:
        """The profile that the log gives, whatever is cached."""
        return self._profile(self.replay_events(viewer.events).state, viewer.version)

    def _profile(self, state: UserState, version: int) -> StoredProfile:
        return StoredProfile(state, version, self._made_by)

    def _commit(
        self,
        viewer_id: ViewerId,
        viewer: StoredViewer,
        change: LogChange,
        events: list[Interaction],
        state: UserState,
    ) -> RecordResult:
        profile = self._profile(state, viewer.version + 1)
        self._store.commit(viewer_id, change, profile)
        written = replace(viewer, events=events, version=profile.version, profile=profile)
        self._recent.put(viewer_id, _Known(written, None))
        return RecordResult(profile.version, duplicate=False)

    def _save_profile(self, viewer_id: ViewerId, profile: StoredProfile) -> None:
        try:
            self._store.save_profile(viewer_id, profile)
        except StateUnavailable as error:
            # Reading goes on where nothing can be written; the next touch replays again.
            logger.warning("the profile of %s was not cached: %s", viewer_id, error)

    def _state_with(
        self, viewer: StoredViewer, event: Interaction, log: list[Interaction]
    ) -> UserState:
        """State after one more event: one step when it is the newest, else a replay."""
        cached = self.cached_state(viewer)
        events = self._effective(log)
        is_one_step = (
            cached is not None
            and cached.n_events == len(events) - 1
            and events[-1].event_id == event.event_id
        )
        if not is_one_step or cached is None:
            return self.replay_events(log).state
        item = self._bundle.vectors([event.movie_id])[0]
        return apply_event(cached, event, item, recipe=self._bundle.recipe)

    def _compute_dataset_history(self, user_id: int) -> ViewerHistory:
        history = self.replay_events(self._bundle.dataset_events(user_id))
        return history._replace(clock_ms=history.state.last_event_ms)

    def _history(self, log: Sequence[Interaction], cached: UserState | None) -> ViewerHistory:
        events = self._effective(log)
        rows = self._bundle.rows(event.movie_id for event in events)
        effects = effects_of(events, recipe=self._bundle.recipe)
        items = self._bundle.item_vectors[rows].astype(np.float64)
        if cached is not None:
            return ViewerHistory(tuple(log), tuple(events), rows, effects, items, cached, None)
        return self.replay_ordered(log, events, rows, effects, items)

    def replay_ordered(
        self,
        log: Sequence[Interaction],
        events: Sequence[Interaction],
        rows: Rows,
        effects: EventEffects,
        items: Matrix,
    ) -> ViewerHistory:
        """History of a log whose effective events are known already.

        Args:
            log: The whole log.
            events: Its effective events in order, length ``n``.
            rows: Their rows in the bundle's arrays, shape ``(n,)``.
            effects: What they do, of the same length.
            items: Their item vectors, shape ``(n, n_factors)``.
        """
        bundle = self._bundle
        state = replay(effects, items, bundle.average_user_vector, recipe=bundle.recipe)
        return ViewerHistory(tuple(log), tuple(events), rows, effects, items, state, None)

    def _effective(self, log: Sequence[Interaction]) -> list[Interaction]:
        # A movie that a newer bundle dropped cannot be scored; its events stay in the log and
        # count again when the movie returns.
        return effective_events(event for event in log if self._bundle.has_movie(event.movie_id))

    def _with_retries(self, viewer_id: ViewerId, write: Callable[[], T]) -> T:
        # Jitter keeps two writers that collided once from colliding for ever.
        jitter = random.Random()
        for attempt in range(self._write_attempts):
            try:
                return write()
            except StateConflict:
                ceiling = min(_FIRST_BACKOFF_S * 2**attempt, _LONGEST_BACKOFF_S)
                time.sleep(jitter.uniform(0.0, ceiling))
        raise StateConflict(
            f"viewer '{viewer_id}' was changed by others {self._write_attempts} times in a row;"
            " nothing was recorded, please try again"
        )

    def _check_writable(self, viewer_id: ViewerId) -> None:
        if self._dataset_user(viewer_id) is not None:
            raise ReadOnlyViewer(
                f"'{viewer_id}' is a viewer of the dataset and cannot be changed; use 'demo'"
            )
        if not self.is_writable(viewer_id):
            raise ReadOnlyViewer(f"the history of '{viewer_id}' cannot be changed on this server")

    def _dataset_user(self, viewer_id: ViewerId) -> int | None:
        match = _DATASET_VIEWER.fullmatch(viewer_id)
        if match is None:
            return None
        user_id = int(match.group(1))
        if not self._bundle.has_dataset_viewer(user_id):
            count = len(self._bundle.dataset_viewer_ids())
            raise UnknownViewer(
                f"the dataset has no viewer '{viewer_id}' (it has {count} viewers);"
                " use 'demo' or an 'ml:<userId>' of the ratings file"
            )
        return user_id

    def _load(self, viewer_id: ViewerId) -> StoredViewer:
        try:
            known = self._recent.get(viewer_id)
            return self._store.load_viewer(viewer_id, known=known.viewer if known else None)
        except UnknownViewer as error:
            if viewer_id != DEMO_VIEWER:
                raise UnknownViewer(
                    f"there is no viewer '{viewer_id}'; use 'demo', or 'ml:<userId>' for a viewer"
                    " of the dataset"
                ) from error
        now = self._now_ms()
        self._store.create_viewer(viewer_id, demo_events(self._bundle, now_ms=now), created_ms=now)
        return self._store.load_viewer(viewer_id)
