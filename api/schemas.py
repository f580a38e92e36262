"""What goes over the wire, where it is not a type of the rooms below."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from retrieval.bundle import Bundle
from retrieval.domain.adjustment import Adjustment, RankMove
from retrieval.domain.errors import BadInput
from retrieval.domain.evidence import Evidence, GenreCount
from retrieval.domain.models import (
    EventId,
    FilmReading,
    Interaction,
    InteractionKind,
    Movie,
    MovieId,
    Theme,
    ThemeId,
    ViewerId,
)
from retrieval.domain.recommendation import Filters, Ranking
from retrieval.domain.scoring import Contribution, ScoreParts

__all__ = [
    "CounterfactualIn",
    "CounterfactualOut",
    "DiversityQuery",
    "ExplanationIn",
    "InteractionEdit",
    "InteractionIn",
    "InteractionOut",
    "InteractionPage",
    "InteractionRecorded",
    "ListedMovie",
    "MovieId64",
    "MovieOut",
    "MovieSheet",
    "RatingIn",
    "RecommendationOut",
    "RecommendationsOut",
    "ReorderedIn",
    "SurpriseQuery",
    "TasteProfileOut",
    "ThemeMovies",
    "ThemeShare",
    "ThemesOut",
    "ViewerQuery",
    "WhyNotOut",
    "listed",
    "page_of",
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


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReorderedIn(_In):
    """A question about a list that may be reordered."""

    diversity: float = Field(default=0.0, ge=0.0, le=1.0, description=DIVERSITY)
    surprise: float = Field(default=0.0, ge=0.0, le=1.0, description=SURPRISE)

    @property
    def filters(self) -> Filters:
        """What shapes the list."""
        return Filters(diversity=self.diversity, surprise=self.surprise)


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True)


class ListedMovie(_Out):
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


class ListVersions(_Out):
    """What made a list."""

    bundle: str
    recipe: str
    user_vector: str


class RecommendationsOut(_Out):
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


class InteractionIn(_In):
    """An interaction to record."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"viewer_id": "demo", "movie_id": 318, "kind": "rating", "rating": 4.5}
        }
    )

    viewer_id: ViewerId = Field(min_length=1, max_length=64)
    movie_id: MovieId64
    kind: InteractionKind
    rating: float | None = None
    """Stars, 0.5 to 5 in halves; with kind ``rating`` and only with it."""
    timestamp_ms: int | None = Field(default=None, ge=0, le=2**53)
    """When, milliseconds since 1970; now by default."""


class InteractionEdit(_In):
    """What to change of an interaction; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"rating": 2.0}})

    kind: InteractionKind | None = None
    rating: float | None = None
    """Stars, 0.5 to 5 in halves; they go when the kind is no ``rating`` any more."""
    timestamp_ms: int | None = Field(default=None, ge=0, le=2**53)
    """When, milliseconds since 1970."""

    @model_validator(mode="after")
    def _check_any_change(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("give a kind, a rating or a timestamp_ms to change")
        return self


class InteractionOut(_Out):
    """One event of a viewer's log."""

    event_id: EventId
    movie_id: MovieId
    title: str
    year: int | None
    kind: InteractionKind
    rating: float | None
    timestamp_ms: int

    @classmethod
    def of(cls, event: Interaction, bundle: Bundle) -> Self:
        """An event with the name of its movie."""
        movie = bundle.movie(event.movie_id)
        return cls(**event.model_dump(), title=movie.title, year=movie.year)


class InteractionRecorded(_Out):
    """A write, and the list as it stands after it."""

    event: InteractionOut | None
    """What was recorded; null after a removal."""
    duplicate: bool
    """The history said so already, so nothing changed."""
    version: int
    """Grows by one with every write to the viewer."""
    top: list[ListedMovie]


class InteractionPage(_Out):
    """Some events, newest first."""

    items: list[InteractionOut]
    next_cursor: str | None
    """Pass it as ``cursor`` for the older ones; null at the end."""
    total: int


def page_of(
    events: tuple[Interaction, ...], bundle: Bundle, *, cursor: str | None, limit: int
) -> InteractionPage:
    """A page of a log.

    A cursor names the last event shown by its time and id, so that events which come or go
    between two pages shift nothing.

    Raises:
        BadInput: The cursor is not one of ours.
    """
    newest_first = sorted(events, key=lambda e: (e.timestamp_ms, e.event_id), reverse=True)
    if cursor is not None:
        last = _read_cursor(cursor)
        newest_first = [e for e in newest_first if (e.timestamp_ms, str(e.event_id)) < last]
    shown = newest_first[:limit]
    return InteractionPage(
        items=[InteractionOut.of(event, bundle) for event in shown],
        next_cursor=_cursor(shown[-1]) if len(newest_first) > limit else None,
        total=len(events),
    )


def _cursor(event: Interaction) -> str:
    text = json.dumps([event.timestamp_ms, event.event_id])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_cursor(cursor: str) -> tuple[int, str]:
    try:
        match json.loads(base64.urlsafe_b64decode(cursor.encode())):
            case [int(timestamp_ms), str(event_id)]:
                return timestamp_ms, event_id
    except (ValueError, binascii.Error):
        pass
    raise BadInput("the cursor is not one that this API gave out")


class ExplanationIn(ReorderedIn):
    """What to explain."""

    model_config = ConfigDict(json_schema_extra={"example": {"viewer_id": "demo", "n": 10}})

    viewer_id: ViewerId = Field(min_length=1, max_length=64)
    n: int = Field(default=10, ge=1, le=50)
    movie_id: MovieId64 | None = None
    """Explain this film of the list alone."""
    detail: Literal["brief", "standard", "full"] = "standard"


class RatingIn(_In):
    """A rating to try out."""

    movie_id: MovieId64
    rating: float = Field(ge=0.5, le=5.0)


class CounterfactualIn(ReorderedIn):
    """A change of history to try out: forget some events, or rate a film."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"viewer_id": "demo", "forget_event_ids": ["demo:1721"]}}
    )

    viewer_id: ViewerId = Field(min_length=1, max_length=64)
    n: int = Field(default=10, ge=1, le=50)
    forget_event_ids: tuple[EventId, ...] = Field(default=(), max_length=100)
    rate: RatingIn | None = None

    @model_validator(mode="after")
    def _check_one_change(self) -> Self:
        if bool(self.forget_event_ids) == (self.rate is not None):
            raise ValueError("give either forget_event_ids or rate")
        return self


class CounterfactualOut(_Out):
    """The list before and after a change that was not saved."""

    viewer_id: ViewerId
    saved: Literal[False] = False
    text: str
    """The change in one sentence."""
    before: list[ListedMovie]
    after: list[ListedMovie]
    evidence: tuple[Evidence, ...]


class WhyNotOut(_Out):
    """Why a movie is not in the list."""

    viewer_id: ViewerId
    movie_id: MovieId
    title: str
    text: str
    """The answer in one sentence."""
    seen: bool
    in_list: bool
    rank: int
    """In the list as filters and reorderings make it."""
    rank_by_score: int
    moves: tuple[RankMove, ...]
    gap: float
    """Score of the last film of the list less the film's own; negative when the film was left out
    in spite of its score."""
    evidence: tuple[Evidence, ...]


class MovieOut(_Out):
    """A movie in a search result."""

    movie_id: MovieId
    title: str
    year: int | None
    genres: tuple[str, ...]
    theme_id: ThemeId
    n_ratings: int

    @classmethod
    def of(cls, movie: Movie) -> Self:
        """The short form of a movie."""
        return cls(**movie.model_dump(include=set(cls.model_fields)))


class SimilarMovie(_Out):
    """A movie with how alike it is."""

    movie: MovieOut
    similarity: float
    """Cosine of the two item vectors, -1 to 1."""
    reason: str
    """What makes them alike, counted from who likes both."""


class MovieSheet(_Out):
    """Everything the catalogue knows of a movie."""

    movie: Movie
    theme: Theme
    reading: FilmReading | None
    """A machine-written reading of its style, shown as such; it causes no recommendation."""
    similar: list[SimilarMovie]


class ThemesOut(_Out):
    """All themes, largest first."""

    bundle: str
    themes: list[Theme]


class ThemeMovies(_Out):
    """A theme with its most rated movies."""

    theme: Theme
    movies: list[MovieOut]


class ThemeShare(_Out):
    """How much of what a viewer liked lies in one theme."""

    theme_id: ThemeId
    label: str
    summary: str
    liked_count: int
    liked_share: float
    liked_titles: tuple[str, ...]


class TagShare(_Out):
    """A style tag that films the viewer liked have in common."""

    tag: str
    phrase: str
    liked_count: int
    liked_titles: tuple[str, ...]
    source: str
    confidence: float


class TasteProfileOut(_Out):
    """What a viewer's history says about their taste, measured."""

    viewer_id: ViewerId
    n_interactions: int
    user_vector: str
    text: str
    themes: list[ThemeShare]
    genres: tuple[GenreCount, ...]
    style_tags: list[TagShare]
    evidence: tuple[Evidence, ...]
