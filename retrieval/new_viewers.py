"""Viewers that come without a history: created with their first picks, known by a random id.

There are no accounts yet. Whoever holds the id of such a viewer may read and change it, so an id
has 132 random bits and is told to its creator alone.
"""

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from retrieval.bundle import Bundle
from retrieval.domain.errors import BadInput, InvalidInteraction
from retrieval.domain.models import Interaction, ViewerId
from retrieval.onboarding import OnboardingFilm, Pick, choose_onboarding, is_pick, pick_events
from retrieval.ports import StateStore

__all__ = ["MOST_PICKS", "NewViewer", "NewViewers", "is_new_viewer_id"]

MOST_PICKS: Final = 50
_ID_LENGTH: Final = 22
"""Characters of 6 bits each."""
_VIEWER_ID: Final = re.compile(rf"v-[A-Za-z0-9_-]{{{_ID_LENGTH}}}")


class NewViewer(NamedTuple):
    """A viewer after `NewViewers.create`."""

    viewer_id: ViewerId
    duplicate: bool
    """The key had created this viewer before, so nothing changed."""


def is_new_viewer_id(viewer_id: ViewerId) -> bool:
    """Whether the id has the form of those that are given out here."""
    return _VIEWER_ID.fullmatch(viewer_id) is not None


class NewViewers:
    """Creates viewers who start as the average viewer, moved by their first picks."""

    def __init__(
        self,
        bundle: Bundle,
        store: StateStore,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """Create viewers in a store.

        Args:
            bundle: The catalogue that picks are checked against.
            store: Where they live.
            now_ms: The clock, milliseconds since 1970.
        """
        self._bundle = bundle
        self._store = store
        self._now_ms = now_ms

    @cached_property
    def films(self) -> tuple[OnboardingFilm, ...]:
        """The films to ask a new viewer about."""
        return choose_onboarding(self._bundle)

    def create(self, picks: Sequence[Pick], *, key: str | None = None) -> NewViewer:
        """Create a viewer with a first log.

        Args:
            picks: In the order picked, each film once; none at all starts with the average.
            key: Makes the call idempotent: the same key and picks again give the same viewer. The
                viewer's id follows from it, so it must be as hard to guess as the id: a random
                UUID, used once.

        Raises:
            UnknownMovie: The catalogue has no such movie.
            BadInput: A film is picked twice, or there are more than `MOST_PICKS` picks.
            InvalidInteraction: The key was used with other picks.
            StateUnavailable: The store cannot be written.
        """
        self._check(picks)
        viewer_id = _new_id() if key is None else _id_of(key)
        now = self._now_ms()
        events = pick_events(picks, now_ms=now)
        if self._store.create_viewer(viewer_id, events, created_ms=now):
            return NewViewer(viewer_id, duplicate=False)
        self._check_same(viewer_id, events)
        return NewViewer(viewer_id, duplicate=True)

    def _check(self, picks: Sequence[Pick]) -> None:
        if len(picks) > MOST_PICKS:
            raise BadInput(f"a viewer starts with at most {MOST_PICKS} picks, not {len(picks)}")
        if len({pick.movie_id for pick in picks}) < len(picks):
            raise BadInput("a film is picked twice; pick each once, as liked or as not for you")
        for pick in picks:
            self._bundle.row(pick.movie_id)

    def _check_same(self, viewer_id: ViewerId, events: Sequence[Interaction]) -> None:
        viewer = self._store.load_viewer(viewer_id)
        asked = {event.event_id: event.kind for event in events}
        first = {e.event_id: e.kind for e in viewer.events if is_pick(e)}
        # A history that changed since may have lost some of its first picks, but gained none.
        is_same = first == asked if viewer.version == 0 else first.items() <= asked.items()
        if not is_same:
            raise InvalidInteraction(
                "this idempotency key created a viewer with other picks; use a new key"
            )


def _new_id() -> ViewerId:
    return _as_id(secrets.token_bytes(32))


def _id_of(key: str) -> ViewerId:
    return _as_id(hashlib.sha256(f"new viewer\x1f{key}".encode()).digest())


def _as_id(random_bytes: bytes) -> ViewerId:
    return ViewerId(f"v-{base64.urlsafe_b64encode(random_bytes).decode()[:_ID_LENGTH]}")
