"""A viewer's history: read it, add to it, take from it, and see at once what that changes."""

import base64
import binascii
import json
import uuid
from typing import Annotated, Self

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import ConfigDict, Field, model_validator

from api.problems import problem_responses
from api.schemas import ListedMovie, MovieId64, ViewerQuery, WireIn, WireOut, listed
from api.services import Services, ServicesDep
from api.viewers import check_writable
from retrieval.bundle import Bundle
from retrieval.domain.errors import BadInput
from retrieval.domain.models import EventId, Interaction, InteractionKind, MovieId, ViewerId

__all__ = ["router"]

router = APIRouter(tags=["interactions"])

EVENT_NAMESPACE = uuid.UUID("3a1b1f0e-58a3-4c53-9a43-2d0f8a6f1c77")
EventIdPath = Annotated[EventId, Path(min_length=1, max_length=200, examples=["demo:1721"])]
WRITE_PROBLEMS = problem_responses(400, 403, 404, 409, 413, 415, 422, 503)


class InteractionIn(WireIn):
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


class InteractionEdit(WireIn):
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


class InteractionOut(WireOut):
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


class InteractionRecorded(WireOut):
    """A write, and the list as it stands after it."""

    event: InteractionOut | None
    """What was recorded; null after a removal."""
    duplicate: bool
    """The history said so already, so nothing changed."""
    version: int
    """Grows by one with every write to the viewer."""
    top: list[ListedMovie]


class InteractionPage(WireOut):
    """Some events, newest first."""

    items: list[InteractionOut]
    next_cursor: str | None
    """Pass it as ``cursor`` for the older ones; null at the end."""
    total: int


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
