"""Why a film is not in a list, and the smallest change found that would bring it in."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from retrieval.domain.evidence import Pull, WhyNotData
from retrieval.domain.models import Interaction, MovieId
from retrieval.domain.recommendation import Ranking, ViewerSnapshot
from retrieval.recommender import Recommender
from retrieval.wording import as_ordinal, as_stars

__all__ = ["measure_why_not"]

_NAMED_PULLS = 3
_REMEDY_CANDIDATES = 40
_REMEDY_RATINGS = (4.0, 5.0)


class _Remedy(NamedTuple):
    movie_id: MovieId
    rating: float
    rank: int


def measure_why_not(
    recommender: Recommender, ranking: Ranking, movie_id: MovieId
) -> tuple[WhyNotData, str]:
    """Measure a film against the last film of the list.

    Raises:
        UnknownMovie: The catalogue has no such movie.
    """
    bundle = recommender.bundle
    name = bundle.movie(movie_id).name
    viewer = ranking.viewer
    place = recommender.place(viewer, movie_id, ranking.filters)
    met = [event for event in viewer.events if event.movie_id == movie_id]
    last = ranking.recommendations[-1] if ranking.recommendations else None
    listed = {r.movie_id for r in ranking.recommendations}
    up, down = _pulls(recommender, viewer, movie_id, last.movie_id if last else None)
    needs_remedy = not met and movie_id not in listed and last is not None
    remedy = _find_remedy(recommender, ranking, movie_id) if needs_remedy else None
    data = WhyNotData(
        movie_id=movie_id,
        title=name,
        seen=bool(met),
        seen_rating=next((e.rating for e in reversed(met) if e.rating is not None), None),
        in_list=movie_id in listed,
        rank=place.rank,
        score=place.score,
        cut_score=last.score if last else 0.0,
        cut_title=bundle.movie(last.movie_id).name if last else "",
        gap=(last.score if last else 0.0) - place.score,
        list_length=len(ranking.recommendations),
        pulls_up=tuple(up),
        pulls_down=tuple(down),
        remedy_title=bundle.movie(remedy.movie_id).name if remedy else None,
        remedy_rating=remedy.rating if remedy else None,
        remedy_rank=remedy.rank if remedy else None,
    )
    return data, _sentence(data)


def _pulls(
    recommender: Recommender, viewer: ViewerSnapshot, movie_id: MovieId, cut_id: MovieId | None
) -> tuple[list[Pull], list[Pull]]:
    """Events that speak most for the film, and those that prefer the last film of the list."""
    bundle = recommender.bundle
    own = viewer.coefficients.events * (viewer.event_items @ bundle.vectors([movie_id])[0])
    cut = np.zeros_like(own)
    if cut_id is not None:
        cut = viewer.coefficients.events * (viewer.event_items @ bundle.vectors([cut_id])[0])
    by_own = np.argsort(-own, kind="stable")[:_NAMED_PULLS]
    by_gap = np.argsort(own - cut, kind="stable")[:_NAMED_PULLS]

    def pull(i: int, value: float) -> Pull:
        event = viewer.events[i]
        return Pull(
            event_id=event.event_id,
            movie_id=event.movie_id,
            title=bundle.movie(event.movie_id).name,
            rating=event.rating,
            value=value,
        )

    up = [pull(int(i), float(own[i])) for i in by_own if own[i] > 0]
    down = [pull(int(i), float(own[i] - cut[i])) for i in by_gap if own[i] < cut[i]]
    return up, down


def _find_remedy(recommender: Recommender, ranking: Ranking, movie_id: MovieId) -> _Remedy | None:
    """A film that, rated well, would bring the movie in.

    Greedy: the most similar films are tried one at a time, four stars before five, and the first
    that works is taken. A smaller change may exist.
    """
    similar = recommender.similar(movie_id, n=_REMEDY_CANDIDATES)
    for rating in _REMEDY_RATINGS:
        for candidate in _unmet(ranking.viewer.events, [m for m, _ in similar]):
            after = recommender.with_rating(ranking.viewer, candidate, rating)
            place = recommender.place(after, movie_id, ranking.filters)
            if place.rank <= len(ranking.recommendations):
                return _Remedy(candidate, rating, place.rank)
    return None


def _unmet(events: tuple[Interaction, ...], movie_ids: list[MovieId]) -> Iterator[MovieId]:
    met = {event.movie_id for event in events}
    return (movie_id for movie_id in movie_ids if movie_id not in met)


def _sentence(data: WhyNotData) -> str:
    if data.seen:
        rated = f" ({as_stars(data.seen_rating)})" if data.seen_rating is not None else ""
        return f"{data.title} is in your history already{rated}, so it is not recommended again."
    if data.in_list:
        return f"{data.title} is in the list: it ranks {as_ordinal(data.rank)}."
    text = f"{data.title} ranks {as_ordinal(data.rank)}, beyond the {data.list_length} of the list"
    if data.pulls_down:
        pull = data.pulls_down[0]
        text += f", and your history with {pull.title} speaks more for {data.cut_title} than for it"
    if data.remedy_title is not None and data.remedy_rating is not None:
        text += f"; {as_stars(data.remedy_rating)} for {data.remedy_title} would bring it in"
    return f"{text}."
