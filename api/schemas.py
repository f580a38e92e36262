"""What goes over the wire for more than one resource; the others stand with their routes."""

from datetime import UTC, datetime
from typing import Annotated, Self

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from retrieval.bundle import Bundle
from retrieval.domain.adjustment import Adjustment, RankMove
from retrieval.domain.models import (
    MovieId,
    ThemeId,
    ViewerId,
)
from retrieval.domain.recommendation import Filters, Ranking
from retrieval.domain.scoring import Contribution, ScoreParts

__all__ = [
    "DiversityQuery",
    "ListedMovie",
    "MovieId64",
    "RecommendationOut",
    "RecommendationsOut",
    "ReorderedIn",
    "SurpriseQuery",
    "ViewerQuery",
    "WireIn",
    "WireOut",
    "listed",
]

ViewerQuery = Annotated[
    ViewerId,
    Query(
        min_length=1,
        max_length=64,
        description="`demo`, `ml:<userId>` for a viewer of the dataset, or a new viewer's id.",
        examples=["demo"],
    ),
]
MovieId64 = Annotated[MovieId, Field(ge=1, le=2**31 - 1)]


DIVERSITY = (
    "Variety: 0 lists by score alone; towards 1 a film counts the less, the more it is like those"
    " above it (maximal marginal relevance among the 100 best-scored films). Scores stay as they"
    " are; every film that moved says so."
)
SURPRISE = (
    "Preference for less known films: 0 lists by score alone; at 1 being little known among the 100"
    " best-scored films counts as much as fitting. Scores stay as they are; every film that moved"
    " says so."
)
DiversityQuery = Annotated[float, Query(ge=0.0, le=1.0, description=DIVERSITY, examples=[0.5])]
SurpriseQuery = Annotated[float, Query(ge=0.0, le=1.0, description=SURPRISE, examples=[0.5])]


class WireIn(BaseModel):
    """A body that comes in; a field that is not named here is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ReorderedIn(WireIn):
    """A question about a list that may be reordered."""

    diversity: float = Field(default=0.0, ge=0.0, le=1.0, description=DIVERSITY)
    surprise: float = Field(default=0.0, ge=0.0, le=1.0, description=SURPRISE)

    @property
    def filters(self) -> Filters:
        """What shapes the list."""
        return Filters(diversity=self.diversity, surprise=self.surprise)


class WireOut(BaseModel):
    """A body that goes out."""

    model_config = ConfigDict(frozen=True)


class ListedMovie(WireOut):
    """A place of a list, without its arithmetic."""

    rank: int
    movie_id: MovieId
    title: str
    year: int | None
    theme_id: ThemeId
    score: float
    rank_by_score: int
    """Among all films not met yet, by score alone; another one than ``rank`` when filters or
    reorderings moved the film."""
    moves: tuple[RankMove, ...]
    """The filters and reorderings that moved it, in the order of their application."""


def listed(ranking: Ranking) -> list[ListedMovie]:
    """A ranking as its places alone."""
    return [
        ListedMovie(
            rank=item.rank,
            movie_id=item.movie_id,
            title=item.title,
            year=item.year,
            theme_id=item.theme_id,
            score=item.score,
            rank_by_score=item.rank_by_score,
            moves=item.moves,
        )
        for item in ranking.recommendations
    ]


class RecommendationOut(ListedMovie):
    """A place of a list with the split of its score."""

    genres: tuple[str, ...]
    theme: str
    parts: ScoreParts
    contributions: tuple[Contribution, ...]
    """The largest in either direction; one ``rest`` entry sums up the others."""
    residual: float


class ListVersions(WireOut):
    """What made a list."""

    bundle: str
    recipe: str
    user_vector: str


class RecommendationsOut(WireOut):
    """A list for a viewer."""

    viewer_id: ViewerId
    writable: bool
    """Whether this viewer's history can be changed through this API."""
    n: int
    as_of: str
    versions: ListVersions
    filters: Filters
    adjustments: tuple[Adjustment, ...]
    """What each filter and reordering that was on did to the list."""
    n_interactions: int
    recommendations: list[RecommendationOut]

    @classmethod
    def of(cls, ranking: Ranking, bundle: Bundle, *, top: int, writable: bool) -> Self:
        """A ranking on the wire, each split cut to ``top`` contributions."""
        return cls(
            viewer_id=ranking.viewer.viewer_id,
            writable=writable,
            n=ranking.n,
            as_of=_iso(ranking.viewer.as_of_ms),
            versions=ListVersions(
                bundle=bundle.version,
                recipe=bundle.recipe.name,
                user_vector=ranking.viewer.user_vector_version,
            ),
            filters=ranking.filters,
            adjustments=ranking.adjustments,
            n_interactions=len(ranking.viewer.events),
            recommendations=[
                RecommendationOut(
                    **dict(place),
                    genres=item.genres,
                    theme=bundle.themes[item.theme_id].label,
                    parts=item.parts,
                    contributions=item.split.largest(top),
                    residual=item.residual,
                )
                for place, item in zip(listed(ranking), ranking.recommendations, strict=True)
            ],
        )


def _iso(timestamp_ms: int) -> str:
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC).isoformat(timespec="milliseconds")
