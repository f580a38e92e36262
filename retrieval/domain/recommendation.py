"""What a recommender returns: a viewer at a moment, and the list made for them."""

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from retrieval.domain.arrays import Matrix
from retrieval.domain.models import Interaction, MovieId, ThemeId, ViewerId
from retrieval.domain.profile import EventCoefficients, UserState, UserVector
from retrieval.domain.scoring import Contribution, ScoreParts

__all__ = ["Filters", "Prediction", "Ranking", "Recommendation", "ViewerSnapshot"]


class Filters(BaseModel):
    """Constraints on a list, applied after scoring; every field None means no constraint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    genres: tuple[str, ...] = ()
    """A movie needs all of them."""
    without_genres: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    theme_ids: tuple[ThemeId, ...] = ()
    """A movie needs one of them."""
    tags: tuple[str, ...] = ()
    """Style tags; a movie needs all of them."""
    without_tags: tuple[str, ...] = ()
    without_movie_ids: tuple[MovieId, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is constrained."""
        return self == Filters()


class Recommendation(BaseModel):
    """One place of a list, with the exact split of its score."""

    model_config = ConfigDict(frozen=True)

    rank: int
    movie_id: MovieId
    title: str
    year: int | None
    genres: tuple[str, ...]
    theme_id: ThemeId
    score: float
    parts: ScoreParts
    contributions: tuple[Contribution, ...]
    """Complete and largest first; with ``residual`` they add up to ``score``."""
    residual: float


@dataclass(frozen=True, slots=True)
class ViewerSnapshot:
    """A viewer at one moment: everything that scoring and explaining read."""

    viewer_id: ViewerId
    as_of_ms: int
    events: tuple[Interaction, ...]
    """Effective events in order; see `profile.effective_events`."""
    event_items: Matrix
    """Item vectors of the events' movies, shape ``(n_events, n_factors)``."""
    state: UserState
    user_vector: UserVector
    coefficients: EventCoefficients
    user_vector_version: str
    """Digest of the log with the number of events, such as ``12-9f2c41d0``."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """A list made for a viewer at a moment."""

    viewer: ViewerSnapshot
    recommendations: tuple[Recommendation, ...]
    n: int
    """Length asked for; fewer recommendations mean that fewer movies were allowed."""
    filters: Filters


class Prediction(NamedTuple):
    """Predicted stars and the parts that add up to them before clipping."""

    rating: float
    mean: float
    viewer_bias: float
    movie_bias: float
    taste: float
