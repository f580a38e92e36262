"""Ranks the catalogue for a viewer and splits every score exactly."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.bundle import Bundle
from retrieval.domain.arrays import Vector, unit_rows
from retrieval.domain.errors import BadInput
from retrieval.domain.models import EventId, Interaction, Movie, MovieId, ViewerId
from retrieval.domain.profile import UserState, build_user_vector, event_coefficients
from retrieval.domain.ranking import rank_of, top_rows
from retrieval.domain.recommendation import (
    Filters,
    Prediction,
    Ranking,
    Recommendation,
    ViewerSnapshot,
)
from retrieval.domain.scoring import Contribution, score_parts, split_score
from retrieval.ports import MovieIndex
from retrieval.profiles import Profiles

__all__ = ["MAX_LIST_LENGTH", "Place", "Recommender", "SplitScore"]

MAX_LIST_LENGTH = 500
PROFILE_TITLE = "Starting profile"
_HYPOTHETICAL = EventId("hypothetical")


class Place(NamedTuple):
    """Where a movie stands, or would stand, for a viewer."""

    rank: int
    """1-based, among the movies that may be recommended and this one."""
    score: float


@dataclass(frozen=True, slots=True)
class SplitScore:
    """A score with its complete split."""

    score: float
    contributions: tuple[Contribution, ...]
    residual: float


class Recommender:
    """Makes lists for viewers. Everything it returns can be recomputed from the bundle."""

    def __init__(
        self,
        bundle: Bundle,
        index: MovieIndex,
        profiles: Profiles,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """Rank the movies of a bundle.

        Args:
            bundle: Catalogue and vectors.
            index: Finds candidates; scores are always taken exactly, in float64.
            profiles: Viewers' histories.
            now_ms: The clock, milliseconds since 1970.
        """
        self.bundle = bundle
        self._index = index
        self._profiles = profiles
        self._now_ms = now_ms
        self._allowed_by = lru_cache(maxsize=64)(self._compute_allowed)

    def snapshot(self, viewer_id: ViewerId, *, as_of_ms: int | None = None) -> ViewerSnapshot:
        """A viewer at a moment.

        Args:
            viewer_id: ``demo``, ``ml:<userId>`` or a stored viewer.
            as_of_ms: The moment to rank for. By default now; for a dataset viewer the time of
                their last rating, because their recent taste would have faded away since.

        Raises:
            UnknownViewer: No such viewer.
        """
        events, state, clock_ms = self._profiles.history(viewer_id)
        moment = as_of_ms if as_of_ms is not None else clock_ms
        if moment is None:
            moment = self._now_ms()
        return self._snapshot_of(viewer_id, events, state, moment)

    def recommend(
        self,
        viewer_id: ViewerId,
        *,
        n: int = 10,
        as_of_ms: int | None = None,
        filters: Filters | None = None,
    ) -> Ranking:
        """The ``n`` best movies that the viewer has not met.

        Raises:
            UnknownViewer: No such viewer.
            BadInput: ``n`` is not between 1 and `MAX_LIST_LENGTH`, or a filter names nothing.
        """
        return self.rank_for(self.snapshot(viewer_id, as_of_ms=as_of_ms), n=n, filters=filters)

    def rank_for(
        self, snapshot: ViewerSnapshot, *, n: int = 10, filters: Filters | None = None
    ) -> Ranking:
        """The list for a snapshot, which may be a hypothetical one."""
        if not 1 <= n <= MAX_LIST_LENGTH:
            raise BadInput(f"a list has 1 to {MAX_LIST_LENGTH} movies, not {n}")
        constraints = filters or Filters()
        rows = self._top(snapshot, constraints, n)
        recommendations = tuple(
            self._recommendation(snapshot, rank, int(row)) for rank, row in enumerate(rows, start=1)
        )
        return Ranking(snapshot, recommendations, n, constraints)

    def top_movie_ids(
        self, snapshot: ViewerSnapshot, *, n: int, filters: Filters | None = None
    ) -> list[tuple[MovieId, float]]:
        """Ids and scores of the list alone, without splitting any score."""
        rows = self._top(snapshot, filters or Filters(), n)
        scores = self._items[rows] @ snapshot.user_vector.total
        return [
            (self.bundle.movies[int(row)].movie_id, float(score))
            for row, score in zip(rows, scores, strict=True)
        ]

    def place(
        self, snapshot: ViewerSnapshot, movie_id: MovieId, filters: Filters | None = None
    ) -> Place:
        """Rank and score of any movie of the catalogue, also a seen one.

        Raises:
            UnknownMovie: The catalogue has no such movie.
        """
        row = self.bundle.row(movie_id)
        scores = self._all_scores(snapshot)
        allowed = self._allowed(snapshot, filters or Filters())
        return Place(rank_of(row, scores, allowed), float(scores[row]))

    def split(self, snapshot: ViewerSnapshot, movie_id: MovieId) -> SplitScore:
        """The exact split of one movie's score; raises `UnknownMovie`."""
        item = self.bundle.vectors([movie_id])[0]
        score = float(snapshot.user_vector.total @ item)
        raw = split_score(
            snapshot.coefficients, snapshot.event_items, self.bundle.average_user_vector, item
        )
        residual = score - (raw.profile + float(raw.events.sum()))
        order = np.argsort(-raw.events, kind="stable")
        from_events = [
            self._contribution(snapshot.events[i], float(raw.events[i]), score) for i in order
        ]
        from_start = Contribution(
            source="profile",
            title=PROFILE_TITLE,
            value=raw.profile,
            share=_share(raw.profile, score),
        )
        contributions = sorted([*from_events, from_start], key=lambda c: -c.value)
        return SplitScore(score, tuple(contributions), residual)

    def with_log(self, snapshot: ViewerSnapshot, events: list[Interaction]) -> ViewerSnapshot:
        """The snapshot as if these events were the whole log; nothing is saved."""
        effective, state = self._profiles.replay_events(events)
        # Ranked for the same moment, so that only the change of history is compared.
        return self._snapshot_of(snapshot.viewer_id, effective, state, snapshot.as_of_ms)

    def without_events(
        self, snapshot: ViewerSnapshot, event_ids: Iterable[EventId]
    ) -> ViewerSnapshot:
        """The snapshot as if some events had never happened; nothing is saved."""
        dropped = frozenset(event_ids)
        kept = [event for event in snapshot.events if event.event_id not in dropped]
        return self.with_log(snapshot, kept)

    def with_rating(
        self, snapshot: ViewerSnapshot, movie_id: MovieId, rating: float
    ) -> ViewerSnapshot:
        """The snapshot as if the viewer had just rated a movie; nothing is saved.

        Raises:
            UnknownMovie: The catalogue has no such movie.
            BadInput: The rating is off the scale.
        """
        self.bundle.row(movie_id)
        if not 0.5 <= rating <= 5.0 or (rating * 2) % 1:
            raise BadInput(f"a rating is 0.5 to 5 stars in halves, not {rating}")
        event = Interaction(
            event_id=_HYPOTHETICAL,
            movie_id=movie_id,
            kind="rating",
            rating=rating,
            timestamp_ms=snapshot.as_of_ms,
        )
        return self.with_log(snapshot, [*snapshot.events, event])

    def predict(self, snapshot: ViewerSnapshot, movie_id: MovieId) -> Prediction:
        """Predicted stars of a movie.

        A dataset viewer has trained factors. Anybody else gets a damped bias from their own
        ratings and no taste part, since explicit factors cannot be folded in exactly.
        """
        self.bundle.row(movie_id)
        model = self.bundle.rating_model
        _, separator, user_id = snapshot.viewer_id.partition("ml:")
        if separator:
            return model.predict(int(user_id), movie_id)
        residuals = [
            event.rating - model.predict(None, event.movie_id).rating
            for event in snapshot.events
            if event.rating is not None
        ]
        damping = float(self.bundle.manifest.get("settings", {}).get("user_damping", 5.0))
        bias = sum(residuals) / (len(residuals) + damping)
        movie_bias = model.predict(None, movie_id).movie_bias
        return model.combine(viewer_bias=bias, movie_bias=movie_bias, taste=0.0)

    def similar(
        self,
        movie_id: MovieId,
        *,
        n: int,
        filters: Filters | None = None,
        exclude: Iterable[MovieId] = (),
    ) -> list[tuple[MovieId, float]]:
        """Movies by cosine similarity of their vectors, most similar first; never itself."""
        row = self.bundle.row(movie_id)
        allowed = self._allowed_by(filters or Filters()).copy()
        allowed[[row, *(self.bundle.row(other) for other in exclude)]] = False
        similarities = self._unit_items @ self._unit_items[row]
        return [
            (self.bundle.movies[int(best)].movie_id, float(similarities[best]))
            for best in top_rows(similarities, allowed, n=n)
        ]

    def similarity(self, a: MovieId, b: MovieId) -> float:
        """Cosine of two movies' vectors, -1 to 1; raises `UnknownMovie`."""
        return float(self._unit_items[self.bundle.row(a)] @ self._unit_items[self.bundle.row(b)])

    @cached_property
    def _unit_items(self) -> NDArray[np.float64]:
        return unit_rows(self._items)

    @cached_property
    def _items(self) -> NDArray[np.float64]:
        """Item vectors as scores are taken with them, shape ``(n_movies, n_factors)``."""
        return self.bundle.item_vectors.astype(np.float64)

    def _top(self, snapshot: ViewerSnapshot, filters: Filters, n: int) -> NDArray[np.int64]:
        allowed = self._allowed(snapshot, filters)
        query = snapshot.user_vector.total
        candidates = np.sort(self._index.search(query, allowed, n=n))
        scores = self._items[candidates] @ query
        best = top_rows(scores, np.ones(candidates.size, dtype=np.bool_), n=n)
        return candidates[best]

    def allowed(self, snapshot: ViewerSnapshot, filters: Filters) -> NDArray[np.bool_]:
        """Which rows may be recommended: unmet and within the filters, shape ``(n_movies,)``."""
        return self._allowed(snapshot, filters)

    def _all_scores(self, snapshot: ViewerSnapshot) -> Vector:
        return self._items @ snapshot.user_vector.total

    def _allowed(self, snapshot: ViewerSnapshot, filters: Filters) -> NDArray[np.bool_]:
        allowed = self._allowed_by(filters).copy()
        allowed[[self.bundle.row(event.movie_id) for event in snapshot.events]] = False
        return allowed

    def _compute_allowed(self, filters: Filters) -> NDArray[np.bool_]:
        if filters.is_empty:
            return np.ones(len(self.bundle.movies), dtype=np.bool_)
        return np.array([_passes(movie, filters) for movie in self.bundle.movies], dtype=np.bool_)

    def _recommendation(self, snapshot: ViewerSnapshot, rank: int, row: int) -> Recommendation:
        movie = self.bundle.movies[row]
        split = self.split(snapshot, movie.movie_id)
        item = self.bundle.vectors([movie.movie_id])[0]
        return Recommendation(
            rank=rank,
            movie_id=movie.movie_id,
            title=movie.title,
            year=movie.year,
            genres=movie.genres,
            theme_id=movie.theme_id,
            score=split.score,
            parts=score_parts(snapshot.user_vector, item),
            contributions=split.contributions,
            residual=split.residual,
        )

    def _contribution(self, event: Interaction, value: float, score: float) -> Contribution:
        return Contribution(
            source="interaction",
            event_id=event.event_id,
            movie_id=event.movie_id,
            title=self.bundle.movie(event.movie_id).name,
            value=value,
            share=_share(value, score),
        )

    def _snapshot_of(
        self,
        viewer_id: ViewerId,
        events: tuple[Interaction, ...],
        state: UserState,
        moment_ms: int,
    ) -> ViewerSnapshot:
        recipe = self.bundle.recipe
        user_vector = build_user_vector(state, recipe=recipe, as_of_ms=moment_ms)
        return ViewerSnapshot(
            viewer_id=viewer_id,
            as_of_ms=moment_ms,
            events=events,
            event_items=self.bundle.vectors([event.movie_id for event in events]),
            state=state,
            user_vector=user_vector,
            coefficients=event_coefficients(events, user_vector, recipe=recipe),
            user_vector_version=_log_digest(events),
        )


def _passes(movie: Movie, filters: Filters) -> bool:
    genres = {genre.casefold() for genre in movie.genres}
    tags = {tagging.tag for tagging in movie.style_tags}
    year = movie.year
    return (
        {genre.casefold() for genre in filters.genres} <= genres
        and genres.isdisjoint(genre.casefold() for genre in filters.without_genres)
        and (filters.year_from is None or (year is not None and year >= filters.year_from))
        and (filters.year_to is None or (year is not None and year <= filters.year_to))
        and (not filters.theme_ids or movie.theme_id in filters.theme_ids)
        and set(filters.tags) <= tags
        and tags.isdisjoint(filters.without_tags)
        and movie.movie_id not in filters.without_movie_ids
    )


def _share(value: float, score: float) -> float:
    return value / score if score else 0.0


def _log_digest(events: tuple[Interaction, ...]) -> str:
    digest = hashlib.sha256()
    for event in events:
        digest.update(
            f"{event.event_id}|{event.movie_id}|{event.kind}|{event.rating}|{event.timestamp_ms};".encode()
        )
    return f"{len(events)}-{digest.hexdigest()[:12]}"
