"""A viewer's list."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.etag import etag_of, is_known, not_modified
from api.problems import problem_responses
from api.schemas import DiversityQuery, RecommendationsOut, SurpriseQuery, ViewerQuery
from api.services import ServicesDep
from api.viewers import is_writable
from retrieval.domain.models import ThemeId
from retrieval.domain.recommendation import Filters, Ranking

__all__ = ["router"]

router = APIRouter(tags=["recommendations"])

CACHE_CONTROL = "private, no-cache"


@router.get(
    "/recommendations",
    response_model=RecommendationsOut,
    responses={
        304: {"description": "The caller has this list already."},
        **problem_responses(400, 404, 422, 503),
    },
)
def recommendations(
    request: Request,
    response: Response,
    services: ServicesDep,
    viewer_id: ViewerQuery,
    n: Annotated[int, Query(ge=1, le=100)] = 10,
    genres: Annotated[list[str], Query(max_length=10, description="All of them.")] = [],  # noqa: B006 - FastAPI copies it
    year_from: Annotated[int | None, Query(ge=1800, le=2200)] = None,
    year_to: Annotated[int | None, Query(ge=1800, le=2200)] = None,
    theme: Annotated[list[int], Query(max_length=50, description="One of them.")] = [],  # noqa: B006
    tags: Annotated[list[str], Query(max_length=10, description="Style tags; all of them.")] = [],  # noqa: B006
    diversity: DiversityQuery = 0.0,
    surprise: SurpriseQuery = 0.0,
    top: Annotated[int, Query(ge=0, le=10_000, description="Contributions per film.")] = 4,
) -> Response | RecommendationsOut:
    """The best films that the viewer has not met, with the parts of each score.

    Filters and reorderings change which films are listed and in which order, never a score.
    `moves` says of each film which of them changed its rank, `adjustments` what each of them did
    to the list.

    The entity tag is weak: it stays while the films and their order stay, although the scores
    fade a little with every second.
    """
    filters = Filters(
        genres=tuple(genres),
        year_from=year_from,
        year_to=year_to,
        theme_ids=tuple(ThemeId(theme_id) for theme_id in theme),
        tags=tuple(tags),
        diversity=diversity,
        surprise=surprise,
    )
    ranking = services.retrieval.recommender.recommend(viewer_id, n=n, filters=filters)
    writable = is_writable(services.retrieval.profiles, viewer_id)
    etag = _etag(ranking, services.retrieval.bundle.version, top, writable)
    if is_known(request, etag):
        return not_modified(etag, cache_control=CACHE_CONTROL)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHE_CONTROL
    return RecommendationsOut.of(ranking, services.retrieval.bundle, top=top, writable=writable)


def _etag(ranking: Ranking, bundle_version: str, top: int, writable: bool) -> str:
    return etag_of(
        bundle_version,
        ranking.viewer.viewer_id,
        ranking.viewer.user_vector_version,
        ranking.n,
        ranking.filters.model_dump_json(),
        [item.movie_id for item in ranking.recommendations],
        top,
        writable,
        weak=True,
    )
