"""A viewer's history: read it, add to it, take from it, and see at once what that changes."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from api.problems import problem_responses
from api.schemas import (
    InteractionEdit,
    InteractionIn,
    InteractionOut,
    InteractionPage,
    InteractionRecorded,
    ListedMovie,
    ViewerQuery,
    listed,
    page_of,
)
from api.services import Services, ServicesDep
from api.viewers import check_writable
from retrieval.domain.models import EventId, ViewerId

__all__ = ["router"]

router = APIRouter(tags=["interactions"])

EVENT_NAMESPACE = uuid.UUID("3a1b1f0e-58a3-4c53-9a43-2d0f8a6f1c77")
EventIdPath = Annotated[EventId, Path(min_length=1, max_length=200, examples=["demo:1721"])]
WRITE_PROBLEMS = problem_responses(400, 403, 404, 409, 413, 415, 422, 503)


@router.post("/interactions", status_code=201, responses=WRITE_PROBLEMS)
def record_interaction(
    body: InteractionIn,
    response: Response,
    services: ServicesDep,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            description="The same key again records nothing new and returns the same event.",
            examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
        ),
    ] = None,
) -> InteractionRecorded:
    """Record a rating, a watch, a click or a wish, and return the list that follows from it.

    201 when it was recorded, 200 when the same key had recorded it before.
    """
    profiles = services.retrieval.profiles
    check_writable(profiles, body.viewer_id)
    event, result = profiles.record(
        body.viewer_id,
        movie_id=body.movie_id,
        kind=body.kind,
        rating=body.rating,
        timestamp_ms=body.timestamp_ms,
        event_id=_event_id(body.viewer_id, idempotency_key),
    )
    if result.duplicate:
        response.status_code = 200
    return InteractionRecorded(
        event=InteractionOut.of(event, services.retrieval.bundle),
        duplicate=result.duplicate,
        version=result.version,
        top=_top(services, body.viewer_id),
    )


def _event_id(viewer_id: ViewerId, idempotency_key: str | None) -> EventId | None:
    if idempotency_key is None:
        return None
    return EventId(str(uuid.uuid5(EVENT_NAMESPACE, f"{viewer_id}\x1f{idempotency_key}")))


def _top(services: Services, viewer_id: ViewerId) -> list[ListedMovie]:
    return listed(services.retrieval.recommender.recommend(viewer_id))


@router.patch("/interactions/{event_id}", responses=WRITE_PROBLEMS)
def edit_interaction(
    event_id: EventIdPath, body: InteractionEdit, services: ServicesDep, viewer_id: ViewerQuery
) -> InteractionRecorded:
    """Change an interaction's kind, stars or time: the history is replayed with it."""
    profiles = services.retrieval.profiles
    check_writable(profiles, viewer_id)
    event, result = profiles.edit(
        viewer_id,
        event_id,
        kind=body.kind,
        rating=body.rating,
        timestamp_ms=body.timestamp_ms,
    )
    return InteractionRecorded(
        event=InteractionOut.of(event, services.retrieval.bundle),
        duplicate=result.duplicate,
        version=result.version,
        top=_top(services, viewer_id),
    )


@router.delete("/interactions/{event_id}", responses=WRITE_PROBLEMS)
def forget_interaction(
    event_id: EventIdPath, services: ServicesDep, viewer_id: ViewerQuery
) -> InteractionRecorded:
    """Forget an interaction: the history is replayed as if it had never happened."""
    profiles = services.retrieval.profiles
    check_writable(profiles, viewer_id)
    result = profiles.forget(viewer_id, event_id)
    return InteractionRecorded(
        event=None, duplicate=False, version=result.version, top=_top(services, viewer_id)
    )


@router.get("/interactions", responses=problem_responses(400, 404, 422, 503))
def interactions(
    services: ServicesDep,
    viewer_id: ViewerQuery,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> InteractionPage:
    """The events that count for the viewer, newest first."""
    history = services.retrieval.profiles.history(viewer_id)
    return page_of(history.events, services.retrieval.bundle, cursor=cursor, limit=limit)
