"""Explanations: make one, read one again."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import ConfigDict, Field

from agents.schemas import Explanation
from api.contributions import trim_contributions
from api.problems import UnknownExplanation, problem_responses
from api.schemas import MovieId64, ReorderedIn
from api.services import ServicesDep
from retrieval.domain.models import ViewerId

__all__ = ["router"]

router = APIRouter(tags=["explanations"])

TopQuery = Annotated[
    int | None,
    Query(
        ge=0,
        le=10_000,
        description="Contributions per film; the others are summed up in one `rest` entry.",
    ),
]


class ExplanationIn(ReorderedIn):
    """What to explain."""

    model_config = ConfigDict(json_schema_extra={"example": {"viewer_id": "demo", "n": 10}})

    viewer_id: ViewerId = Field(min_length=1, max_length=64)
    n: int = Field(default=10, ge=1, le=50)
    movie_id: MovieId64 | None = None
    """Explain this film of the list alone."""
    detail: Literal["brief", "standard", "full"] = "standard"


@router.post(
    "/explanations",
    status_code=201,
    responses=problem_responses(400, 404, 413, 415, 422, 503),
)
async def explain(
    body: ExplanationIn, response: Response, services: ServicesDep, top: TopQuery = None
) -> Explanation:
    """Explain a viewer's list, or one film of it; every claim is checked against its evidence."""
    # Built at the first call, which takes seconds of imports; other requests go on meanwhile.
    explainer = await run_in_threadpool(services.explainer)
    explanation = await explainer.aexplain(
        body.viewer_id,
        n=body.n,
        movie_id=body.movie_id,
        detail=body.detail,
        filters=body.filters,
    )
    response.headers["Location"] = f"/api/explanations/{explanation.id}"
    return _trimmed(explanation, top)


@router.get("/explanations/{explanation_id}", responses=problem_responses(404, 422, 503))
def stored_explanation(
    explanation_id: Annotated[str, Path(max_length=100)],
    services: ServicesDep,
    top: TopQuery = None,
) -> Explanation:
    """An explanation as it was given, with the versions that made it."""
    document = services.retrieval.documents.load_explanation(explanation_id)
    if document is None:
        raise UnknownExplanation(f"there is no explanation '{explanation_id}'")
    return _trimmed(Explanation.model_validate_json(document), top)


def _trimmed(explanation: Explanation, top: int | None) -> Explanation:
    if top is None:
        return explanation
    recommendations = tuple(
        item.model_copy(update={"contributions": trim_contributions(item.contributions, top=top)})
        for item in explanation.recommendations
    )
    return explanation.model_copy(update={"recommendations": recommendations})
