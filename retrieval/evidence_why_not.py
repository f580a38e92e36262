"""Why a film is not in a list: its rank, its gap, and what pulls it up and down."""

import numpy as np

from retrieval.domain.evidence import Pull, WhyNotData
from retrieval.domain.models import MovieId
from retrieval.domain.recommendation import Ranking, ViewerSnapshot
from retrieval.evidence_films import names_of
from retrieval.recommender import Recommender
from retrieval.remedies import find_remedy
from retrieval.wording import as_list, as_ordinal, as_stars, describe_moves

__all__ = ["measure_why_not"]

_NAMED_PULLS = 3


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
    forgettable = [pull.event_id for pull in down]
    remedy = find_remedy(recommender, ranking, movie_id, forgettable) if needs_remedy else None
    data = WhyNotData(
        movie_id=movie_id,
        title=name,
        seen=bool(met),
        seen_rating=next((e.rating for e in reversed(met) if e.rating is not None), None),
        in_list=movie_id in listed,
        rank=place.rank,
        rank_by_score=place.rank_by_score if place.moves else None,
        moves=place.moves,
        score=place.score,
        cut_score=last.score if last else 0.0,
        cut_title=bundle.movie(last.movie_id).name if last else "",
        gap=(last.score if last else 0.0) - place.score,
        list_length=len(ranking.recommendations),
        pulls_up=tuple(up),
        pulls_down=tuple(down),
        remedy=remedy.change if remedy else None,
        remedy_titles=names_of(bundle, remedy.movie_ids) if remedy else (),
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


def _sentence(data: WhyNotData) -> str:
    if data.seen:
        rated = f" ({as_stars(data.seen_rating)})" if data.seen_rating is not None else ""
        return f"{data.title} is in your history already{rated}, so it is not recommended again."
    if data.in_list:
        moved = f" ({describe_moves(data.moves)})" if data.moves else ""
        return f"{data.title} is in the list: it ranks {as_ordinal(data.rank)}{moved}."
    text = f"{data.title} ranks {as_ordinal(data.rank)}, beyond the {data.list_length} of the list"
    if data.moves:
        text += f" ({describe_moves(data.moves)})"
    if data.pulls_down:
        pull = data.pulls_down[0]
        text += f", and your history with {pull.title} speaks more for {data.cut_title} than for it"
    return f"{text}{_remedy_text(data)}."


def _remedy_text(data: WhyNotData) -> str:
    named = as_list(data.remedy_titles)
    if data.remedy == "forget":
        return f"; forgetting {named} would bring it in"
    if data.remedy == "rate" and data.remedy_rating is not None:
        each = " each" if len(data.remedy_titles) > 1 else ""
        return f"; {as_stars(data.remedy_rating)}{each} for {named} would bring it in"
    return ""
