"""The smallest change of a history that brings a film into a list, as far as a search finds it.

Greedy: one film rated four stars, one rated five, one event forgotten, then ever more films rated
five, each the one that lifts the film most. The first change that works is taken, so a smaller one
may exist. What is found was ranked again in full before it is said.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.models import EventId, Interaction, MovieId
from retrieval.domain.profile import UserState, apply_event, build_user_vector
from retrieval.domain.recommendation import Ranking, ViewerSnapshot
from retrieval.recommender import Recommender

__all__ = ["MOST_RATINGS", "Remedy", "find_remedy"]

MOST_RATINGS = 5
"""Films that a remedy may ask to rate; more is no small change."""
_CANDIDATES = 40
_FOUR, _FIVE = 4.0, 5.0


class Remedy(NamedTuple):
    """A change that brings a film in."""

    change: Literal["rate", "forget"]
    movie_ids: tuple[MovieId, ...]
    rating: float | None
    """Stars for each film, when they are rated."""
    rank: int
    """Of the film after the change."""


def find_remedy(
    recommender: Recommender,
    ranking: Ranking,
    movie_id: MovieId,
    forgettable: Sequence[EventId],
) -> Remedy | None:
    """The first change found that lifts a film into the list.

    Args:
        recommender: Ranks.
        ranking: The list as it is, not empty.
        movie_id: A film that the viewer has not met and that is not in it.
        forgettable: Events worth trying to forget.
    """
    trials = _Trials(recommender, ranking, movie_id)
    return (
        trials.rate_one(_FOUR)
        or trials.rate_one(_FIVE)
        or _forget_one(recommender, ranking, movie_id, forgettable)
        or trials.rate_several()
    )


def _forget_one(
    recommender: Recommender,
    ranking: Ranking,
    movie_id: MovieId,
    forgettable: Sequence[EventId],
) -> Remedy | None:
    movies = {event.event_id: event.movie_id for event in ranking.viewer.events}
    for event_id in forgettable:
        after = recommender.without_events(ranking.viewer, [event_id])
        rank = recommender.place(after, movie_id, ranking.filters).rank
        if rank <= len(ranking.recommendations):
            return Remedy("forget", (movies[event_id],), None, rank)
    return None


class _Trials:
    """Tries ratings of similar films, all candidates at once."""

    def __init__(self, recommender: Recommender, ranking: Ranking, movie_id: MovieId) -> None:
        self._recommender = recommender
        self._ranking = ranking
        self._movie_id = movie_id
        self._bundle = recommender.bundle
        self._row = self._bundle.row(movie_id)
        self._allowed = recommender.allowed(ranking.viewer, ranking.filters)
        self._allowed[self._row] = True
        met = {event.movie_id for event in ranking.viewer.events}
        similar = recommender.similar(movie_id, n=_CANDIDATES, exclude=met - {movie_id})
        self._candidates = [candidate for candidate, _ in similar]

    def rate_one(self, rating: float) -> Remedy | None:
        """One film with so many stars."""
        ranks = self._ranks_with(self._ranking.viewer.state, (), rating)
        found = [
            c for c, rank in zip(self._candidates, ranks, strict=True) if self._is_listed(rank)
        ]
        confirmed = (self._confirmed((candidate,), rating) for candidate in found)
        return next((remedy for remedy in confirmed if remedy is not None), None)

    def rate_several(self) -> Remedy | None:
        """Five stars for a film more each time, always the one that lifts most."""
        chosen: tuple[MovieId, ...] = ()
        state = self._ranking.viewer.state
        while len(chosen) < min(MOST_RATINGS, len(self._candidates)):
            ranks = self._ranks_with(state, chosen, _FIVE)
            best = int(np.argmin(ranks))
            chosen = (*chosen, self._candidates[best])
            if self._is_listed(int(ranks[best])):
                return self._confirmed(chosen, _FIVE)
            state = self._rated(state, self._candidates[best], _FIVE)
        return None

    def _is_listed(self, rank: int) -> bool:
        return rank <= len(self._ranking.recommendations)

    def _ranks_with(
        self, state: UserState, chosen: Sequence[MovieId], rating: float
    ) -> NDArray[np.int64]:
        """The film's rank when each candidate is rated on top, shape ``(n_candidates,)``."""
        viewer = self._ranking.viewer
        recipe = self._bundle.recipe
        states = [self._rated(state, candidate, rating) for candidate in self._candidates]
        queries = np.array(
            [build_user_vector(s, recipe=recipe, as_of_ms=viewer.as_of_ms).total for s in states]
        ).reshape(len(states), -1)
        scores = queries.astype(np.float32) @ self._bundle.item_vectors.T
        better = (scores > scores[:, [self._row]]) & self._allowed
        rows = self._bundle.rows(self._candidates)
        better[np.arange(len(rows)), rows] = False  # a rated film leaves the list
        better[:, self._bundle.rows(chosen)] = False
        ranks: NDArray[np.int64] = better.sum(axis=1, dtype=np.int64) + 1
        ranks[[candidate in chosen for candidate in self._candidates]] = len(self._allowed) + 1
        return ranks

    def _rated(self, state: UserState, movie_id: MovieId, rating: float) -> UserState:
        moment = max(self._ranking.viewer.as_of_ms, state.last_event_ms or 0)
        event = Interaction(
            event_id=EventId("trial"),
            movie_id=movie_id,
            kind="rating",
            rating=rating,
            timestamp_ms=moment,
        )
        item = self._bundle.vectors([movie_id])[0]
        return apply_event(state, event, item, recipe=self._bundle.recipe)

    def _confirmed(self, movie_ids: tuple[MovieId, ...], rating: float) -> Remedy | None:
        """The remedy, if ranking everything again bears it out.

        A trial counts its rating last; the replay puts one of the same moment in order of movie id.
        """
        after: ViewerSnapshot = self._ranking.viewer
        for movie_id in movie_ids:
            after = self._recommender.with_rating(after, movie_id, rating)
        rank = self._recommender.place(after, self._movie_id, self._ranking.filters).rank
        return Remedy("rate", movie_ids, rating, rank) if self._is_listed(rank) else None
