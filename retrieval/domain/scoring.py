"""Scores and their exact split into contributions.

``score(m) = <v, z_m>`` and ``v = profile * xbar + sum_i c_i z_i`` (see `profile`), hence
``score(m) = profile * <xbar, z_m> + sum_i c_i <z_i, z_m>``: one number per past event.
"""

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.models import EventId, MovieId
from retrieval.domain.profile import EventCoefficients, UserVector

__all__ = ["Contribution", "RawContributions", "ScoreParts", "score_parts", "split_score"]


class ScoreParts(BaseModel):
    """The parts of a score by time scale; they add up to the score."""

    model_config = ConfigDict(frozen=True)

    base: float
    """From the slow part of the user vector."""
    recent: float
    """From the quick part."""
    style: float = 0.0
    """From style tags that earlier rounds had in common."""


class Contribution(BaseModel):
    """One addend of a score."""

    model_config = ConfigDict(frozen=True)

    source: Literal["interaction", "profile", "style", "rest"]
    """``rest`` sums up what a trimmed list left out."""
    event_id: EventId | None = None
    movie_id: MovieId | None = None
    title: str
    value: float
    """In units of the score; negative pulls the movie down."""
    share: float
    """``value / score``; the shares of one score add up to 1."""


class RawContributions(NamedTuple):
    """Contributions of one movie's score as numbers."""

    profile: float
    events: Vector
    """Shape ``(n_events,)``, in the order of the log."""


def score_parts(user_vector: UserVector, item: Vector) -> ScoreParts:
    """Score of one movie by part. ``item``: shape ``(n_factors,)``."""
    return ScoreParts(base=float(user_vector.base @ item), recent=float(user_vector.recent @ item))


def split_score(
    coefficients: EventCoefficients, event_items: Matrix, average_user_vector: Vector, item: Vector
) -> RawContributions:
    """Split the score of one movie into one contribution per event and one for the start.

    Args:
        coefficients: From `profile.event_coefficients` for the user vector that scored.
        event_items: Item vectors of the events' movies, shape ``(n_events, n_factors)``.
        average_user_vector: Shape ``(n_factors,)``.
        item: Vector of the scored movie, shape ``(n_factors,)``.

    Returns:
        Addends whose sum is the score up to rounding (below 1e-9 for scores of order 1).
    """
    return RawContributions(
        profile=coefficients.profile * float(average_user_vector @ item),
        events=coefficients.events * (event_items @ item),
    )
