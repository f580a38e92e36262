"""What a recommender returns: a viewer at a moment, and the list made for them."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from retrieval.domain.adjustment import Adjustment, RankMove
from retrieval.domain.arrays import Matrix
from retrieval.domain.models import Interaction, MovieId, ThemeId, ViewerId
from retrieval.domain.profile import (
    EventCoefficients,
    EventEffects,
    Recipe,
    UserState,
    UserVector,
    event_coefficients,
)
from retrieval.domain.ranking import Rows
from retrieval.domain.scoring import Contribution, ScoreParts, SplitScore

__all__ = ["Filters", "Prediction", "Ranking", "Recommendation", "ViewerSnapshot"]


class Filters(BaseModel):
    """What shapes a list after scoring: which movies may be in it, and in which order.

    No field changes a score. Every default leaves the plain list, by score.
    """

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
    surprise: float = Field(default=0.0, ge=0.0, le=1.0)
    """How much less known movies come forward; see `reordering.surprising_relevance`."""
    diversity: float = Field(default=0.0, ge=0.0, le=1.0)
    """How much variety counts against score; see `reordering.diverse_order`."""

    @property
    def is_empty(self) -> bool:
        """Whether the list is the plain one."""
        return self == Filters()

    @property
    def reorders(self) -> bool:
        """Whether the order can differ from that by score."""
        return self.surprise > 0.0 or self.diversity > 0.0

    @property
    def narrows(self) -> bool:
        """Whether it leaves movies out."""
        return not self.selection.is_empty

    @property
    def selection(self) -> "Filters":
        """The filters without any reordering."""
        if not self.reorders:
            return self
        return self.model_copy(update={"surprise": 0.0, "diversity": 0.0})


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One place of a list, with the exact split of its score."""

    rank: int
    movie_id: MovieId
    title: str
    year: int | None
    genres: tuple[str, ...]
    theme_id: ThemeId
    parts: ScoreParts
    split: SplitScore
    moves: tuple[RankMove, ...] = ()
    """The filters and reorderings that moved it, in the order of their application."""

    @property
    def score(self) -> float:
        """``<v, z>``."""
        return self.split.score

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """Complete and largest first; with ``residual`` they add up to ``score``."""
        return self.split.contributions

    @property
    def residual(self) -> float:
        """What rounding left of the score."""
        return self.split.residual

    @property
    def rank_by_score(self) -> int:
        """Its rank among all movies that the viewer has not met, by score alone."""
        return self.moves[0].rank_before if self.moves else self.rank


@dataclass(frozen=True, eq=False)
class ViewerSnapshot:
    """A viewer at one moment: everything that scoring and explaining read.

    Equal to itself alone, so that what was computed for it can be kept under it.
    """

    viewer_id: ViewerId
    as_of_ms: int
    recipe: Recipe
    log: tuple[Interaction, ...]
    """All that was recorded, also what a later rating replaced; in no particular order."""
    events: tuple[Interaction, ...]
    """Effective events in order; see `profile.effective_events`."""
    event_rows: Rows
    """Row of each event's movie in the bundle's arrays, shape ``(n_events,)``."""
    event_effects: EventEffects
    """What each event does to the running vectors."""
    event_items: Matrix
    """Item vectors of the events' movies, shape ``(n_events, n_factors)``."""
    state: UserState
    user_vector: UserVector

    @cached_property
    def coefficients(self) -> EventCoefficients:
        """What each event counts for in the user vector."""
        return event_coefficients(self.event_effects, self.user_vector, recipe=self.recipe)

    @cached_property
    def user_vector_version(self) -> str:
        """Digest of the log with the number of events, such as ``12-9f2c41d0``."""
        log = "".join(
            f"{e.event_id}|{e.movie_id}|{e.kind}|{e.rating}|{e.timestamp_ms};" for e in self.events
        )
        return f"{len(self.events)}-{hashlib.sha256(log.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Ranking:
    """A list made for a viewer at a moment."""

    viewer: ViewerSnapshot
    recommendations: tuple[Recommendation, ...]
    n: int
    """Length asked for; fewer recommendations mean that fewer movies were allowed."""
    filters: Filters
    adjustments: tuple[Adjustment, ...] = ()
    """What each filter and reordering that was on did to the list."""


class Prediction(NamedTuple):
    """Predicted stars and the parts that add up to them before clipping."""

    rating: float
    mean: float
    viewer_bias: float
    movie_bias: float
    taste: float
