"""What if, and why not: the list recomputed under a change, and a film that is not on it."""

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field, model_validator

from api.problems import problem_responses
from api.schemas import (
    DiversityQuery,
    ListedMovie,
    MovieId64,
    ReorderedIn,
    SurpriseQuery,
    ViewerQuery,
    WireIn,
    WireOut,
    listed,
)
from api.services import ServicesDep
from retrieval.domain.adjustment import RankMove
from retrieval.domain.evidence import Evidence, WhatIfEvidence, WhyNotEvidence
from retrieval.domain.models import EventId, MovieId, ViewerId
from retrieval.domain.recommendation import Filters

__all__ = ["router"]

router = APIRouter(tags=["what if"])


class RatingIn(WireIn):
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


class CounterfactualOut(WireOut):
    """The list before and after a change that was not saved."""

    viewer_id: ViewerId
    saved: Literal[False] = False
    text: str
    """The change in one sentence."""
    before: list[ListedMovie]
    after: list[ListedMovie]
    evidence: tuple[Evidence, ...]


class WhyNotOut(WireOut):
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


@router.post("/counterfactuals", responses=problem_responses(400, 404, 413, 415, 422, 503))
def preview_counterfactual(body: CounterfactualIn, services: ServicesDep) -> CounterfactualOut:
    """Forget events or rate a film on trial: everything is ranked again, nothing is saved."""
    recommender, evidence = services.retrieval.recommender, services.retrieval.evidence
    before = recommender.recommend(body.viewer_id, n=body.n, filters=body.filters)
    if body.rate is not None:
        movie_id, rating = body.rate.movie_id, body.rate.rating
        found = evidence.rate(before, movie_id, rating)
        changed = recommender.with_rating(before.viewer, movie_id, rating)
    else:
        found = evidence.forget(before, body.forget_event_ids)
        changed = recommender.without_events(before.viewer, body.forget_event_ids)
    after = recommender.rank_for(changed, n=body.n, filters=body.filters)
    summary = next(item for item in found if isinstance(item, WhatIfEvidence))
    return CounterfactualOut(
        viewer_id=body.viewer_id,
        text=summary.text,
        before=listed(before),
        after=listed(after),
        evidence=found,
    )


@router.get("/why-not", responses=problem_responses(404, 422, 503))
def why_not(
    services: ServicesDep,
    viewer_id: ViewerQuery,
    movie_id: Annotated[MovieId64, Query(examples=[6])],
    n: Annotated[int, Query(ge=1, le=50)] = 10,
    diversity: DiversityQuery = 0.0,
    surprise: SurpriseQuery = 0.0,
) -> WhyNotOut:
    """Why a movie is not in the list: its rank, its gap, and what speaks for and against it."""
    filters = Filters(diversity=diversity, surprise=surprise)
    ranking = services.retrieval.recommender.recommend(viewer_id, n=n, filters=filters)
    found = services.retrieval.evidence.why_not(ranking, movie_id)
    answer = next(item for item in found if isinstance(item, WhyNotEvidence))
    return WhyNotOut(
        viewer_id=viewer_id,
        movie_id=movie_id,
        title=answer.data.title,
        text=answer.text,
        seen=answer.data.seen,
        in_list=answer.data.in_list,
        rank=answer.data.rank,
        rank_by_score=answer.data.rank_by_score or answer.data.rank,
        moves=answer.data.moves,
        gap=answer.data.gap,
        evidence=found,
    )
