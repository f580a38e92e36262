"""Evidence of a viewer's history: its size, its films, what was liked in it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from retrieval.bundle import Bundle
from retrieval.domain.evidence import (
    GenreCount,
    HistoryData,
    HistoryEvidence,
    ViewerData,
    ViewerEvidence,
)
from retrieval.domain.models import Interaction, MovieId
from retrieval.domain.recommendation import ViewerSnapshot
from retrieval.wording import as_date, as_list, count_of, describe_event

__all__ = ["LIKED_WEIGHT", "liked_movies", "measure_event", "measure_events", "measure_viewer"]

LIKED_WEIGHT = 0.5
"""Weight from which an event counts as a like: a watch and 3.5 stars do, a click does not."""
_TOP_GENRES = 5


def liked_movies(viewer: ViewerSnapshot) -> list[MovieId]:
    """Liked films, strongest in the user vector first."""
    places = np.flatnonzero(viewer.event_effects.weights >= LIKED_WEIGHT).tolist()
    coefficients = viewer.coefficients.events.tolist()
    liked = [(-coefficients[place], viewer.events[place].movie_id) for place in places]
    return list(dict.fromkeys(movie_id for _, movie_id in sorted(liked)))


def measure_viewer(bundle: Bundle, viewer: ViewerSnapshot) -> ViewerEvidence:
    """The size of the history and the genres liked most often."""
    liked = liked_movies(viewer)
    disliked = int(np.count_nonzero(viewer.event_effects.weights < 0.0))
    genres = Counter(g for movie_id in liked for g in bundle.movie(movie_id).genres)
    top = tuple(
        GenreCount(genre=genre, count=count)
        for genre, count in sorted(genres.items(), key=lambda item: (-item[1], item[0]))
    )[:_TOP_GENRES]
    data = ViewerData(
        n_events=len(viewer.events),
        n_liked=len(liked),
        n_disliked=disliked,
        genres=top,
        first_date=as_date(viewer.events[0].timestamp_ms) if viewer.events else None,
        last_date=as_date(viewer.events[-1].timestamp_ms) if viewer.events else None,
    )
    return ViewerEvidence(id="viewer", text=_viewer_text(data), data=data)


def measure_event(bundle: Bundle, event: Interaction) -> HistoryEvidence:
    """One event of the history."""
    movie = bundle.movie(event.movie_id)
    date = as_date(event.timestamp_ms)
    did = describe_event(event.kind, event.rating, movie.name)
    return HistoryEvidence(
        id=f"hist:{event.movie_id}",
        text=f"Your history holds {did}, dated {date}.",
        data=HistoryData(
            event_id=event.event_id,
            movie_id=event.movie_id,
            title=movie.name,
            kind=event.kind,
            rating=event.rating,
            date=date,
            theme=bundle.theme_of(event.movie_id).label,
            genres=movie.genres,
        ),
    )


def measure_events(
    bundle: Bundle, viewer: ViewerSnapshot, movie_ids: Sequence[MovieId]
) -> list[HistoryEvidence]:
    """The events of the history on some films."""
    return [measure_event(bundle, event) for event in viewer.events if event.movie_id in movie_ids]


def _viewer_text(data: ViewerData) -> str:
    if not data.n_events:
        return "Your history is empty."
    genres = as_list([f"{g.genre.lower()} ({g.count})" for g in data.genres])
    liked = f"{data.n_liked:,} of them liked and {data.n_disliked:,} disliked"
    most = f"; the genres you like most often are {genres}" if genres else ""
    return f"Your history holds {count_of(data.n_events, 'film')}, {liked}{most}."
