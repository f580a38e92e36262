"""Ranks the catalogue for a viewer and splits every score exactly."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.adjustments import (
    Step,
    adjustments_of,
    after_filters,
    listed_step,
    moves_of,
    reorder,
    scored_step,
)
from retrieval.bundle import Bundle
from retrieval.domain.adjustment import RankMove
from retrieval.domain.arrays import Vector, unit_rows
from retrieval.domain.errors import BadInput
from retrieval.domain.models import EventId, Interaction, Movie, MovieId, ViewerId
from retrieval.domain.profile import build_user_vector
from retrieval.domain.ranking import Rows, top_rows
from retrieval.domain.recommendation import (
    Filters,
    Prediction,
    Ranking,
    Recommendation,
    ViewerSnapshot,
)
from retrieval.domain.reordering import POOL_SIZE
from retrieval.domain.scoring import SplitScore, score_parts, split_scores
from retrieval.domain.style_part import NO_STYLE, PATTERN_LENGTH, StylePart, StyleShare
from retrieval.ports import MovieIndex
from retrieval.profiles import Profiles, ViewerHistory

__all__ = ["MAX_LIST_LENGTH", "Place", "Recommender"]

MAX_LIST_LENGTH = 500
_HYPOTHETICAL = EventId("hypothetical")


class Place(NamedTuple):
    """Where a movie stands, or would stand, for a viewer."""

    rank: int
    """1-based, in the list as filters and reorderings make it, among its movies and this one."""
    score: float
    moves: tuple[RankMove, ...] = ()
    """The filters and reorderings that moved it, in the order of their application."""

    @property
    def rank_by_score(self) -> int:
        """Rank among all movies that the viewer has not met and this one, by score alone."""
        return self.moves[0].rank_before if self.moves else self.rank


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
        # Evidence on a list asks for the places of many movies for the same few snapshots.
        self._all_scores = lru_cache(maxsize=32)(self._compute_all_scores)
        self._name_of = lru_cache(maxsize=None)(lambda movie_id: bundle.movie(movie_id).name)
        self._style = lru_cache(maxsize=32)(self._compute_style)
        self._candidates = lru_cache(maxsize=32)(self._compute_candidates)

    def snapshot(self, viewer_id: ViewerId, *, as_of_ms: int | None = None) -> ViewerSnapshot:
        """A viewer at a moment.

        Args:
            viewer_id: ``demo``, ``ml:<userId>`` or a stored viewer.
            as_of_ms: The moment to rank for. By default now; for a dataset viewer the time of
                their last rating, because their recent taste would have faded away since.

        Raises:
            UnknownViewer: No such viewer.
        """
        history = self._profiles.history(viewer_id)
        moment = as_of_ms if as_of_ms is not None else history.clock_ms
        if moment is None:
            moment = self._now_ms()
        return self._snapshot_of(viewer_id, history, moment)

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
        steps = self._disclosed_steps(snapshot, constraints, n)
        rows = steps[-1].rows[:n].tolist()
        splits = self._splits(snapshot, rows)
        recommendations = tuple(
            self._recommendation(snapshot, rank, row, split, moves_of(row, steps))
            for rank, (row, split) in enumerate(zip(rows, splits, strict=True), start=1)
        )
        adjustments = adjustments_of(steps, constraints, self.bundle.movie_ids, n=n)
        return Ranking(snapshot, recommendations, n, constraints, adjustments)

    def top_movie_ids(
        self, snapshot: ViewerSnapshot, *, n: int, filters: Filters | None = None
    ) -> list[tuple[MovieId, float]]:
        """Ids and scores of the list alone, without splitting any score."""
        rows = self._top(snapshot, filters or Filters(), n)
        scores = self._scores(snapshot, rows)
        return [
            (self.bundle.movies[int(row)].movie_id, float(score))
            for row, score in zip(rows, scores, strict=True)
        ]

    def top_places(
        self, snapshot: ViewerSnapshot, *, n: int, filters: Filters | None = None
    ) -> list[tuple[MovieId, Place]]:
        """`top_movie_ids` with what filters and reorderings moved, first place first."""
        steps = self._disclosed_steps(snapshot, filters or Filters(), n)
        rows = steps[-1].rows[:n]
        return [
            (
                self.bundle.movies[row].movie_id,
                Place(rank, float(score), moves_of(row, steps)),
            )
            for rank, (row, score) in enumerate(
                zip(rows.tolist(), self._scores(snapshot, rows), strict=True), start=1
            )
        ]

    def place(
        self, snapshot: ViewerSnapshot, movie_id: MovieId, filters: Filters | None = None
    ) -> Place:
        """Rank and score of any movie of the catalogue, also a seen or a filtered one.

        Raises:
            UnknownMovie: The catalogue has no such movie.
        """
        row = self.bundle.row(movie_id)
        constraints = filters or Filters()
        scores = self._all_scores(snapshot)
        allowed = self._allowed(snapshot, constraints)
        allowed[row] = True
        steps = [scored_step(scores, allowed, n=POOL_SIZE if constraints.reorders else 0)]
        steps += self._reordered(steps[0], snapshot, constraints)
        if constraints.narrows:
            unseen = self._allowed(snapshot, Filters())
            unseen[row] = True
            steps = after_filters(scored_step(scores, unseen, n=0), steps)
        return Place(steps[-1].rank_of(row), float(scores[row]), moves_of(row, steps))

    def split(self, snapshot: ViewerSnapshot, movie_id: MovieId) -> SplitScore:
        """The exact split of one movie's score; raises `UnknownMovie`."""
        return self._splits(snapshot, [self.bundle.row(movie_id)])[0]

    def recommendation(
        self, snapshot: ViewerSnapshot, movie_id: MovieId, filters: Filters | None = None
    ) -> Recommendation:
        """Any movie as if the list reached down to it; raises `UnknownMovie`."""
        place = self.place(snapshot, movie_id, filters)
        split, row = self.split(snapshot, movie_id), self.bundle.row(movie_id)
        return self._recommendation(snapshot, place.rank, row, split, place.moves)

    def with_log(self, snapshot: ViewerSnapshot, log: Sequence[Interaction]) -> ViewerSnapshot:
        """The snapshot as if these events were the whole log; nothing is saved."""
        history = self._profiles.replay_events(log)
        # Ranked for the same moment, so that only the change of history is compared.
        return self._snapshot_of(snapshot.viewer_id, history, snapshot.as_of_ms)

    def without_events(
        self, snapshot: ViewerSnapshot, event_ids: Iterable[EventId]
    ) -> ViewerSnapshot:
        """The snapshot as if some events had never happened; nothing is saved.

        A rating that one of them had replaced counts again, as it does when the event is forgotten
        for good.
        """
        dropped = frozenset(event_ids)
        if len(snapshot.log) > len(snapshot.events):
            kept = [event for event in snapshot.log if event.event_id not in dropped]
            return self.with_log(snapshot, kept)
        # Nothing was replaced, so what is left is in order and its vectors are at hand.
        is_kept = np.array([event.event_id not in dropped for event in snapshot.events], dtype=bool)
        places, events = np.flatnonzero(is_kept), tuple(compress(snapshot.events, is_kept))
        history = self._profiles.replay_ordered(
            events,
            events,
            snapshot.event_rows[places],
            snapshot.event_effects.at(places),
            snapshot.event_items[places],
        )
        return self._snapshot_of(snapshot.viewer_id, history, snapshot.as_of_ms)

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
        return self.with_log(snapshot, [*snapshot.log, event])

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
        allowed = self._allowed_by((filters or Filters()).selection).copy()
        allowed[row] = False
        allowed[self.bundle.rows(exclude)] = False
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
    def _n_ratings(self) -> Rows:
        return np.array([movie.n_ratings for movie in self.bundle.movies], dtype=np.int64)

    @cached_property
    def _items(self) -> NDArray[np.float64]:
        """Item vectors as scores are taken with them, shape ``(n_movies, n_factors)``."""
        return self.bundle.item_vectors.astype(np.float64)

    def _top(self, snapshot: ViewerSnapshot, filters: Filters, n: int) -> Rows:
        return self._steps(snapshot, filters, n)[-1].rows[:n]

    def _steps(self, snapshot: ViewerSnapshot, filters: Filters, n: int) -> list[Step]:
        """The orders from that by score to the last one, which begins with the list."""
        length = max(n, POOL_SIZE) if filters.reorders else n
        by_score = listed_step(self._by_score(snapshot, filters, length))
        return [by_score, *self._reordered(by_score, snapshot, filters)]

    def _disclosed_steps(self, snapshot: ViewerSnapshot, filters: Filters, n: int) -> list[Step]:
        """`_steps`, beginning with the order that there would be without filters."""
        steps = self._steps(snapshot, filters, n)
        if not filters.narrows:
            return steps
        unseen = self._allowed(snapshot, Filters())
        return after_filters(scored_step(self._all_scores(snapshot), unseen, n=n), steps)

    def _by_score(self, snapshot: ViewerSnapshot, filters: Filters, n: int) -> Rows:
        candidates = self._candidates(snapshot, filters.selection, max(n, PATTERN_LENGTH))
        return _best(candidates, self._scores(snapshot, candidates), n)

    def _compute_candidates(self, snapshot: ViewerSnapshot, filters: Filters, n: int) -> Rows:
        """All rows that can be among the ``n`` best by taste, or with the style part."""
        allowed, query = self._allowed(snapshot, filters), snapshot.user_vector.total
        found = self._index.search(query, allowed, n=n, slack=snapshot.recipe.style_strength)
        return np.sort(found)

    def _compute_style(self, snapshot: ViewerSnapshot) -> StylePart | None:
        """What the viewer's list by taste alone has in common; nothing before the first event."""
        strength = snapshot.recipe.style_strength
        if not strength or not snapshot.events:
            return None
        # The same search as for a list of ten, which is what most lists are.
        candidates = self._candidates(snapshot, Filters(), PATTERN_LENGTH)
        best = _best(candidates, self._tastes(snapshot, candidates), PATTERN_LENGTH)
        return self.bundle.style_table.part(best, strength=strength)

    def _reordered(self, start: Step, snapshot: ViewerSnapshot, filters: Filters) -> list[Step]:
        if not filters.reorders:
            return []
        pool = start.rows[:POOL_SIZE]
        return reorder(
            start,
            self._scores(snapshot, pool),
            filters,
            unit_items=self._unit_items,
            n_ratings=self._n_ratings,
        )

    def _tastes(self, snapshot: ViewerSnapshot, rows: Rows | slice) -> Vector:
        """``<v, z>``: scores without the style part."""
        # Not a matrix product: its rounding depends on where a row stands among the others, and
        # movies with the same vector would tie in the list and not in the whole catalogue.
        tastes: Vector = np.vecdot(self._items[rows], snapshot.user_vector.total)
        return tastes

    def _scores(self, snapshot: ViewerSnapshot, rows: Rows | slice) -> Vector:
        style = self._style(snapshot)
        tastes = self._tastes(snapshot, rows)
        return tastes if style is None else tastes + style.scores[rows]

    def _compute_all_scores(self, snapshot: ViewerSnapshot) -> Vector:
        return self._scores(snapshot, slice(None))

    def style_share(self, snapshot: ViewerSnapshot, row: int) -> StyleShare:
        """What shared style tags add to the score of the movie in a row."""
        style = self._style(snapshot)
        return NO_STYLE if style is None else self.bundle.style_table.share(row, style)

    def allowed(self, snapshot: ViewerSnapshot, filters: Filters) -> NDArray[np.bool_]:
        """Which rows may be recommended: unmet and within the filters, shape ``(n_movies,)``."""
        return self._allowed(snapshot, filters)

    def _allowed(self, snapshot: ViewerSnapshot, filters: Filters) -> NDArray[np.bool_]:
        allowed = self._allowed_by(filters.selection).copy()
        allowed[snapshot.event_rows] = False
        return allowed

    def _compute_allowed(self, filters: Filters) -> NDArray[np.bool_]:
        if filters.is_empty:
            return np.ones(len(self.bundle.movies), dtype=np.bool_)
        return np.array([_passes(movie, filters) for movie in self.bundle.movies], dtype=np.bool_)

    def _splits(self, snapshot: ViewerSnapshot, rows: list[int]) -> list[SplitScore]:
        return split_scores(
            snapshot.user_vector,
            snapshot.coefficients,
            snapshot.event_items,
            self.bundle.average_user_vector,
            self._items[rows],
            [self.style_share(snapshot, row) for row in rows],
            snapshot.events,
            self._name_of,
        )

    def _recommendation(
        self,
        snapshot: ViewerSnapshot,
        rank: int,
        row: int,
        split: SplitScore,
        moves: tuple[RankMove, ...],
    ) -> Recommendation:
        movie = self.bundle.movies[row]
        return Recommendation(
            rank=rank,
            movie_id=movie.movie_id,
            title=movie.title,
            year=movie.year,
            genres=movie.genres,
            theme_id=movie.theme_id,
            parts=score_parts(snapshot.user_vector, self._items[row], split.style.total),
            split=split,
            moves=moves,
        )

    def _snapshot_of(
        self, viewer_id: ViewerId, history: ViewerHistory, moment_ms: int
    ) -> ViewerSnapshot:
        recipe = self.bundle.recipe
        return ViewerSnapshot(
            viewer_id=viewer_id,
            as_of_ms=moment_ms,
            recipe=recipe,
            log=history.log,
            events=history.events,
            event_rows=history.rows,
            event_effects=history.effects,
            event_items=history.items,
            state=history.state,
            user_vector=build_user_vector(history.state, recipe=recipe, as_of_ms=moment_ms),
        )


def _best(candidates: Rows, scores: Vector, n: int) -> Rows:
    return candidates[top_rows(scores, np.ones(candidates.size, dtype=np.bool_), n=n)]


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
