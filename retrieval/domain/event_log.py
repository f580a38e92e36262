"""What may stand in a viewer's event log, and finding one's way in it."""

from collections.abc import Iterable

from pydantic import ValidationError

from retrieval.domain.arrays import MS_PER_DAY
from retrieval.domain.errors import InvalidInteraction, UnknownEvent
from retrieval.domain.models import EventId, Interaction, InteractionKind, MovieId

__all__ = ["build_event", "check_repeated", "edit_event", "find_event"]

_MAX_FUTURE_MS = MS_PER_DAY
"""Clocks differ; an event further ahead than this is a mistake."""


def build_event(
    *,
    event_id: EventId,
    movie_id: MovieId,
    kind: InteractionKind,
    rating: float | None,
    timestamp_ms: int,
    now_ms: int,
) -> Interaction:
    """An interaction that may be recorded.

    Raises:
        InvalidInteraction: The fields contradict each other, or the time lies in the future.
    """
    if timestamp_ms > now_ms + _MAX_FUTURE_MS:
        raise InvalidInteraction(f"timestamp_ms {timestamp_ms} lies in the future")
    try:
        return Interaction(
            event_id=event_id,
            movie_id=movie_id,
            kind=kind,
            rating=rating,
            timestamp_ms=timestamp_ms,
        )
    except ValidationError as error:
        reasons = "; ".join(
            detail["msg"].removeprefix("Value error, ") for detail in error.errors()
        )
        raise InvalidInteraction(reasons) from error


def edit_event(
    old: Interaction,
    *,
    kind: InteractionKind | None,
    rating: float | None,
    timestamp_ms: int | None,
    now_ms: int,
) -> Interaction:
    """The event with some fields changed; None keeps a field.

    Stars are kept as long as the event stays a rating.

    Raises:
        InvalidInteraction: As for `build_event`.
    """
    new_kind = kind or old.kind
    kept_rating = old.rating if new_kind == "rating" else None
    return build_event(
        event_id=old.event_id,
        movie_id=old.movie_id,
        kind=new_kind,
        rating=kept_rating if rating is None else rating,
        timestamp_ms=old.timestamp_ms if timestamp_ms is None else timestamp_ms,
        now_ms=now_ms,
    )


def find_event(events: Iterable[Interaction], event_id: EventId) -> Interaction:
    """The event of this id; raises `UnknownEvent`."""
    for event in events:
        if event.event_id == event_id:
            return event
    raise UnknownEvent(f"this viewer's history has no event '{event_id}'")


def check_repeated(stored: Interaction, event: Interaction) -> None:
    """Make sure that an event with a known id is the same one sent again.

    Raises:
        InvalidInteraction: It is another interaction.
    """
    # The time may differ: a client that repeats a request stamps it again.
    if stored.model_copy(update={"timestamp_ms": event.timestamp_ms}) != event:
        raise InvalidInteraction(
            f"the event id '{event.event_id}' was used for another interaction; use a new one"
        )
