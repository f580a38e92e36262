"""What retrieval needs from the outside, as protocols; the adapters live beside this file."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Vector
from retrieval.domain.models import EventId, Interaction, ViewerId
from retrieval.domain.profile import UserState

__all__ = ["MovieIndex", "RecordResult", "StateStore", "StoredProfile"]


class MovieIndex(Protocol):
    """Finds the movies whose vectors have the largest inner product with a query."""

    def search(self, query: Vector, allowed: NDArray[np.bool_], *, n: int) -> NDArray[np.int64]:
        """Candidate rows that contain the ``n`` best allowed ones.

        Args:
            query: User vector or movie vector, shape ``(n_factors,)``.
            allowed: Which rows may be returned, shape ``(n_movies,)``.
            n: How many the caller will keep; more rows than that may come back, in any order,
                and the caller scores them exactly.
        """
        ...


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A cached state with what it was computed from."""

    state: UserState
    version: int
    """Grows by one with every write to the viewer."""
    bundle: str
    """Bundle version whose item vectors made the state."""


class RecordResult(NamedTuple):
    """What a write did."""

    version: int
    """The viewer's version after the write."""
    duplicate: bool
    """The event id was in the log already, so nothing changed."""


class StateStore(Protocol):
    """Viewers' event logs, and the profile cache that follows from them.

    The log is the truth. Each write names the version it was computed from; when somebody else
    wrote in between, it raises `StateConflict` and changes nothing.
    """

    def has_viewer(self, viewer_id: ViewerId) -> bool:
        """Whether the viewer was created."""
        ...

    def create_viewer(self, viewer_id: ViewerId, events: list[Interaction]) -> bool:
        """Create a viewer with a first log; False if they exist already (nothing changes)."""
        ...

    def load_log(self, viewer_id: ViewerId) -> tuple[list[Interaction], int]:
        """All events of the viewer in no particular order, with the version they stand at."""
        ...

    def load_profile(self, viewer_id: ViewerId) -> StoredProfile | None:
        """The cached profile, or None when it has to be replayed."""
        ...

    def save_profile(self, viewer_id: ViewerId, profile: StoredProfile) -> None:
        """Cache a profile replayed from the log at ``profile.version``; ignored when outdated."""
        ...

    def record(
        self,
        viewer_id: ViewerId,
        event: Interaction,
        profile: StoredProfile,
        *,
        expected_version: int,
    ) -> RecordResult:
        """Append an event and store the profile that includes it, both or neither."""
        ...

    def forget(
        self,
        viewer_id: ViewerId,
        event_id: EventId,
        profile: StoredProfile,
        *,
        expected_version: int,
    ) -> RecordResult:
        """Remove an event and store the profile without it, both or neither.

        Raises:
            UnknownEvent: The log holds no such event.
        """
        ...

    def save_explanation(self, explanation_id: str, viewer_id: ViewerId, document: str) -> None:
        """Keep an explanation as JSON so that it can be read again."""
        ...

    def load_explanation(self, explanation_id: str) -> str | None:
        """The JSON of an explanation, or None."""
        ...
