"""Viewers and their histories: who may be read, who may be written, and how a write stays whole.

Three kinds of viewer share one address space: ``demo`` (seeded once, writable), ``ml:<userId>``
(a viewer of the dataset, read only) and any viewer that the state store holds.
"""

import hashlib
import json
import random
import re
import time
from collections.abc import Callable
from importlib.resources import files
from typing import Final, NamedTuple

from pydantic import BaseModel, ValidationError

from retrieval.bundle import Bundle
from retrieval.domain.arrays import MS_PER_DAY
from retrieval.domain.errors import (
    InvalidInteraction,
    ReadOnlyViewer,
    StateConflict,
    UnknownEvent,
    UnknownViewer,
)
from retrieval.domain.models import EventId, Interaction, InteractionKind, MovieId, ViewerId
from retrieval.domain.profile import UserState, apply_event, effective_events, replay
from retrieval.ports import RecordResult, StateStore, StoredProfile

__all__ = ["DEMO_VIEWER", "Profiles", "ViewerHistory"]

DEMO_VIEWER: Final = ViewerId("demo")
_DATASET_VIEWER = re.compile(r"ml:(\d{1,12})")
_MAX_FUTURE_MS = MS_PER_DAY
"""Clocks differ; an event further ahead than this is a mistake."""
_FIRST_BACKOFF_S = 0.002


class ViewerHistory(NamedTuple):
    """A viewer's log with the state that follows from it."""

    events: tuple[Interaction, ...]
    """Effective events in order."""
    state: UserState
    clock_ms: int | None
    """The moment to rank for: None means now; dataset viewers stand at their last event."""


class _Seed(BaseModel):
    """One rating of the demo viewer, named so that any edition with the film can use it."""

    movie_id: MovieId
    title: str
    year: int
    rating: float
    days_ago: int


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

    def history(self, viewer_id: ViewerId) -> ViewerHistory:
        """A viewer's effective events and state.

        Raises:
            UnknownViewer: Neither the dataset nor the store knows the viewer.
            StateUnavailable: The store cannot be read.
        """
        user_id = self._dataset_user(viewer_id)
        if user_id is not None:
            events = effective_events(self._bundle.dataset_events(user_id))
            state = self._replay(events)
            return ViewerHistory(tuple(events), state, state.last_event_ms)
        self._seed_demo(viewer_id)
        log, version = self._store.load_log(viewer_id)
        events = self._known(log)
        cached = self._store.load_profile(viewer_id)
        if cached is not None and cached.bundle == self._bundle.version:
            if cached.version == version:
                return ViewerHistory(tuple(events), cached.state, None)
            return self.history(viewer_id)  # somebody wrote between the two reads
        state = self._replay(events)
        self._store.save_profile(viewer_id, StoredProfile(state, version, self._bundle.version))
        return ViewerHistory(tuple(events), state, None)

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

        Raises:
            UnknownViewer, UnknownMovie: No such viewer or movie.
            ReadOnlyViewer: A dataset viewer.
            InvalidInteraction: The fields contradict each other, the time lies in the future, or
                the event id was used for something else.
            StateConflict: Other writers were faster at every attempt.
            StateUnavailable: The store cannot be written; nothing was recorded.
        """
        self._check_writable(viewer_id)
        self._bundle.row(movie_id)
        event = self._new_event(
            viewer_id,
            movie_id=movie_id,
            kind=kind,
            rating=rating,
            timestamp_ms=timestamp_ms,
            event_id=event_id,
        )

        def write() -> RecordResult:
            log, version = self._store.load_log(viewer_id)
            profile = StoredProfile(
                self._state_with(viewer_id, log, version, event), version + 1, self._bundle.version
            )
            return self._store.record(viewer_id, event, profile, expected_version=version)

        return event, self._with_retries(viewer_id, write)

    def forget(self, viewer_id: ViewerId, event_id: EventId) -> RecordResult:
        """Remove an interaction and replay the log without it.

        Raises:
            UnknownViewer, UnknownEvent, ReadOnlyViewer, StateConflict, StateUnavailable.
        """
        self._check_writable(viewer_id)

        def write() -> RecordResult:
            log, version = self._store.load_log(viewer_id)
            kept = [event for event in log if event.event_id != event_id]
            if len(kept) == len(log):
                raise UnknownEvent(f"viewer '{viewer_id}' has no event '{event_id}'")
            state = self._replay(self._known(kept))
            profile = StoredProfile(state, version + 1, self._bundle.version)
            return self._store.forget(viewer_id, event_id, profile, expected_version=version)

        return self._with_retries(viewer_id, write)

    def replay_events(self, events: list[Interaction]) -> tuple[tuple[Interaction, ...], UserState]:
        """Effective events and state of a log that need not be saved anywhere."""
        effective = self._known(events)
        return tuple(effective), self._replay(effective)

    def _state_with(
        self, viewer_id: ViewerId, log: list[Interaction], version: int, event: Interaction
    ) -> UserState:
        """State after one more event: one step when it is the newest, else a replay."""
        cached = self._store.load_profile(viewer_id)
        events = self._known([*log, event])
        is_one_step = (
            cached is not None
            and cached.version == version
            and cached.bundle == self._bundle.version
            and cached.state.n_events == len(events) - 1
            and events[-1].event_id == event.event_id
        )
        if not is_one_step or cached is None:
            return self._replay(events)
        item = self._bundle.vectors([event.movie_id])[0]
        return apply_event(cached.state, event, item, recipe=self._bundle.recipe)

    def _replay(self, events: list[Interaction]) -> UserState:
        return replay(
            events,
            self._bundle.vectors([event.movie_id for event in events]),
            self._bundle.average_user_vector,
            recipe=self._bundle.recipe,
        )

    def _known(self, log: list[Interaction]) -> list[Interaction]:
        # A movie that a newer bundle dropped cannot be scored; its events stay in the log and
        # count again when the movie returns.
        return effective_events(event for event in log if self._bundle.has_movie(event.movie_id))

    def _new_event(
        self,
        viewer_id: ViewerId,
        *,
        movie_id: MovieId,
        kind: InteractionKind,
        rating: float | None,
        timestamp_ms: int | None,
        event_id: EventId | None,
    ) -> Interaction:
        now = self._now_ms()
        moment = now if timestamp_ms is None else timestamp_ms
        if moment > now + _MAX_FUTURE_MS:
            raise InvalidInteraction(f"timestamp_ms {moment} lies in the future")
        try:
            return Interaction(
                event_id=event_id or EventId(_fresh_event_id(viewer_id, movie_id, moment)),
                movie_id=movie_id,
                kind=kind,
                rating=rating,
                timestamp_ms=moment,
            )
        except ValidationError as error:
            reasons = "; ".join(
                detail["msg"].removeprefix("Value error, ") for detail in error.errors()
            )
            raise InvalidInteraction(reasons) from error

    def _with_retries(self, viewer_id: ViewerId, write: Callable[[], RecordResult]) -> RecordResult:
        self._seed_demo(viewer_id)
        # Jitter keeps two writers that collided once from colliding for ever.
        jitter = random.Random()
        for attempt in range(self._write_attempts):
            try:
                return write()
            except StateConflict:
                time.sleep(jitter.uniform(0.0, _FIRST_BACKOFF_S * 2 ** min(attempt, 6)))
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

    def _seed_demo(self, viewer_id: ViewerId) -> None:
        if viewer_id == DEMO_VIEWER:
            if not self._store.has_viewer(viewer_id):
                self._store.create_viewer(viewer_id, self._demo_events())
        elif not self._store.has_viewer(viewer_id):
            raise UnknownViewer(
                f"there is no viewer '{viewer_id}'; use 'demo', or 'ml:<userId>' for a viewer of"
                " the dataset"
            )

    def _demo_events(self) -> list[Interaction]:
        text = (files("retrieval") / "demo_viewer.json").read_text(encoding="utf-8")
        now = self._now_ms()
        return [
            Interaction(
                event_id=EventId(f"demo:{seed.movie_id}"),
                movie_id=seed.movie_id,
                kind="rating",
                rating=seed.rating,
                timestamp_ms=now - seed.days_ago * MS_PER_DAY,
            )
            for seed in (_Seed.model_validate(item) for item in json.loads(text))
            if self._is_same_film(seed)
        ]

    def _is_same_film(self, seed: _Seed) -> bool:
        # Ids are MovieLens'; another catalogue may use the same numbers for other films.
        if not self._bundle.has_movie(seed.movie_id):
            return False
        movie = self._bundle.movie(seed.movie_id)
        return (movie.title, movie.year) == (seed.title, seed.year)


def _fresh_event_id(viewer_id: ViewerId, movie_id: MovieId, moment_ms: int) -> str:
    noise = time.perf_counter_ns()
    digest = hashlib.sha256(f"{viewer_id}|{movie_id}|{moment_ms}|{noise}".encode()).hexdigest()
    return f"ev-{digest[:20]}"
