"""What retrieval needs from the outside, as protocols; the adapters live beside this file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Vector
from retrieval.domain.models import EventId, Interaction, ViewerId
from retrieval.domain.profile import UserState

__all__ = [
    "DocumentStore",
    "LogChange",
    "MovieIndex",
    "StateStore",
    "StoredProfile",
    "StoredViewer",
]


class MovieIndex(Protocol):
    """Finds the movies whose vectors have the largest inner product with a query."""

    def search(
        self, query: Vector, allowed: NDArray[np.bool_], *, n: int, slack: float = 0.0
    ) -> NDArray[np.int64]:
        """Candidate rows that contain the ``n`` best allowed ones, and those almost as good.

        Args:
            query: User vector or movie vector, shape ``(n_factors,)``.
            allowed: Which rows may be returned, shape ``(n_movies,)``.
            n: How many the caller will keep; more rows than that may come back, in any order,
                and the caller scores them exactly.
            slack: Most that the caller may add to an inner product: whatever comes this close to
                the ``n``-th best is a candidate too.
        """
        ...


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A cached state with what it was computed from."""

    state: UserState
    version: int
    """The viewer's version that it belongs to."""
    made_by: str
    """The bundle whose item vectors made the state, and the arithmetic that did."""


@dataclass(frozen=True, slots=True)
class StoredViewer:
    """Everything a store knows of a viewer, as of one moment."""

    events: list[Interaction]
    """The whole log, in no particular order."""
    version: int
    """Grows by one with every change of the log."""
    profile: StoredProfile | None
    """The cached profile, or None when it has to be replayed from the log."""
    created_ms: int | None
    """Milliseconds since 1970; None for viewers from before it was kept."""


class LogChange(NamedTuple):
    """What one write does to a log; with both fields an event is replaced."""

    added: Interaction | None = None
    removed: EventId | None = None


class StateStore(Protocol):
    """Viewers' event logs, and the profile cache that follows from them.

    The log is the truth, and the only one: seen and hidden movies follow from it. A write names
    the version it was computed from; when somebody else wrote in between, it raises
    `StateConflict` and changes nothing. Every method can raise `StateUnavailable`.
    """

    def has_viewer(self, viewer_id: ViewerId) -> bool:
        """Whether the viewer was created."""
        ...

    def create_viewer(
        self, viewer_id: ViewerId, events: list[Interaction], *, created_ms: int
    ) -> bool:
        """Create a viewer with a first log; False if they exist already (nothing changes)."""
        ...

    def viewer_ids(self) -> Iterator[ViewerId]:
        """Every viewer, in no particular order."""
        ...

    def load_viewer(
        self, viewer_id: ViewerId, *, known: StoredViewer | None = None
    ) -> StoredViewer:
        """Log, version and cached profile that belong together.

        Args:
            viewer_id: Who.
            known: What the caller read or wrote before. While version and cached profile are
                still the same, so is the log: it comes back itself and no event is read.

        Raises:
            UnknownViewer: The viewer was never created.
        """
        ...

    def commit(self, viewer_id: ViewerId, change: LogChange, profile: StoredProfile) -> None:
        """Change the log and store the profile that follows from it, both or neither.

        Args:
            viewer_id: Who.
            change: Computed from the log at version ``profile.version - 1``: what it removes is
                there, and what it adds is not.
            profile: State after the change.

        Raises:
            StateConflict: The viewer is not at ``profile.version - 1`` any more.
            UnknownViewer: The viewer was never created.
        """
        ...

    def save_profile(self, viewer_id: ViewerId, profile: StoredProfile) -> None:
        """Cache a profile replayed from the log at ``profile.version``; ignored when outdated."""
        ...


class DocumentStore(Protocol):
    """Explanations, and texts that were costly to make and serve every viewer.

    Every method can raise `StateUnavailable`.
    """

    def save_explanation(self, explanation_id: str, viewer_id: ViewerId, document: str) -> None:
        """Keep an explanation as JSON so that it can be read again; the same id replaces it."""
        ...

    def load_explanation(self, explanation_id: str) -> str | None:
        """The JSON of an explanation, or None."""
        ...

    def cache_text(self, key: str, text: str, *, ttl_s: float) -> None:
        """Keep a text under a key for ``ttl_s`` seconds; the same key replaces it."""
        ...

    def cached_text(self, key: str) -> str | None:
        """The text under a key, or None when there is none or its time is over."""
        ...
